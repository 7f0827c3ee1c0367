"""Reading what every object has: its placement and its pen."""

from collections.abc import Mapping
from typing import Final

from pressrun.domain.letters.canvas.dialect import Dialect
from pressrun.domain.letters.canvas.geometry import Placement
from pressrun.domain.letters.canvas.paints import Pen
from pressrun.domain.letters.canvas.properties import Properties

_ORIGINS: Final[Mapping[object, float]] = {
    "left": -0.5,
    "top": -0.5,
    "center": 0.0,
    "right": 0.5,
    "bottom": 0.5,
}


def read_placement(item: Properties, dialect: Dialect, stroke_width: float = 1.0) -> Placement:
    """Read the placement; `stroke_width` is the type's default, which counts even where no stroke is drawn."""
    default_x, default_y = dialect.origin
    return Placement(
        left=item.number("left", 0.0),
        top=item.number("top", 0.0),
        origin_x=_read_origin(item, "originX", default_x),
        origin_y=_read_origin(item, "originY", default_y),
        angle=item.number("angle", 0.0),
        scale_x=item.number("scaleX", 1.0),
        scale_y=item.number("scaleY", 1.0),
        flip_x=item.flag("flipX", default=False),
        flip_y=item.flag("flipY", default=False),
        skew_x=_read_skew(item, "skewX"),
        skew_y=_read_skew(item, "skewY"),
        stroke_width=item.size("strokeWidth", stroke_width),
        stroke_uniform=item.flag("strokeUniform", default=False),
    )


def read_pen(item: Properties, stroke_width: float = 1.0) -> Pen | None:
    """Return the pen, or None when nothing is stroked."""
    paint = item.paint("stroke", None)
    if paint is None:
        return None
    pen = Pen(
        paint=paint,
        width=item.size("strokeWidth", stroke_width),
        dashes=_read_dashes(item),
        dash_offset=item.number("strokeDashOffset", 0.0),
        cap=item.choice("strokeLineCap", ("butt", "round", "square"), "butt"),
        join=item.choice("strokeLineJoin", ("miter", "round", "bevel"), "miter"),
        miter_limit=item.number("strokeMiterLimit", 4.0),
        uniform=item.flag("strokeUniform", default=False),
    )
    return pen if pen.width else None


def _read_dashes(item: Properties) -> tuple[float, ...]:
    dashes = item.numbers("strokeDashArray")
    return dashes if any(dashes) else ()


def _read_skew(item: Properties, name: str) -> float:
    angle = item.number(name, 0.0)
    if abs(angle) < 90:
        return angle
    item.fault("design_invalid", f"{name} is a right angle or more.", f"Keep {name} between -90 and 90 degrees.")
    return 0.0


def _read_origin(item: Properties, name: str, default: str) -> float:
    value = item.raw.get(name, default)
    if isinstance(value, int | float) and not isinstance(value, bool):
        # Fabric takes a share of the size as well: 0 is left or top, 1 right or bottom.
        return float(value) - 0.5
    if isinstance(value, str) and value in _ORIGINS:
        return _ORIGINS[value]
    item.fault("design_invalid", f"{name} is not an origin.", f"Set {name} to left, center or right, top or bottom.")
    return 0.0
