"""One writer for each varying object: a recipient's values in, PDF operators or a refusal out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from pressrun.domain.letters.canvas.colours import Colour
from pressrun.domain.letters.canvas.geometry import IDENTITY, Matrix, compose, translation
from pressrun.domain.letters.canvas.objects import VariablePicture
from pressrun.domain.letters.canvas.page import Box
from pressrun.domain.letters.canvas.paints import Gradient, Pattern
from pressrun.domain.letters.drawing.clipping import limit_following
from pressrun.domain.letters.drawing.exposure import blur_form
from pressrun.domain.letters.drawing.gradients import anchor, is_translucent, write_alpha, write_shading
from pressrun.domain.letters.drawing.inking import EVERYWHERE, InkPlan, PatternInk, colour_ink, mask_content
from pressrun.domain.letters.drawing.inks import Ink, Spot
from pressrun.domain.letters.drawing.operators import number, operands, use_state
from pressrun.domain.letters.drawing.shadows import write_hard
from pressrun.domain.letters.drawing.surfaces import box_path
from pressrun.domain.letters.drawing.tiling import plan_cell
from pressrun.domain.letters.faces.rare_fonts import RareFonts
from pressrun.domain.letters.images.rasters import Raster
from pressrun.domain.letters.stamping.binding import Sheaf
from pressrun.domain.letters.stamping.letter import Refusal
from pressrun.domain.letters.stamping.pictures_embedding import picture_bodies
from pressrun.domain.letters.stamping.program import (
    CodeStep,
    ConstantStep,
    EffectStep,
    PictureStep,
    Program,
    ShadowPlan,
    Step,
    TextStep,
)
from pressrun.domain.letters.stamping.tail import tile_body
from pressrun.domain.letters.stamping.textwriting import TextWriter, open_text_writer
from pressrun.domain.letters.symbols.codes_drawing import open_code
from pressrun.domain.letters.typography.shaping import Shaper

Record = Mapping[str, str]
Writer = Callable[[Record], str | Refusal]


@dataclass(frozen=True, slots=True)
class Shop:
    """What the writers of a program share; `opening` leads from canvas pixels to what is written into."""

    program: Program
    shapers: Sequence[Shaper]
    sheaf: Sheaf
    fonts: RareFonts
    opening: Matrix
    page: Box | None


def open_writer(step: Step, shop: Shop) -> Writer:
    """Return the writer of a step."""
    match step:
        case ConstantStep(operators):
            return lambda _record: operators
        case TextStep():
            return _open_text(step, shop)
        case CodeStep(box, matrix, state):
            return open_code(box, matrix, state)
        case PictureStep():
            return PictureWriter(step, shop.program.pictures, shop.sheaf)
        case EffectStep():
            return _open_effect(step, shop)


def _open_text(step: TextStep, shop: Shop) -> TextWriter:
    inks = [_open_ink(plan, shop) for plan in step.inks]
    ground = _open_ink(step.ground, shop) if step.ground else None
    return open_text_writer(step, shop.shapers, inks, ground, shop.page, shop.fonts)


def _open_ink(plan: InkPlan, shop: Shop) -> Ink:
    paint = plan.paint
    if isinstance(paint, Colour):
        return colour_ink(paint, plan.state)
    return PatternInk(use_state(plan.state), lambda spot: _bring_pattern(paint, plan, spot, shop))


def _bring_pattern(paint: Gradient | Pattern, plan: InkPlan, spot: Spot, shop: Shop) -> tuple[str, str | None]:
    """Write a text's gradient for the place it has in this letter."""
    sheaf = shop.sheaf
    slot = plan.slots[0]
    if isinstance(paint, Pattern):
        matrix = compose(shop.opening, anchor(paint, spot))
        cell = plan_cell(paint, plan.tile, spot)
        sheaf.put(slot.first, tile_body(paint, cell, plan.tile, operands(matrix), sheaf.skeleton.resources))
        return slot.name, None
    sheaf.put(slot.first, write_shading(paint, spot, shop.opening).encode("ascii"))
    if not is_translucent(paint):
        return slot.name, None
    state, form = plan.slots[1:]
    gray = write_alpha(paint, spot, IDENTITY)
    sheaf.put_masked(state.first, form.first, gray, mask_content("P", EVERYWHERE))
    return slot.name, state.name


