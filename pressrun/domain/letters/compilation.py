"""Compiling a design for a batch: everything that is the same in each letter is done here, once."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pressrun.domain.letters.assembly import Parts, assemble
from pressrun.domain.letters.compiled import CompiledDesign, open_compiled
from pressrun.domain.letters.design import Design
from pressrun.domain.letters.objects import Drawable, Picture, QrBox, Shape, TextBlock
from pressrun.domain.letters.operators import number
from pressrun.domain.letters.page import Page
from pressrun.domain.letters.painting import (
    Forms,
    Paint,
    paint_background,
    paint_operators,
    paint_picture,
    paint_shape,
)
from pressrun.domain.letters.placeholders import literals_of, slots_of
from pressrun.domain.letters.program import RENDERER_VERSION, LayerStep, Profile, Program, QrStep, Step, TextStep
from pressrun.domain.letters.qr import QrTable, build_tables
from pressrun.domain.letters.screening import LAYOUT_CHARACTERS, is_simple
from pressrun.domain.letters.setting import open_setting
from pressrun.domain.letters.shaping import Shaper, open_shaper
from pressrun.domain.letters.subsets import Embedding, Typeface, subset_face
from pressrun.domain.letters.typesetting import open_typesetter


@dataclass(frozen=True, slots=True)
class _Bench:
    """What is under way while a design's objects are gone through in drawing order."""

    forms: Forms
    shapers: Sequence[Shaper]
    steps: list[Step] = field(default_factory=list)
    layer: list[Paint] = field(default_factory=list)
    states: dict[float, str] = field(default_factory=dict)

    def state(self, alpha: float) -> str | None:
        return None if alpha == 1 else self.states.setdefault(alpha, f"A{len(self.states)}")

    def close_layer(self) -> None:
        if self.layer:
            self.steps.append(LayerStep(self.forms.draw("S", self.layer)))
            self.layer.clear()


def compile_design(design: Design, profile: Profile) -> CompiledDesign:
    """Compile a design for the characters and QR lengths of a batch; values outside it are refused when stamped.

    The same design and profile give the same bytes in every process.
    """
    typefaces, embeddings = _subset_faces(design, profile)
    page = design.page
    forms = Forms((page.canvas_width, page.canvas_height), design.rasters)
    bench = _Bench(forms, [open_shaper(typeface) for typeface in typefaces])
    if design.background:
        bench.layer.append(paint_background(design.background, forms.size))
    for drawable in design.drawables:
        _place(drawable, bench)
    bench.close_layer()
    states = {name: alpha for alpha, name in bench.states.items()}
    skeleton = assemble(Parts(page, forms.drawn, embeddings, design.rasters, states))
    return open_compiled(
        Program(
            RENDERER_VERSION,
            design.variables,
            _opening(page),
            page.trim,
            tuple(bench.steps),
            typefaces,
            _build_tables(profile),
            skeleton,
        )
    )


def _place(drawable: Drawable, bench: _Bench) -> None:
    """Add a static object to the layer under way, or close that layer and add a step for a varying one."""
    if isinstance(drawable, TextBlock) and slots_of(drawable.template):
        bench.close_layer()
        bench.steps.append(TextStep(drawable, bench.state(drawable.colour.alpha * drawable.opacity)))
    elif isinstance(drawable, QrBox):
        bench.close_layer()
        bench.steps.append(QrStep(drawable, bench.state(drawable.opacity)))
    elif paint := _paint(drawable, bench):
        bench.layer.append(paint)


def _paint(drawable: Shape | Picture | TextBlock, bench: _Bench) -> Paint | None:
    if isinstance(drawable, Shape):
        return paint_shape(drawable, bench.forms)
    if isinstance(drawable, Picture):
        return paint_picture(drawable, bench.forms)
    operators = open_typesetter(drawable, open_setting(drawable, bench.shapers)).set_text(
        literals_of(drawable.template), None
    )
    return paint_operators(operators, drawable.colour.alpha * drawable.opacity) if operators else None


def _subset_faces(design: Design, profile: Profile) -> tuple[tuple[Typeface, ...], tuple[Embedding, ...]]:
    needed: list[set[str]] = [set() for _ in design.faces]
    for drawable in design.drawables:
        if isinstance(drawable, TextBlock):
            needed[drawable.face].update(literals_of(drawable.template))
            for character, face in drawable.substitutes:
                needed[face].add(character)
            if slots_of(drawable.template):
                needed[drawable.face].update(profile.characters)
    subsets = [
        subset_face(face.file.data, "".join(sorted(filter(_is_printed, characters))))
        for face, characters in zip(design.faces, needed, strict=True)
    ]
    return tuple(typeface for typeface, _ in subsets), tuple(embedding for _, embedding in subsets)


def _is_printed(character: str) -> bool:
    return character not in LAYOUT_CHARACTERS and is_simple(character)


def _build_tables(profile: Profile) -> tuple[QrTable, ...]:
    return build_tables({length for lengths in profile.lengths.values() for length in lengths})


def _opening(page: Page) -> str:
    """Turn the page's points, upwards, into canvas pixels, downwards."""
    across, down = page.scale
    return f"{across:.9f} 0 0 {-down:.9f} 0 {number(page.height)} cm\n"
