"""Objects as drawing steps, in Fabric's order and with its rules for what is flattened before it is blended.

Fabric 7.4 caches an object on a canvas of its own and blends that: a translucent object shows no overlaps of its
fill and outline. What stands in a cached group is not cached again, so there each drawing step has its own alpha.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from pressrun.domain.letters.canvas.colours import BLACK, Colour
from pressrun.domain.letters.canvas.geometry import IDENTITY, Matrix, compose, object_matrix, scales, scaling
from pressrun.domain.letters.canvas.objects import Drawable, Group, Picture, Segment, Shape, VariablePicture
from pressrun.domain.letters.canvas.paints import Paint, Pen
from pressrun.domain.letters.canvas.placeholders import literals_of, slots_of
from pressrun.domain.letters.canvas.shapes import rect_path
from pressrun.domain.letters.canvas.text import TextBlock
from pressrun.domain.letters.canvas.text import silhouette as text_silhouette
from pressrun.domain.letters.drawing.clipping import Clipping, limit, write_clip
from pressrun.domain.letters.drawing.inking import colour_ink, plan_ink, stock_ink
from pressrun.domain.letters.drawing.inks import Ink, Spot
from pressrun.domain.letters.drawing.operators import number, operands
from pressrun.domain.letters.drawing.path_writing import write_path, write_pen
from pressrun.domain.letters.drawing.shadows import Blurs, plan_shadow, write_shadow
from pressrun.domain.letters.drawing.stock import State, Stock
from pressrun.domain.letters.stamping.program import (
    CodeStep,
    ConstantStep,
    EffectStep,
    PictureStep,
    Step,
    TextStep,
)
from pressrun.domain.letters.symbols.codes import CodeBox
from pressrun.domain.letters.symbols.codes_drawing import open_code
from pressrun.domain.letters.typography.shaping import Shaper
from pressrun.domain.letters.typography.typesetting import SetText, open_typesetter, steps_of

_FLAT: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Bench:
    """What painting needs besides the objects.

    `ink` replaces every paint where only the outline counts; `veiled` is what is laid down translucent as a whole.
    """

    stock: Stock
    shapers: Sequence[Shaper]
    blurs: Blurs
    ink: Colour | None = None
    veiled: bool = False


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The groups round an object: their matrix, the opacity they leave to it, and whether one of them is cached."""

    matrix: Matrix = IDENTITY
    opacity: float = 1.0
    cached: bool = False


def paint(drawable: Drawable, around: Surroundings, bench: Bench) -> list[Step]:
    """Return the steps that draw an object with everything inside it."""
    if not drawable.opacity * around.opacity:
        return []
    if _is_flattened(drawable, around):
        return _flatten(drawable, around, bench)
    return _paint_content(drawable, around, bench, drawable.opacity * around.opacity)


def _is_flattened(drawable: Drawable, around: Surroundings) -> bool:
    if drawable.clip or drawable.shadow or drawable.blend != "Normal":
        return True
    if around.cached:
        return False
    content = drawable.content
    if isinstance(content, Group):
        if _casts_shadow(content):
            return False
        return drawable.opacity < 1 or around.opacity < 1 or _blends(content)
    return drawable.opacity * around.opacity < 1 and _count_steps(drawable) > 1


def _casts_shadow(group: Group) -> bool:
    return any(
        child.shadow or (isinstance(child.content, Group) and _casts_shadow(child.content)) for child in group.children
    )


def _blends(group: Group) -> bool:
    return any(
        child.blend != "Normal" or (isinstance(child.content, Group) and _blends(child.content))
        for child in group.children
    )


def _count_steps(drawable: Drawable) -> int:
    content = drawable.content
    ground = 1 if drawable.ground else 0
    match content:
        case Shape():
            return ground + bool(content.fill) + bool(content.pen)
        case Picture() | VariablePicture():
            return ground + 1 + bool(content.pen)
        case TextBlock():
            return ground + steps_of(content)
        case _:
            return ground + 1


def _flatten(drawable: Drawable, around: Surroundings, bench: Bench) -> list[Step]:
    """Draw an object as one form, then lay that down with its shadow, opacity and blend mode."""
    opacity = drawable.opacity * around.opacity
    veiled = replace(bench, veiled=bench.veiled or opacity < 1)
    inner = _paint_content(drawable, replace(around, opacity=1.0, cached=True), veiled, 1.0)
    if not inner:
        return []
    stock = bench.stock
    clip = _clip(drawable, around, bench)
    state = stock.state(State(alpha=opacity, blend=drawable.blend))
    if all(isinstance(step, ConstantStep) for step in inner):
        operators = "".join(step.operators for step in inner if isinstance(step, ConstantStep))
        name = stock.form(limit(operators, clip), "G")
        shadow = write_shadow(drawable, around.matrix, name, opacity, stock, bench.blurs)
        return [ConstantStep(f"{shadow}q {f'/{state} gs ' if state else ''}/{name} Do Q\n")]
    slot = stock.slot("XObject")
    plan = plan_shadow(drawable, around.matrix, slot.name, opacity, stock)
    return [EffectStep(tuple(inner), slot, clip.operators, clip.follows, plan, state)]


