"""Path data is read as SVG defines it and measured as Fabric does."""

import math

import pytest

from pressrun.domain.letters.canvas.path_reading import MOST_SEGMENTS, WrongPath, read_steps
from pressrun.domain.letters.canvas.paths import Step, arc_curves, box_of, segments_of


def points_of(data: object) -> list[tuple[str, list[float]]]:
    """Return the steps with their numbers in a row, rounded."""
    return [(letter, [round(part, 6) for point in points for part in point]) for letter, points in read_steps(data)]


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("M1 2L3 4", [("M", [1, 2]), ("L", [3, 4])]),
        ("m1 2 3 4", [("M", [1, 2]), ("L", [4, 6])]),
        ("M1,2 3,4 5,6", [("M", [1, 2]), ("L", [3, 4]), ("L", [5, 6])]),
        ("M10 10h5v-3H0V0", [("M", [10, 10]), ("L", [15, 10]), ("L", [15, 7]), ("L", [0, 7]), ("L", [0, 0])]),
        ("M0 0c1 1 2 2 3 0s2-2 3 0", [("M", [0, 0]), ("C", [1, 1, 2, 2, 3, 0]), ("C", [4, -2, 5, -2, 6, 0])]),
        ("M0 0S1 1 2 0", [("M", [0, 0]), ("C", [0, 0, 1, 1, 2, 0])]),
        ("M0 0Q1 2 2 0T4 0T6 0", [("M", [0, 0]), ("Q", [1, 2, 2, 0]), ("Q", [3, -2, 4, 0]), ("Q", [5, 2, 6, 0])]),
        ("M0 0C1 1 2 2 3 0T5 0", [("M", [0, 0]), ("C", [1, 1, 2, 2, 3, 0]), ("Q", [3, 0, 5, 0])]),
        ("M1 1l2 0zl0 3", [("M", [1, 1]), ("L", [3, 1]), ("Z", []), ("L", [1, 4])]),
        ("M.5.5-1e1+2", [("M", [0.5, 0.5]), ("L", [-10, 2])]),
        ("", []),
    ],
)
def test_each_command_becomes_absolute(text: str, steps: list[tuple[str, list[float]]]) -> None:
    assert points_of(text) == steps


def test_saved_commands_are_read_like_text() -> None:
    saved = [["M", 1, 2], ["q", 3, 4, 5, 6], ["h", 2], ["Z"]]

    assert read_steps(saved) == read_steps("M1 2q3 4 5 6h2z")


def test_a_half_circle_goes_over_its_top() -> None:
    steps = read_steps("M0 0A10 10 0 0 1 20 0")

    assert [step.letter for step in steps] == ["M", "C", "C"]
    assert steps[1].points[-1] == pytest.approx((10, -10))
    assert steps[2].points[-1] == pytest.approx((20, 0))
    assert box_of(steps) == pytest.approx((0, -10, 20, 0), abs=1e-9)


@pytest.mark.parametrize(
    ("flags", "box"),
    [("0 0", (0, 0, 10, 10)), ("0 1", (0, 0, 10, 10)), ("1 0", (-10, 0, 10, 20)), ("1 1", (0, -10, 20, 10))],
)
def test_flags_choose_among_the_four_arcs(flags: str, box: tuple[float, ...]) -> None:
    steps = read_steps(f"M0 0A10 10 0 {flags} 10 10")

    # A quarter of a circle by a cubic is off by 0.03 % of its radius at most.
    assert box_of(steps) == pytest.approx(box, abs=0.01)


def test_arc_flags_need_nothing_between_them() -> None:
    assert read_steps("M0 0a5 5 0 0110 0") == read_steps("M0 0a5 5 0 0 1 10 0")


def test_radii_too_short_grow_until_the_arc_reaches() -> None:
    assert points_of("M0 0A1 1 0 0 1 20 0") == points_of("M0 0A10 10 0 0 1 20 0")


def test_a_turned_ellipse_keeps_its_ends() -> None:
    steps = read_steps("M0 0A30 10 45 1 0 5 25")

    assert steps[-1].points[-1] == pytest.approx((5, 25))


