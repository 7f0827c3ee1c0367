"""Gradients run as on a canvas: in pixels or shares of the box, past their ends, through alpha, under any text."""

from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from canvases import a_gradient, a_group, a_rect, a_text, difference, is_near, letter
from PIL import Image

from pressrun.domain.letters import CompiledDesign
from pressrun.domain.letters.canvas.colours import Colour
from pressrun.domain.letters.canvas.geometry import IDENTITY
from pressrun.domain.letters.canvas.paints import Gradient, Stop
from pressrun.domain.letters.drawing.gradients import write_shading
from pressrun.domain.letters.drawing.inks import Spot

Paint = Callable[..., Image.Image]

RED = (255, 0, 0)
BLUE = (0, 0, 255)
RED_TO_BLUE = a_gradient((0, "#ff0000"), (1, "#0000ff"))
HALVES = a_gradient((0, "#ff0000"), (0.5, "#ff0000"), (0.5, "#0000ff"), (1, "#0000ff"))


def across(drawn: Image.Image, *columns: int, row: int = 200) -> list[Any]:
    return [drawn.getpixel((column, row)) for column in columns]


def test_colours_run_evenly_from_stop_to_stop(paint: Paint) -> None:
    left, middle, right = across(paint(a_rect(fill=RED_TO_BLUE)), 250, 300, 349)

    assert is_near(left, (254, 0, 1))
    assert is_near(middle, (127, 0, 128))
    assert is_near(right, (1, 0, 254), within=5)


def test_two_stops_in_one_place_are_a_hard_edge(paint: Paint) -> None:
    assert across(paint(a_rect(fill=HALVES)), 251, 298, 302, 348) == [RED, RED, BLUE, BLUE]


def test_the_last_colours_go_on_past_the_ends(paint: Paint) -> None:
    short = a_gradient((0.2, "#ff0000"), (0.8, "#0000ff"), coords={"x1": 40, "y1": 0, "x2": 60, "y2": 0})

    assert across(paint(a_rect(fill=short)), 251, 292, 308, 348) == [RED, RED, BLUE, BLUE]


def test_percentages_are_of_the_box(paint: Paint) -> None:
    halves = HALVES | {"coords": {"x1": 0, "y1": 0, "x2": 1, "y2": 0}, "gradientUnits": "percentage"}

    assert across(paint(a_rect(fill=halves, width=300)), 152, 298, 302, 448) == [RED, RED, BLUE, BLUE]


def test_offset_and_transform_move_the_gradient(paint: Paint) -> None:
    moved = HALVES | {"offsetX": 30}
    turned = HALVES | {"gradientTransform": [0, 1, -1, 0, 0, 0]}

    assert across(paint(a_rect(fill=moved)), 328, 332) == [RED, BLUE]
    assert [paint(a_rect(fill=turned)).getpixel((300, y)) for y in (198, 202)] == [RED, BLUE]


def test_a_radial_gradient_has_rings(paint: Paint) -> None:
    coords = {"x1": 50, "y1": 50, "r1": 10, "x2": 50, "y2": 50, "r2": 30}
    drawn = paint(a_rect(fill=HALVES | {"type": "radial", "coords": coords}))

    assert across(drawn, 275, 285, 300, 315, 325) == [BLUE, RED, RED, RED, BLUE]
    assert drawn.getpixel((300, 225)) == BLUE


def test_a_gradient_turns_and_grows_with_its_object_and_groups(paint: Paint) -> None:
    member = a_rect(0, 0, fill=HALVES)
    drawn = paint(a_group(member, angle=90, scaleX=2))

    assert [drawn.getpixel((300, y)) for y in (102, 198, 202, 298)] == [RED, RED, BLUE, BLUE]


def test_alpha_in_a_stop_shows_what_lies_below(paint: Paint) -> None:
    fading = a_gradient((0, "rgba(0,0,255,0)"), (1, "rgba(0,0,255,1)"))

    left, middle, right = across(paint(a_rect(fill=fading), background="#ff0000"), 250, 300, 349)

    assert is_near(left, (254, 0, 1))
    assert is_near(middle, (127, 0, 128))
    assert is_near(right, (1, 0, 254), within=5)


def test_the_alpha_of_stops_and_of_the_object_multiply(paint: Paint) -> None:
    half = a_gradient((0, "rgba(0,0,0,0.5)"), (1, "rgba(0,0,0,0.5)"))

    (middle,) = across(paint(a_rect(fill=half, opacity=0.5)), 300)

    assert is_near(middle, (191, 191, 191))