def _clip(drawable: Drawable, around: Surroundings, bench: Bench) -> Clipping:
    """Return what limits an object: operators for canvas pixels or, for a text of varying size, for its own plane."""
    clip = drawable.clip
    if clip is None:
        return Clipping("", follows=False)
    content = drawable.content
    follows = isinstance(content, TextBlock) and not clip.absolute and bool(slots_of(content.template))
    plane = IDENTITY if clip.absolute or follows else plane_of(drawable, around, bench)
    limits = write_clip(clip, plane, bench.stock, lambda shape, matrix: silhouette(shape, matrix, bench))
    return Clipping(limits, follows)


def silhouette(shape: Drawable, matrix: Matrix, bench: Bench) -> str:
    """Return a static object in black, without outline: what it lets through as a clip."""
    black = replace(bench, ink=BLACK)
    bare = replace(shape, opacity=1.0, shadow=None, blend="Normal")
    steps = paint(bare, Surroundings(matrix, 1.0, cached=True), black)
    return "".join(step.operators for step in steps if isinstance(step, ConstantStep))


def plane_of(drawable: Drawable, around: Surroundings, bench: Bench) -> Matrix:
    """Return the matrix from about a static object's centre to canvas pixels."""
    content = drawable.content
    if isinstance(content, TextBlock):
        setter = open_typesetter(content, drawable.placement, around.matrix, bench.shapers, _inks(content, 1.0, bench))
        set_text = setter.set_text(_literals(content), None)
        return set_text.spot.matrix if isinstance(set_text, SetText) else around.matrix
    return compose(around.matrix, object_matrix(drawable.placement, content.width, content.height))


def _paint_content(drawable: Drawable, around: Surroundings, bench: Bench, opacity: float) -> list[Step]:
    content = drawable.content
    if isinstance(content, TextBlock):
        return _paint_text(drawable, content, around, bench, opacity)
    matrix = compose(around.matrix, object_matrix(drawable.placement, content.width, content.height))
    a, b, c, d, _, _ = matrix
    if abs(a * d - b * c) < _FLAT:
        return []
    spot = Spot(matrix, content.width, content.height)
    ground = _paint_ground(drawable, spot, bench, opacity)
    return ground + _paint_inside(drawable, around, spot, bench, opacity)


def _paint_inside(drawable: Drawable, around: Surroundings, spot: Spot, bench: Bench, opacity: float) -> list[Step]:
    content = drawable.content
    match content:
        case Shape():
            return _constant(_paint_shape(drawable, content, around, spot, bench, opacity))
        case Picture():
            return _constant(_paint_picture(drawable, content, around, spot, bench, opacity))
        case Group():
            return _paint_group(content, around, spot, opacity, bench)
        case CodeBox():
            return _paint_code(content, spot.matrix, bench, opacity)
        case VariablePicture():
            return _paint_place(drawable, content, around, spot, bench, opacity)
        case _:
            return []


def _paint_group(group: Group, around: Surroundings, spot: Spot, opacity: float, bench: Bench) -> list[Step]:
    inside = Surroundings(spot.matrix, opacity, cached=around.cached or not _casts_shadow(group))
    return [step for child in group.children for step in paint(child, inside, bench)]


def _constant(pieces: Sequence[str]) -> list[Step]:
    return [ConstantStep("".join(pieces))] if pieces else []


def _ink(paint: Paint, opacity: float, bench: Bench) -> Ink:
    if bench.ink:
        return colour_ink(bench.ink, None)
    return stock_ink(paint, opacity, bench.stock, veiled=bench.veiled)


def _paint_ground(drawable: Drawable, spot: Spot, bench: Bench, opacity: float) -> list[Step]:
    """Fill the box behind an object, its outline's width included."""
    if drawable.ground is None or bench.ink:
        return []
    grown = drawable.placement.stroke_width
    box = box_path(spot.width + grown, spot.height + grown)
    return [
        ConstantStep(f"q {_ink(drawable.ground, opacity, bench).fill(spot)} {operands(spot.matrix)} cm {box} f Q\n")
    ]


def box_path(width: float, height: float) -> str:
    return f"{number(-width / 2)} {number(-height / 2)} {number(width)} {number(height)} re"


def _paint_shape(
    drawable: Drawable, shape: Shape, around: Surroundings, spot: Spot, bench: Bench, opacity: float
) -> list[str]:
    pieces: list[str] = []
    if shape.fill or (bench.ink and shape.path):
        ink = _ink(shape.fill or BLACK, opacity, bench)
        rule = "f*" if shape.even_odd else "f"
        path = write_path(shape.path, IDENTITY)
        pieces.append(f"q {ink.fill(spot)} {operands(spot.matrix)} cm {path} {rule} Q\n")
    if shape.pen and not bench.ink:
        pieces.append(stroke(shape.path, shape.pen, spot, _uniform_scale(drawable, around, shape.pen), bench, opacity))
    return pieces[::-1] if shape.pen_first else pieces