def test_an_arc_without_extent_draws_nothing_but_moves_on() -> None:
    assert points_of("M0 0A0 5 0 0 1 10 0l1 1") == [("M", [0, 0]), ("L", [11, 1])]


def test_arcs_stay_on_their_circle() -> None:
    curves = list(arc_curves(100, 100, 0.3, 1.5))

    for first, second, end in curves:
        assert math.hypot(*end) == pytest.approx(100)
        assert first != second
    middle = [
        0.125 * a + 0.375 * b + 0.375 * c + 0.125 * d
        for a, b, c, d in zip((100 * math.cos(0.3), 100 * math.sin(0.3)), *curves[0], strict=True)
    ]
    assert math.hypot(*middle) == pytest.approx(100, rel=1e-9)


def test_the_box_of_a_cubic_is_exact() -> None:
    # x(t) of 0 100 -50 50 has its extremes at roots of 3(...)t² ...: checked against 10,000 points on the curve.
    steps = read_steps("M0 0C100 0 -50 40 50 40")
    on_curve = [
        3 * (1 - t) ** 2 * t * 100 - 3 * (1 - t) * t * t * 50 + t**3 * 50 for t in (i / 1e4 for i in range(10001))
    ]

    box = box_of(steps)

    assert (box.left, box.right) == pytest.approx((min(on_curve), max(on_curve)), abs=1e-5)
    assert (box.top, box.bottom) == (0, 40)


def test_a_quadratic_is_measured_as_fabric_measures_it() -> None:
    # The curve itself rises to y = 0; the saved height of such a path in Fabric 5.3 and 7.4 is 140.
    saved = [["M", 0, 40], ["Q", 60, -40, 120, 40], ["Q", 180, 120, 240, 40], ["L", 240, 120], ["L", 0, 120], ["Z"]]

    box = box_of(read_steps(saved))

    assert (box.width, box.height, box.centre) == (240, 140, (120, 50))


def test_a_move_alone_is_not_measured() -> None:
    assert box_of(read_steps("M-50-50M0 0L10 10M99 99")) == (0, 0, 10, 10)


def test_a_quadratic_is_drawn_as_the_same_cubic() -> None:
    path = segments_of(read_steps("M0 0Q30 60 60 0"), (0, 0))

    assert path[1].kind == "curve"
    assert path[1].points == ((20, 40), (40, 40), (60, 0))


def test_a_path_lies_about_its_centre() -> None:
    path = segments_of(read_steps("M10 10L30 10L30 50"), (20, 30))

    assert [segment.points for segment in path] == [((-10, -20),), ((10, -20),), ((10, 20),)]


def test_what_follows_a_close_starts_where_the_subpath_did() -> None:
    path = segments_of((Step("M", ((1, 1),)), Step("Z"), Step("L", ((5, 5),))), (0, 0))

    assert [(segment.kind, segment.points) for segment in path] == [
        ("move", ((1, 1),)),
        ("close", ()),
        ("move", ((1, 1),)),
        ("line", ((5, 5),)),
    ]


@pytest.mark.parametrize(
    "data",
    [
        None,
        {"d": "M0 0"},
        "L1 1",
        "x M0 0",
        "M0",
        "M0 0L",
        "M0 0L1 1 5",
        "M0 0z5",
        "M0 0L1 one",
        "M0 0L1 9e99",
        "M0 0A1 1 0 2 0 5 5",
        "M0 0A" + "2" * 5_000,
        [["M", 0]],
        [["M", 0, "1"]],
        [["M", 0, float("nan")]],
        [["M", 0, True]],
        [["M", 0, 0], ["W", 1]],
        [["M", 0, 0], []],
        [["M", 0, 0], "Z"],
        [["L", 0, 0]],
    ],
)
def test_what_is_no_path_is_said_to_be_none(data: object) -> None:
    with pytest.raises(WrongPath):
        read_steps(data)


@pytest.mark.parametrize("data", ["M0 0" + "h1" * MOST_SEGMENTS, [["M", 0, 0]] * (MOST_SEGMENTS + 1)])
def test_a_path_has_bounds(data: object) -> None:
    with pytest.raises(WrongPath, match="more than 100,000"):
        read_steps(data)