@pytest.mark.parametrize(
    "fill",
    [
        RED_TO_BLUE,
        HALVES | {"coords": {"x1": 0, "y1": 0, "x2": 1, "y2": 1}, "gradientUnits": "percentage"},
        a_gradient((0, "rgba(255,0,0,0.2)"), (1, "#0000ff")),
        RED_TO_BLUE | {"type": "radial", "coords": {"x1": 50, "y1": 20, "r1": 0, "x2": 50, "y2": 20, "r2": 80}},
    ],
)
@pytest.mark.parametrize(
    "looks",
    [
        {},
        {"angle": 25, "originX": "left", "left": 100},
        {"opacity": 0.5},
        {"stroke": "#00aa00", "strokeWidth": 2},
        {"clipPath": a_rect(0, 0, width=60, height=200)},
        {"fill": "#444444", "stroke": RED_TO_BLUE, "strokeWidth": 6},
    ],
)
def test_a_name_in_a_gradient_looks_like_the_same_text(paint: Paint, fill: Any, looks: dict[str, Any]) -> None:
    varying, fixed = (
        paint(a_text(text, fontSize=90, **({"fill": fill} | looks)), record={"name": "Ada"})
        for text in ("{{name}}", "Ada")
    )

    assert difference(varying, fixed) <= 2


def test_the_gradient_of_a_name_is_as_long_as_the_name(paint: Paint) -> None:
    share = HALVES | {"coords": {"x1": 0, "y1": 0, "x2": 1, "y2": 0}, "gradientUnits": "percentage"}
    text = a_text("{{name}}", fontSize=60, fontWeight=600, fill=share, originX="left", left=20)

    def first_blue(name: str) -> int:
        drawn = paint(text, record={"name": name})
        return next(x for x in range(600) if any(drawn.getpixel((x, y)) == BLUE for y in range(170, 230)))

    assert first_blue("mmmmmmmm") > 3 * first_blue("mm") - 60


def test_the_shading_of_a_letters_own_is_small(a_compiled: Callable[..., CompiledDesign]) -> None:
    compiled = a_compiled(a_text("{{name}}", fill=RED_TO_BLUE))

    assert len(letter(compiled.stamp({"name": "Ada"})).tail) < 1_000


def test_one_stop_is_one_colour() -> None:
    gradient = Gradient(
        kind="linear",
        start=(0, 0, 0),
        end=(10, 0, 0),
        stops=(Stop(0.3, Colour(1, 0, 0)),),
        percentage=False,
        offset=(0, 0),
        transform=IDENTITY,
    )

    pattern = pikepdf.Object.parse(write_shading(gradient, Spot(IDENTITY, 10, 10), IDENTITY).encode())

    function = pattern.Shading.Function
    assert all(list(piece.C0) == list(piece.C1) == [1, 0, 0] for piece in function.Functions.as_list())
    assert len(function.Encode.as_list()) == 2 * len(function.Functions.as_list())
    assert len(function.Bounds.as_list()) == len(function.Functions.as_list()) - 1


def test_the_bounds_of_a_hard_edge_rise_strictly() -> None:
    """PDF 1.7, 7.10.4: each bound is more than the one before."""
    stops = [Stop(offset, Colour(offset, 0, 0)) for offset in (0.0, 0.0, 0.5, 0.5, 0.7, 1.0, 1.0)]
    gradient = Gradient(
        "linear", (0, 0, 0), (10, 0, 0), tuple(stops), percentage=False, offset=(0, 0), transform=IDENTITY
    )

    pattern = pikepdf.Object.parse(write_shading(gradient, Spot(IDENTITY, 10, 10), IDENTITY).encode())

    bounds = [0, *map(float, pattern.Shading.Function.Bounds.as_list()), 1]
    assert bounds == [0, 0.5, 0.7, 1]


@pytest.mark.parametrize("stops", [[(0, "#ff0000"), (0, "#0000ff")], [(1, "#ff0000"), (1, "#0000ff")]])
def test_stops_all_in_one_place_are_drawn(paint: Paint, stops: list[tuple[float, str]]) -> None:
    (middle,) = across(paint(a_rect(fill=a_gradient(*stops))), 300)

    assert middle == (BLUE if stops[0][0] == 0 else RED)
