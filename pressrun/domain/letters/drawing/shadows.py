"""Shadows: hard ones drawn through the object as a mask, blurred ones made as a picture."""

from dataclasses import dataclass, field
from typing import NamedTuple

from pressrun.domain.letters.canvas.colours import Colour
from pressrun.domain.letters.canvas.geometry import Matrix, compose, object_matrix, scales
from pressrun.domain.letters.canvas.objects import Drawable, Shadow
from pressrun.domain.letters.drawing.inking import EVERYWHERE
from pressrun.domain.letters.drawing.operators import fill_colour, number, use_state
from pressrun.domain.letters.drawing.stock import State, Stock
from pressrun.domain.letters.stamping.program import ShadowPlan


class Blur(NamedTuple):
    """A blurred shadow of a static form that is still to be made: it becomes the form `name`."""

    name: str
    form: str
    colour: Colour
    sigma: float
    offset: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Blurs:
    """The blurred shadows of static objects, in drawing order."""

    wanted: list[Blur] = field(default_factory=list)


class _Cast(NamedTuple):
    sigma: float
    offset: tuple[float, float]


def write_shadow(drawable: Drawable, outer: Matrix, form: str, opacity: float, stock: Stock, blurs: Blurs) -> str:
    """Return the operators of the shadow of a static form, or nothing where it casts none."""
    shadow = drawable.shadow
    if shadow is None:
        return ""
    cast = _cast(shadow, drawable, outer)
    alpha = shadow.colour.alpha * opacity
    if cast.sigma:
        name = stock.form("", "L")
        blurs.wanted.append(Blur(name, form, shadow.colour, cast.sigma, cast.offset))
        state = stock.state(State(alpha=alpha, blend=drawable.blend))
        return f"q {use_state(state)}/{name} Do Q\n"
    mask = stock.state(State(mask=form))
    state = stock.state(State(alpha=alpha, blend=drawable.blend))
    return write_hard(shadow.colour, cast.offset, mask, state)


def plan_shadow(drawable: Drawable, outer: Matrix, form: str, opacity: float, stock: Stock) -> ShadowPlan | None:
    """Plan the shadow of a varying form, which each letter brings itself."""
    shadow = drawable.shadow
    if shadow is None:
        return None
    cast = _cast(shadow, drawable, outer)
    state = stock.state(State(alpha=shadow.colour.alpha * opacity, blend=drawable.blend))
    mask = None if cast.sigma else stock.state(State(mask=form))
    slot = stock.slot("XObject", 2) if cast.sigma else None
    return ShadowPlan(shadow.colour, cast.sigma, cast.offset, state, mask, slot)


def write_hard(colour: Colour, offset: tuple[float, float], mask: str | None, state: str | None) -> str:
    """Fill the moved mask with one colour."""
    x, y = offset
    return (
        f"q 1 0 0 1 {number(x)} {number(y)} cm {use_state(state)}/{mask} gs {fill_colour(colour)} {EVERYWHERE} re f Q\n"
    )


def _cast(shadow: Shadow, drawable: Drawable, outer: Matrix) -> _Cast:
    """Scale offsets and blur as Fabric does: with the object's total scale, the blur with the mean of both."""
    across, down = (1.0, 1.0)
    if not shadow.unscaled:
        across, down = scales(compose(outer, object_matrix(drawable.placement, 0.0, 0.0)))
    sigma = shadow.blur * (across + down) / 4
    return _Cast(sigma, (shadow.offset_x * across, shadow.offset_y * down))
