"""Every shape has the path that Fabric draws, about its own centre."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from pressrun.domain.letters.canvas.colours import BLACK
from pressrun.domain.letters.canvas.dialect import Dialect
from pressrun.domain.letters.canvas.objects import Segment, Shape
from pressrun.domain.letters.canvas.properties import Properties
from pressrun.domain.letters.canvas.shapes import (
    read_circle,
    read_ellipse,
    read_line,
    read_path,
    read_polygon,
    read_polyline,
    read_rect,
    read_triangle,
)
from pressrun.domain.letters.images.gallery import Gallery
from schemas.faults import Fault


@dataclass(frozen=True)
class ADesk:
    """What readers share, without fonts."""

    dialect: Dialect = field(default_factory=lambda: Dialect(7))
    gallery: Gallery = field(default_factory=lambda: Gallery({}))


def an_item(faults: list[Fault] | None = None, **properties: Any) -> Properties:
    return Properties(properties, "design.json objects[0]", [] if faults is None else faults)


def ends_of(shape: Shape) -> list[tuple[str, tuple[float, ...]]]:
    """Return each segment's kind and end point, rounded."""
    return [
        (segment.kind, tuple(round(part, 3) + 0.0 for part in segment.points[-1]) if segment.points else ())
        for segment in shape.path
    ]


def test_a_rect_lies_about_its_centre() -> None:
    shape = read_rect(an_item(width=40, height=20), ADesk())

    assert ends_of(shape) == [
        ("move", (-20, -10)),
        ("line", (20, -10)),
        ("line", (20, 10)),
        ("line", (-20, 10)),
        ("close", ()),
    ]
    assert (shape.width, shape.height, shape.fill, shape.pen) == (40, 20, BLACK, None)


def test_one_corner_radius_stands_for_both_and_ends_at_the_middle() -> None:
    shape = read_rect(an_item(width=40, height=20, rx=15), ADesk())

    assert ends_of(shape)[:3] == [("move", (-5, -10)), ("line", (5, -10)), ("curve", (20, 0))]


def test_a_whole_circle_is_closed() -> None:
    shape = read_circle(an_item(radius=50), ADesk())

    assert [kind for kind, _ in ends_of(shape)] == ["move", *["curve"] * 4, "close"]
    assert ends_of(shape)[1] == ("curve", (0, 50))
    assert (shape.width, shape.height) == (100, 100)


def test_a_whole_circle_stays_open_where_its_caps_would_show() -> None:
    shape = read_circle(an_item(radius=50, strokeLineCap="square"), ADesk())

    assert shape.path[-1].kind == "curve"


@pytest.mark.parametrize(
    ("angles", "begin", "end", "curves"),
    [
        ({"startAngle": 0, "endAngle": 90}, (10, 0), (0, 10), 1),
        ({"startAngle": 90, "endAngle": 0}, (0, 10), (10, 0), 3),
        ({"startAngle": 0, "endAngle": 90, "counterClockwise": True}, (10, 0), (0, 10), 3),
        ({"startAngle": 180, "endAngle": 90, "counterClockwise": True}, (-10, 0), (0, 10), 1),
        ({"startAngle": -90, "endAngle": 45}, (0, -10), (7.071, 7.071), 2),
        ({"startAngle": 90, "endAngle": 500}, (0, 10), (0, 10), 4),
    ],
)
def test_an_arc_goes_clockwise_unless_told_otherwise(
    angles: dict[str, Any], begin: tuple[float, float], end: tuple[float, float], curves: int
) -> None:
    shape = read_circle(an_item(radius=10, **angles), ADesk())

    assert ends_of(shape)[0] == ("move", begin)
    assert ends_of(shape)[-1] == ("curve", end)
    assert len(shape.path) == 1 + curves


def test_fabric_4_has_angles_in_radians() -> None:
    shape = read_circle(an_item(radius=10, startAngle=0, endAngle=3.141592653589793), ADesk(Dialect(4)))

    assert ends_of(shape)[-1] == ("curve", (-10, 0))


def test_an_ellipse_has_two_radii() -> None:
    shape = read_ellipse(an_item(rx=30, ry=10), ADesk())

    assert [end for _, end in ends_of(shape)[:5]] == [(30, 0), (0, 10), (-30, 0), (0, -10), (30, 0)]


