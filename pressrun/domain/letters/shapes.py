"""Rect, Circle and Line: their paths as Fabric draws them."""

from typing import Final

from pressrun.domain.letters.colours import Colour
from pressrun.domain.letters.dialect import Dialect
from pressrun.domain.letters.objects import Segment, Shape
from pressrun.domain.letters.placing import read_pen, read_placement
from pressrun.domain.letters.properties import Properties

# Fabric's `kRect`: the share of the radius by which a corner's handles stay away from the corner.
_CORNER: Final = 0.4477152502
# A cubic through a quarter circle with the least radial error, 4/3 (sqrt 2 - 1).
_QUARTER: Final = 0.5522847498

Path = tuple[Segment, ...]


def read_rect(item: Properties, dialect: Dialect) -> Shape:
    width, height = item.size("width", 0.0), item.size("height", 0.0)
    rx, ry = item.size("rx", 0.0), item.size("ry", 0.0)
    path = rect_path(width, height, min(rx or ry, width / 2), min(ry or rx, height / 2))
    return _shape(item, dialect, width, height, path)


def read_circle(item: Properties, dialect: Dialect) -> Shape:
    radius = item.size("radius", 0.0)
    return _shape(item, dialect, 2 * radius, 2 * radius, ellipse_path(radius, radius))


def read_line(item: Properties, dialect: Dialect) -> Shape:
    """Read a line: its ends lie about the centre, on the diagonal that the signs of the differences choose."""
    dx = item.number("x2", 0.0) - item.number("x1", 0.0)
    dy = item.number("y2", 0.0) - item.number("y1", 0.0)
    path = (Segment("move", ((-dx / 2, -dy / 2),)), Segment("line", ((dx / 2, dy / 2),)))
    return _shape(item, dialect, abs(dx), abs(dy), path, filled=False)


def rect_path(width: float, height: float, rx: float = 0.0, ry: float = 0.0) -> Path:
    """Return a rectangle about the origin, clockwise from the top left, with elliptic corners."""
    x, y = width / 2, height / 2
    if not (rx and ry):
        corners = ((x, -y), (x, y), (-x, y))
        return (Segment("move", ((-x, -y),)), *(Segment("line", (at,)) for at in corners), Segment("close"))
    k, m = _CORNER * rx, _CORNER * ry
    return (
        Segment("move", ((-x + rx, -y),)),
        Segment("line", ((x - rx, -y),)),
        Segment("curve", ((x - k, -y), (x, -y + m), (x, -y + ry))),
        Segment("line", ((x, y - ry),)),
        Segment("curve", ((x, y - m), (x - k, y), (x - rx, y))),
        Segment("line", ((-x + rx, y),)),
        Segment("curve", ((-x + k, y), (-x, y - m), (-x, y - ry))),
        Segment("line", ((-x, -y + ry),)),
        Segment("curve", ((-x, -y + m), (-x + k, -y), (-x + rx, -y))),
        Segment("close"),
    )


def ellipse_path(rx: float, ry: float) -> Path:
    k, m = _QUARTER * rx, _QUARTER * ry
    return (
        Segment("move", ((rx, 0.0),)),
        Segment("curve", ((rx, m), (k, ry), (0.0, ry))),
        Segment("curve", ((-k, ry), (-rx, m), (-rx, 0.0))),
        Segment("curve", ((-rx, -m), (-k, -ry), (0.0, -ry))),
        Segment("curve", ((k, -ry), (rx, -m), (rx, 0.0))),
        Segment("close"),
    )


def _shape(
    item: Properties, dialect: Dialect, width: float, height: float, path: Path, *, filled: bool = True
) -> Shape:
    fill: Colour | None = item.colour("fill", "rgb(0,0,0)")
    return Shape(
        placement=read_placement(item, dialect),
        width=width,
        height=height,
        path=path,
        fill=fill if filled else None,
        even_odd=item.choice("fillRule", ("nonzero", "evenodd"), "nonzero") == "evenodd",
        pen=read_pen(item),
        pen_first=item.choice("paintFirst", ("fill", "stroke"), "fill") == "stroke",
        opacity=item.opacity(),
    )
