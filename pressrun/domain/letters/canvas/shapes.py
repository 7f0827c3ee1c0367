"""Shapes: their paths about their own centre, exactly as Fabric draws them."""

import math
from collections.abc import Sequence
from typing import Final, TypeGuard

from pressrun.domain.letters.canvas.geometry import Point
from pressrun.domain.letters.canvas.objects import Segment, Shape
from pressrun.domain.letters.canvas.path_reading import MOST_SEGMENTS, WrongPath, read_steps
from pressrun.domain.letters.canvas.paths import arc_curves, box_around, box_of, segments_of
from pressrun.domain.letters.canvas.placing import read_pen
from pressrun.domain.letters.canvas.properties import Properties
from pressrun.domain.letters.images.gallery import Desk

# Fabric's `kRect`: the share of the radius by which a corner's handles stay away from the corner.
_CORNER: Final = 0.4477152502
_LARGEST: Final = 1_000_000.0

Path = tuple[Segment, ...]


def read_rect(item: Properties, _: Desk) -> Shape:
    width, height = item.size("width", 0.0), item.size("height", 0.0)
    rx, ry = item.size("rx", 0.0), item.size("ry", 0.0)
    path = rect_path(width, height, min(rx or ry, width / 2), min(ry or rx, height / 2))
    return _shape(item, width, height, path)


def read_circle(item: Properties, desk: Desk) -> Shape:
    """Read a circle or an arc of one; angles go clockwise, in degrees, but in radians up to Fabric 4."""
    radius = item.size("radius", 0.0)
    turn = 2 * math.pi if desk.dialect.major <= 4 else 360.0
    start, end = item.number("startAngle", 0.0) / turn, item.number("endAngle", turn) / turn
    backwards = item.flag("counterClockwise", default=False)
    sweep = _sweep(start, end, -1.0 if backwards else 1.0)
    if abs(sweep) < 1 or start:
        return _shape(item, 2 * radius, 2 * radius, _arc_path((radius, radius), math.tau * start, math.tau * sweep))
    return _shape(item, 2 * radius, 2 * radius, _ring(item, radius, radius))


def read_ellipse(item: Properties, _: Desk) -> Shape:
    rx, ry = item.size("rx", 0.0), item.size("ry", 0.0)
    return _shape(item, 2 * rx, 2 * ry, _ring(item, rx, ry) if rx else ())


def read_line(item: Properties, _: Desk) -> Shape:
    """Read a line: its ends lie about the centre, on the diagonal that the signs of the differences choose."""
    dx = item.number("x2", 0.0) - item.number("x1", 0.0)
    dy = item.number("y2", 0.0) - item.number("y1", 0.0)
    path = (Segment("move", ((-dx / 2, -dy / 2),)), Segment("line", ((dx / 2, dy / 2),)))
    return _shape(item, abs(dx), abs(dy), path, filled=False)


def read_triangle(item: Properties, _: Desk) -> Shape:
    width, height = item.size("width", 100.0), item.size("height", 100.0)
    corners = ((-width / 2, height / 2), (0.0, -height / 2), (width / 2, height / 2))
    return _shape(item, width, height, _through(corners, closed=True))


def read_polyline(item: Properties, _: Desk) -> Shape:
    return _read_points(item, closed=False)


def read_polygon(item: Properties, _: Desk) -> Shape:
    return _read_points(item, closed=True)


def read_path(item: Properties, _: Desk) -> Shape:
    """Read a path; its saved width and height are not used, as Fabric measures the commands when it loads them."""
    try:
        steps = read_steps(item.raw.get("path", []))
    except WrongPath as error:
        item.fault("design_invalid", f"path is no path: {error}.", "Save the path with Fabric again.")
        steps = ()
    box = box_of(steps)
    return _shape(item, box.width, box.height, segments_of(steps, box.centre))


def rect_path(width: float, height: float, rx: float = 0.0, ry: float = 0.0) -> Path:
    """Return a rectangle about the origin, clockwise from the top left, with elliptic corners."""
    x, y = width / 2, height / 2
    if not (rx and ry):
        return _through(((-x, -y), (x, -y), (x, y), (-x, y)), closed=True)
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
    """Return a whole ellipse about the origin, clockwise from its right end, closed."""
    return (*_arc_path((rx, ry), 0.0, math.tau), Segment("close"))


def _ring(item: Properties, rx: float, ry: float) -> Path:
    """Return a whole ellipse; Fabric leaves it open, which shows only where caps reach over the ends."""
    path = ellipse_path(rx, ry)
    return path if item.raw.get("strokeLineCap", "butt") == "butt" else path[:-1]


def _arc_path(radii: Point, start: float, sweep: float) -> Path:
    begin = (radii[0] * math.cos(start), radii[1] * math.sin(start))
    curves = arc_curves(*radii, start, sweep)
    return (Segment("move", (begin,)), *(Segment("curve", curve) for curve in curves))


def _sweep(start: float, end: float, direction: float) -> float:
    """Return how far a canvas draws an arc, in turns: all of it once it spans a turn or more (HTML, `arc`)."""
    span = (end - start) * direction
    return direction * (1.0 if span >= 1 else span % 1.0)


def _read_points(item: Properties, *, closed: bool) -> Shape:
    if item.flag("exactBoundingBox", default=False):
        item.unsupported("exactBoundingBox")
    points = _points_of(item)
    box = box_around(points)
    middle = box.centre
    path = _through([(x - middle[0], y - middle[1]) for x, y in points], closed=closed)
    return _shape(item, box.width, box.height, path)


def _points_of(item: Properties) -> list[Point]:
    value = item.raw.get("points", [])
    points = [_point(entry) for entry in value[: MOST_SEGMENTS + 1]] if isinstance(value, list) else [None]
    found = [point for point in points if point is not None]
    if len(found) < len(points) or len(points) > MOST_SEGMENTS:
        message = f"points is not a list of at most {MOST_SEGMENTS:,} objects with the numbers x and y."
        item.fault("design_invalid", message, "Save the object with Fabric again.")
        return []
    return found


def _point(entry: object) -> Point | None:
    if not isinstance(entry, dict):
        return None
    x, y = entry.get("x"), entry.get("y")
    return (float(x), float(y)) if _is_place(x) and _is_place(y) else None


def _is_place(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _LARGEST


def _through(points: Sequence[Point], *, closed: bool) -> Path:
    if not points:
        return ()
    # A single point is a line without length: a dot, where caps are round or square.
    lines = (Segment("line", (point,)) for point in points[1:] or points)
    return (Segment("move", (points[0],)), *lines, *((Segment("close"),) if closed else ()))


def _shape(item: Properties, width: float, height: float, path: Path, *, filled: bool = True) -> Shape:
    fill = item.paint("fill", "rgb(0,0,0)")
    return Shape(
        width=width,
        height=height,
        path=path,
        fill=fill if filled else None,
        even_odd=item.choice("fillRule", ("nonzero", "evenodd"), "nonzero") == "evenodd",
        pen=read_pen(item),
        pen_first=item.choice("paintFirst", ("fill", "stroke"), "fill") == "stroke",
    )