def test_an_ellipse_without_width_draws_nothing() -> None:
    assert read_ellipse(an_item(rx=0, ry=10), ADesk()).path == ()


@pytest.mark.parametrize(
    ("ends", "path"),
    [
        ({"x1": 10, "y1": 10, "x2": 50, "y2": 30}, [("move", (-20, -10)), ("line", (20, 10))]),
        ({"x1": 50, "y1": 10, "x2": 10, "y2": 30}, [("move", (20, -10)), ("line", (-20, 10))]),
    ],
)
def test_a_line_runs_along_its_own_diagonal_and_has_no_fill(
    ends: dict[str, Any], path: list[tuple[str, tuple[float, ...]]]
) -> None:
    shape = read_line(an_item(**ends), ADesk())

    assert ends_of(shape) == path
    assert (shape.width, shape.height, shape.fill) == (40, 20, None)


def test_a_triangle_points_up() -> None:
    shape = read_triangle(an_item(), ADesk())

    assert ends_of(shape) == [("move", (-50, 50)), ("line", (0, -50)), ("line", (50, 50)), ("close", ())]


def test_points_lie_about_the_centre_of_their_box() -> None:
    points = [{"x": 230, "y": 30}, {"x": 330, "y": 60}, {"x": 210, "y": 130}]

    open_one = read_polyline(an_item(points=points, width=1, height=1), ADesk())
    closed = read_polygon(an_item(points=points), ADesk())

    assert ends_of(open_one) == [("move", (-40, -50)), ("line", (60, -20)), ("line", (-60, 50))]
    assert ends_of(closed) == [*ends_of(open_one), ("close", ())]
    assert (open_one.width, open_one.height) == (120, 100)


def test_a_single_point_is_a_dot_and_none_is_nothing() -> None:
    dot = read_polyline(an_item(points=[{"x": 5, "y": 5}]), ADesk())

    assert ends_of(dot) == [("move", (0, 0)), ("line", (0, 0))]
    assert read_polygon(an_item(points=[]), ADesk()).path == ()


def test_a_path_is_measured_by_its_commands() -> None:
    shape = read_path(an_item(path="M100 100h40v20z", width=7, height=7), ADesk())

    assert (shape.width, shape.height) == (40, 20)
    assert shape.path == (
        Segment("move", ((-20, -10),)),
        Segment("line", ((20, -10),)),
        Segment("line", ((20, 10),)),
        Segment("close"),
    )


def test_fill_rule_and_paint_order_are_read() -> None:
    shape = read_path(an_item(path="M0 0h9v9z", fillRule="evenodd", paintFirst="stroke", stroke="red"), ADesk())

    assert shape.even_odd
    assert shape.pen_first
    assert shape.pen is not None


@pytest.mark.parametrize(
    ("read", "wrong"),
    [
        (read_rect, {"width": -1}),
        (read_rect, {"height": float("nan")}),
        (read_circle, {"radius": -5}),
        (read_circle, {"endAngle": "90"}),
        (read_ellipse, {"rx": -5}),
        (read_polygon, {"points": [{"x": 1}]}),
        (read_polygon, {"points": [[1, 2]]}),
        (read_polygon, {"points": {"x": 1, "y": 2}}),
        (read_polygon, {"points": [{"x": 1, "y": float("inf")}]}),
        (read_polyline, {"points": [{"x": 0, "y": 0}] * 100_001}),
        (read_path, {"path": "nonsense"}),
        (read_path, {"path": 5}),
    ],
)
def test_wrong_data_is_one_fault(read: Any, wrong: dict[str, Any]) -> None:
    faults: list[Fault] = []

    read(an_item(faults, **wrong), ADesk())

    assert [fault.code for fault in faults] == ["design_invalid"]


def test_a_box_around_the_outline_is_not_drawn_wrong_but_refused() -> None:
    faults: list[Fault] = []

    read_polygon(an_item(faults, type="Polygon", points=[], exactBoundingBox=True), ADesk())

    assert [fault.code for fault in faults] == ["design_unsupported"]