def _uniform_scale(drawable: Drawable, around: Surroundings, pen: Pen) -> tuple[float, float] | None:
    """Return the total scale that a uniform pen does not take part in."""
    if not pen.uniform:
        return None
    if around.matrix == IDENTITY:
        return abs(drawable.placement.scale_x), abs(drawable.placement.scale_y)
    return scales(compose(around.matrix, object_matrix(drawable.placement, 0.0, 0.0)))


def stroke(
    path: Sequence[Segment], pen: Pen, spot: Spot, uniform: tuple[float, float] | None, bench: Bench, opacity: float
) -> str:
    """Return the operators of an outline; the path takes part in a uniform pen's scale, the pen does not."""
    across, down = uniform or (1.0, 1.0)
    if not (across and down):
        return ""
    matrix = compose(spot.matrix, scaling(1 / across, 1 / down))
    ink = _ink(pen.paint, opacity, bench).stroke(spot)
    return f"q {ink} {operands(matrix)} cm {write_pen(pen)} {write_path(path, scaling(across, down))} S Q\n"


def _paint_picture(
    drawable: Drawable, picture: Picture, around: Surroundings, spot: Spot, bench: Bench, opacity: float
) -> list[str]:
    """Draw the source rectangle about the centre; what the natural picture does not reach stays empty."""
    natural = bench.stock.rasters[picture.raster].colour
    width = min(picture.width, natural.width - picture.crop_x)
    height = min(picture.height, natural.height - picture.crop_y)
    pieces: list[str] = []
    if min(width, height) > 0:
        left, top = -picture.width / 2, -picture.height / 2
        state = bench.stock.state(State(alpha=opacity))
        window = ""
        if (width, height) != (natural.width, natural.height):
            window = f"{number(left)} {number(top)} {number(width)} {number(height)} re W n "
        x, y = left - picture.crop_x, top - picture.crop_y + natural.height
        pieces.append(
            f"q {f'/{state} gs ' if state else ''}{operands(spot.matrix)} cm {window}"
            f"{natural.width} 0 0 -{natural.height} {number(x)} {number(y)} cm /I{picture.raster} Do Q\n"
        )
    if picture.pen and not bench.ink:
        outline = rect_path(picture.width, picture.height)
        uniform = _uniform_scale(drawable, around, picture.pen)
        pieces.append(stroke(outline, picture.pen, spot, uniform, bench, opacity))
    return pieces[::-1] if picture.pen_first else pieces


def _paint_place(
    drawable: Drawable, picture: VariablePicture, around: Surroundings, spot: Spot, bench: Bench, opacity: float
) -> list[Step]:
    outline = ""
    if picture.pen and not bench.ink:
        uniform = _uniform_scale(drawable, around, picture.pen)
        outline = stroke(rect_path(picture.width, picture.height), picture.pen, spot, uniform, bench, opacity)
    stretch = (abs(drawable.placement.scale_x), abs(drawable.placement.scale_y))
    state = bench.stock.state(State(alpha=opacity))
    return [PictureStep(picture, spot.matrix, stretch, state, bench.stock.slot("XObject", 2), outline)]


def _paint_code(box: CodeBox, matrix: Matrix, bench: Bench, opacity: float) -> list[Step]:
    state = bench.stock.state(State(alpha=opacity))
    if slots_of(box.content):
        return [CodeStep(box, matrix, state)]
    operators = open_code(box, matrix, state)({})
    return [ConstantStep(operators)] if isinstance(operators, str) else []


def _inks(block: TextBlock, opacity: float, bench: Bench) -> list[Ink]:
    return [_ink(paint, opacity, bench) for paint in block.paints]


def _literals(block: TextBlock) -> list[str]:
    return [literals_of((part,)) for part in block.template]


def _paint_text(drawable: Drawable, block: TextBlock, around: Surroundings, bench: Bench, opacity: float) -> list[Step]:
    if bench.ink:
        block = text_silhouette(block)
    if slots_of(block.template) and not bench.ink:
        stock = bench.stock
        inks = tuple(plan_ink(paint, opacity, stock, veiled=bench.veiled) for paint in block.paints)
        ground = plan_ink(drawable.ground, opacity, stock, veiled=bench.veiled) if drawable.ground else None
        return [TextStep(drawable.where, block, drawable.placement, around.matrix, inks, ground)]
    setter = open_typesetter(block, drawable.placement, around.matrix, bench.shapers, _inks(block, opacity, bench))
    set_text = setter.set_text(_literals(block), None)
    if not isinstance(set_text, SetText):
        return []
    ground_steps = _paint_ground(drawable, set_text.spot, bench, opacity)
    return [*ground_steps, *_constant([set_text.operators + "\n"] if set_text.operators else [])]
