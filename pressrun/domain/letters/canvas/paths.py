"""Paths made absolute: their box as Fabric counts it, and their segments about its centre."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Literal, NamedTuple

from pressrun.domain.letters.canvas.geometry import Point
from pressrun.domain.letters.canvas.objects import Segment

Letter = Literal["M", "L", "C", "Q", "Z"]
_KINDS: Final[Mapping[str, Literal["move", "line", "curve"]]] = {"M": "move", "L": "line", "C": "curve"}


class Step(NamedTuple):
    """One command: `M` and `L` have one point, `Q` two, `C` three, `Z` none."""

    letter: Letter
    points: tuple[Point, ...] = ()


class Box(NamedTuple):
    """The least upright rectangle around a path."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def centre(self) -> Point:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


def box_around(points: Sequence[Point]) -> Box:
    """Return the box of the points; of none, an empty one at the origin."""
    if not points:
        return Box(0.0, 0.0, 0.0, 0.0)
    across, down = [x for x, _ in points], [y for _, y in points]
    return Box(min(across), min(down), max(across), max(down))


def box_of(steps: Sequence[Step]) -> Box:
    """Return the box of what is drawn, as Fabric 7.4 `Path._calcBoundsFromPath` counts it.

    Fabric measures a quadratic curve as the cubic whose two handles are the one handle of the quadratic, which bulges
    further than what is drawn. Its centre is where the path is put, so the excess has to be kept.
    """
    extremes: list[Point] = []
    at = start = (0.0, 0.0)
    for letter, points in steps:
        if letter == "L":
            extremes += (start, points[0])
        elif letter in "CQ":
            extremes += _extremes(at, points[0], points[-2], points[-1])
        elif letter == "M":
            start = points[0]
        at = points[-1] if points else start
    return box_around(extremes)


def segments_of(steps: Sequence[Step], centre: Point) -> tuple[Segment, ...]:
    """Return the path about its centre; what goes on after a close begins again at that subpath's start."""
    path: list[Segment] = []
    at = start = (0.0, 0.0)
    closed = False
    for letter, points in steps:
        moved = tuple((x - centre[0], y - centre[1]) for x, y in points)
        if closed and letter not in "MZ":
            path.append(Segment("move", (start,)))
        if letter == "M":
            start = moved[0]
        path.append(_segment(letter, at, moved))
        at, closed = moved[-1] if moved else start, letter == "Z"
    return tuple(path)


def arc_curves(rx: float, ry: float, start: float, sweep: float) -> Iterator[tuple[Point, Point, Point]]:
    """Yield cubics along an ellipse about the origin from `start` through `sweep`, in radians, clockwise.

    Each covers at most a quarter; its handles are 4/3 tan(angle / 4) long, the usual fit through its middle.
    """
    count = max(1, math.ceil(abs(sweep) / (math.pi / 2) - 1e-9))
    angle = sweep / count
    handle = 4 / 3 * math.tan(angle / 4)
    for index in range(count):
        a, b = start + index * angle, start + (index + 1) * angle
        yield (
            (rx * (math.cos(a) - handle * math.sin(a)), ry * (math.sin(a) + handle * math.cos(a))),
            (rx * (math.cos(b) + handle * math.sin(b)), ry * (math.sin(b) - handle * math.cos(b))),
            (rx * math.cos(b), ry * math.sin(b)),
        )


def _segment(letter: Letter, at: Point, points: tuple[Point, ...]) -> Segment:
    if letter == "Z":
        return Segment("close")
    if letter == "Q":
        handle, end = points
        return Segment("curve", (_cubic_handle(at, handle), _cubic_handle(end, handle), end))
    return Segment(_KINDS[letter], points)


def _cubic_handle(end: Point, handle: Point) -> Point:
    """Return the handle at an end of a quadratic curve drawn as a cubic: two thirds of the way to its one handle."""
    return end[0] + (handle[0] - end[0]) * 2 / 3, end[1] + (handle[1] - end[1]) * 2 / 3


def _extremes(start: Point, first: Point, second: Point, end: Point) -> tuple[Point, Point]:
    across = _span(start[0], first[0], second[0], end[0])
    down = _span(start[1], first[1], second[1], end[1])
    return (across[0], down[0]), (across[1], down[1])


def _span(start: float, first: float, second: float, end: float) -> tuple[float, float]:
    """Return the least and greatest value of a cubic polynomial in Bernstein form between 0 and 1."""
    a, b, c = 3 * (end - start) + 9 * (first - second), 6 * (start - 2 * first + second), 3 * (first - start)
    values = [start, end]
    for t in _roots(a, b, c):
        if 0 < t < 1:
            s = 1 - t
            values.append(s**3 * start + 3 * s * s * t * first + 3 * s * t * t * second + t**3 * end)
    return min(values), max(values)


def _roots(a: float, b: float, c: float) -> tuple[float, ...]:
    """Return where a t² + b t + c is zero."""
    if abs(a) < 1e-12:
        return () if abs(b) < 1e-12 else (-c / b,)
    inside = b * b - 4 * a * c
    if inside < 0:
        return ()
    return (-b + math.sqrt(inside)) / (2 * a), (-b - math.sqrt(inside)) / (2 * a)
