"""Objects as drawing steps, in Fabric's order and with its rules for what is flattened before it is blended.

Fabric 7.4 caches an object on a canvas of its own and blends that: a translucent object shows no overlaps of its
fill and outline. What stands in a cached group is not cached again, so there each drawing step has its own alpha.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from pressrun.domain.letters.canvas.colours import BLACK
from pressrun.domain.letters.canvas.geometry import IDENTITY, Matrix, compose, object_matrix
from pressrun.domain.letters.canvas.objects import Drawable, Group, Picture, Shape, VariablePicture
from pressrun.domain.letters.canvas.placeholders import literals_of, slots_of
from pressrun.domain.letters.canvas.shapes import rect_path
from pressrun.domain.letters.canvas.text import TextBlock
from pressrun.domain.letters.canvas.text import silhouette as text_silhouette
from pressrun.domain.letters.drawing.bench import Bench, Surroundings, choose_ink
from pressrun.domain.letters.drawing.clipping import Clipping, limit, write_clip
from pressrun.domain.letters.drawing.inking import plan_ink
from pressrun.domain.letters.drawing.inks import Ink, Spot
from pressrun.domain.letters.drawing.operators import use_state
from pressrun.domain.letters.drawing.shadows import plan_shadow, write_shadow
from pressrun.domain.letters.drawing.stock import State
from pressrun.domain.letters.drawing.surfaces import paint_ground, paint_picture, paint_shape, stroke, uniform_scale
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
from pressrun.domain.letters.typography.typesetting import SetText, open_typesetter, steps_of

_FLAT: Final = 1e-9


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
    operators = join_constants(inner)
    if operators is not None:
        name = stock.form(limit(operators, clip), "G")
        shadow = write_shadow(drawable, around.matrix, name, opacity, stock, bench.blurs)
        return [ConstantStep(f"{shadow}q {use_state(state)}/{name} Do Q\n")]
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
    return join_constants(steps) or ""


def join_constants(steps: Sequence[Step]) -> str | None:
    """Return the operators of steps that are the same in every letter, or None where one is not."""
    constants = [step.operators for step in steps if isinstance(step, ConstantStep)]
    return "".join(constants) if len(constants) == len(steps) else None


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
    ground = _constant(paint_ground(drawable, spot, bench, opacity))
    return ground + _paint_inside(drawable, around, spot, bench, opacity)


def _paint_inside(drawable: Drawable, around: Surroundings, spot: Spot, bench: Bench, opacity: float) -> list[Step]:
    content = drawable.content
    match content:
        case Shape():
            return _constant(paint_shape(drawable, content, around, spot, bench, opacity))
        case Picture():
            return _constant(paint_picture(drawable, content, around, spot, bench, opacity))
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


def _paint_place(
    drawable: Drawable, picture: VariablePicture, around: Surroundings, spot: Spot, bench: Bench, opacity: float
) -> list[Step]:
    outline = ""
    if picture.pen and not bench.ink:
        uniform = uniform_scale(drawable, around, picture.pen)
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
    return [choose_ink(paint, opacity, bench) for paint in block.paints]


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
    drawn = [set_text.operators + "\n"] if set_text.operators else []
    return _constant([*paint_ground(drawable, set_text.spot, bench, opacity), *drawn])
