"""Compiling a design for a batch: everything that is the same in each letter is done here, once."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pressrun.domain.letters.canvas.design import Design, Sheet
from pressrun.domain.letters.canvas.geometry import IDENTITY, compose, translation
from pressrun.domain.letters.canvas.objects import Clip, VariablePicture
from pressrun.domain.letters.canvas.paints import Paint
from pressrun.domain.letters.drawing.bench import Bench, Surroundings
from pressrun.domain.letters.drawing.clipping import write_clip
from pressrun.domain.letters.drawing.exposure import blur_form
from pressrun.domain.letters.drawing.inking import stock_ink
from pressrun.domain.letters.drawing.inks import Spot
from pressrun.domain.letters.drawing.operators import operands
from pressrun.domain.letters.drawing.painting import join_constants, paint, silhouette
from pressrun.domain.letters.drawing.shadows import Blurs
from pressrun.domain.letters.drawing.stock import Stock
from pressrun.domain.letters.drawing.surfaces import write_ground
from pressrun.domain.letters.faces.needs import list_literals, list_needs
from pressrun.domain.letters.faces.rare import FONT_OBJECTS
from pressrun.domain.letters.faces.subsets import Typeface, subset_faces
from pressrun.domain.letters.images.gallery import prepare_picture
from pressrun.domain.letters.images.rasters import Raster, UnreadablePicture
from pressrun.domain.letters.stamping.assembly import Parts, Skeleton, assemble
from pressrun.domain.letters.stamping.compiled import CompiledDesign, open_compiled
from pressrun.domain.letters.stamping.program import (
    RENDERER_VERSION,
    ConstantStep,
    EffectStep,
    PageProgram,
    Profile,
    Program,
    Step,
)
from pressrun.domain.letters.stamping.writers import picture_key
from pressrun.domain.letters.typography.shaping import open_shaper


def compile_design(design: Design, profile: Profile) -> CompiledDesign:
    """Compile a design for the characters and pictures of a batch; other values are refused at stamping.

    The same design and profile give the same bytes in every process. Raises FaultyInput for damaged fonts.
    """
    rare = frozenset(profile.rare) - list_literals(design)
    typefaces, embeddings = subset_faces(design.faces, list_needs(design, profile), rare)
    stock = Stock(list(design.rasters))
    rare_slots = _reserve_fonts(typefaces, stock)
    bench = Bench(stock, [open_shaper(typeface) for typeface in typefaces], Blurs())
    pages = tuple(
        PageProgram(sheet.page.opening, sheet.page.trim, tuple(_merge(_paint_sheet(sheet, bench), bench.stock)))
        for sheet in design.sheets
    )
    skeleton = _assemble(Parts(design.paper, bench.stock, embeddings), bench.blurs)
    return open_compiled(
        Program(
            RENDERER_VERSION,
            design.variables,
            pages,
            typefaces,
            _prepare_pictures(design, profile),
            rare_slots,
            skeleton,
        )
    )


def _reserve_fonts(typefaces: Sequence[Typeface], stock: Stock) -> dict[int, int]:
    """Keep places for the fonts in which a letter brings its rare characters."""
    return {
        number: stock.slot("Font", FONT_OBJECTS, name=f"R{number}").first
        for number, typeface in enumerate(typefaces)
        if typeface.rare
    }


def _paint_sheet(sheet: Sheet, bench: Bench) -> list[Step]:
    """Paint a page in Fabric's order: background, its picture, objects, the clip of these, overlay, its picture."""
    around = Surroundings()
    steps: list[Step] = []
    if sheet.background:
        steps.append(_cover(sheet.background, sheet, bench))
    for drawable in (sheet.backdrop, *sheet.drawables):
        steps += paint(drawable, around, bench) if drawable else []
    if sheet.clip:
        steps = _limit(steps, Clip(sheet.clip, inverted=False, absolute=True), bench)
    if sheet.overlay:
        steps.append(_cover(sheet.overlay, sheet, bench))
    return steps + (paint(sheet.overlay_picture, around, bench) if sheet.overlay_picture else [])


def _cover(colour: Paint, sheet: Sheet, bench: Bench) -> ConstantStep:
    width, height = sheet.page.canvas_width, sheet.page.canvas_height
    spot = Spot(translation(width / 2, height / 2), width, height)
    return ConstantStep(write_ground(stock_ink(colour, 1.0, bench.stock), spot, 0.0))


def _limit(steps: Sequence[Step], clip: Clip, bench: Bench) -> list[Step]:
    stock = bench.stock
    limits = write_clip(clip, IDENTITY, stock, lambda shape, matrix: silhouette(shape, matrix, bench))
    drawn = join_constants(steps)
    if drawn is not None:
        return [ConstantStep(f"/{stock.form(f'q {limits}{drawn}Q', 'G')} Do\n")]
    return [EffectStep(tuple(steps), stock.slot("XObject"), limits, follows=False, shadow=None, state=None)]


def _merge(steps: Sequence[Step], stock: Stock) -> Iterator[Step]:
    """Turn each run of constant steps into one form, so that a letter only names it."""
    run: list[str] = []
    for step in steps:
        if isinstance(step, ConstantStep):
            run.append(step.operators)
            continue
        if run:
            yield ConstantStep(f"/{stock.form(''.join(run))} Do\n")
            run = []
        yield replace(step, steps=tuple(_merge(step.steps, stock))) if isinstance(step, EffectStep) else step
    if run:
        yield ConstantStep(f"/{stock.form(''.join(run))} Do\n")


def _assemble(parts: Parts, blurs: Blurs) -> Skeleton:
    """Assemble the skeleton; blurred shadows are made from one that lacks them.

    A form may show another shadow that is made by then: only for such a one the skeleton is assembled in between.
    """
    skeleton = assemble(parts)
    lacking: set[str] = set()
    for blur in blurs.wanted:
        if lacking & parts.stock.shown(blur.form):
            skeleton, lacking = assemble(parts), set()
        made = blur_form(skeleton, [None] * skeleton.own, blur.form, blur.sigma, blur.colour)
        if made:
            raster, matrix = made
            placed = operands(compose(translation(*blur.offset), matrix))
            parts.stock.forms[blur.name] = f"q {placed} cm /{parts.stock.raster(raster)} Do Q"
            lacking.add(blur.name)
    return assemble(parts) if lacking else skeleton


def _prepare_pictures(design: Design, profile: Profile) -> dict[str, Raster | None]:
    """Read every asset that recipients name, once for each way it is filtered."""
    prepared: dict[str, Raster | None] = {}
    for drawable in design.everything():
        place = drawable.content
        if isinstance(place, VariablePicture):
            for name in profile.pictures.get(place.variable, ()):
                if name in design.assets:
                    prepared[picture_key(name, place)] = _prepare(design.assets[name], place)
    return prepared


def _prepare(data: bytes, place: VariablePicture) -> Raster | None:
    try:
        return prepare_picture(data, place.filters)
    except UnreadablePicture:
        return None