@dataclass(frozen=True, slots=True)
class PictureWriter:
    """Brings the picture that a recipient names."""

    step: PictureStep
    pictures: Mapping[str, Raster | None]
    sheaf: Sheaf

    def __call__(self, record: Record) -> str | Refusal:
        step = self.step
        name = record.get(step.picture.variable)
        if not name:
            return Refusal("variable_missing", f"There is no value for {{{{{step.picture.variable}}}}}.")
        key = picture_key(name, step.picture)
        if key not in self.pictures:
            message = f"The picture named by {{{{{step.picture.variable}}}}} is not among the batch's assets."
            return Refusal("image_missing", message)
        raster = self.pictures[key]
        if raster is None:
            message = f"The picture named by {{{{{step.picture.variable}}}}} cannot be read."
            return Refusal("image_unreadable", message)
        first = step.slot.first
        self.sheaf.put_all(first, picture_bodies(raster, self.sheaf.number(first + 1)))
        return self._write(raster)

    def _write(self, raster: Raster) -> str:
        step = self.step
        picture = step.picture
        width, height = _fit(raster, picture, step.stretch)
        clip = f"{box_path(picture.width, picture.height)} W n " if picture.fit == "cover" else ""
        return (
            f"q {use_state(step.state)}{operands(step.matrix)} cm {clip}{number(width)} 0 0 {number(-height)} "
            f"{number(-width / 2)} {number(height / 2)} cm /{step.slot.name} Do Q\n{step.outline}"
        )


def picture_key(name: str, picture: VariablePicture) -> str:
    """Return the name of a prepared picture: its asset and what is done to it."""
    return "\0".join([name, *(f"{one.kind}{one.values}" for one in picture.filters)])


def _fit(raster: Raster, picture: VariablePicture, stretch: tuple[float, float]) -> tuple[float, float]:
    """Return the size at which a picture is drawn in its placeholder's own pixels."""
    if picture.fit == "fill":
        return picture.width, picture.height
    across, down = stretch
    natural = raster.colour
    shares = (picture.width * across / natural.width, picture.height * down / natural.height)
    share = max(shares) if picture.fit == "cover" else min(shares)
    return natural.width * share / across, natural.height * share / down


@dataclass(frozen=True, slots=True)
class EffectWriter:
    """Draws several steps as one form of the letter's own."""

    step: EffectStep
    writers: Sequence[Writer]
    sheaf: Sheaf

    def __call__(self, record: Record) -> str | Refusal:
        drawn = self._draw(record)
        if isinstance(drawn, Refusal):
            return drawn
        step = self.step
        self.sheaf.put_form(step.slot.first, drawn)
        shadow = _cast(step.shadow, step.slot.name, self.sheaf) if step.shadow else ""
        return f"{shadow}q {use_state(step.state)}/{step.slot.name} Do Q\n"

    def _draw(self, record: Record) -> str | Refusal:
        step = self.step
        first = self.writers[0]
        if step.follows and isinstance(first, TextWriter):
            placed = first.place(record)
            if isinstance(placed, Refusal):
                return placed
            return limit_following(placed.operators + "\n", step.clip, placed.spot.matrix)
        pieces: list[str] = []
        for write in self.writers:
            piece = write(record)
            if isinstance(piece, Refusal):
                return piece
            pieces.append(piece)
        drawn = "".join(pieces)
        return f"q {step.clip}\n{drawn}Q\n" if step.clip else drawn


def _open_effect(step: EffectStep, shop: Shop) -> EffectWriter:
    inside = replace(shop, opening=IDENTITY)
    return EffectWriter(step, [open_writer(one, inside) for one in step.steps], shop.sheaf)


def _cast(plan: ShadowPlan, form: str, sheaf: Sheaf) -> str:
    """Draw the shadow of a form that this letter brings."""
    if plan.slot is None:
        return write_hard(plan.colour, plan.offset, plan.mask, plan.state)
    blurred = blur_form(sheaf.skeleton, sheaf.own, form, plan.sigma, plan.colour)
    if blurred is None:
        return ""
    raster, matrix = blurred
    first = plan.slot.first
    sheaf.put_all(first, picture_bodies(raster, sheaf.number(first + 1)))
    placed = operands(compose(translation(*plan.offset), matrix))
    return f"q {use_state(plan.state)}{placed} cm /{plan.slot.name} Do Q\n"
