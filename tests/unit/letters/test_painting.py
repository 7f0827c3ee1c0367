"""Objects are laid on each other in Fabric's order, and flattened where and only where Fabric flattens them."""

from collections.abc import Callable
from typing import Any

import pytest
from canvases import a_code, a_gradient, a_group, a_png, a_rect, a_shadow, a_text, encoded, is_near
from PIL import Image

Paint = Callable[..., Image.Image]

WHITE = (255, 255, 255)
HALF_BLACK = (128, 128, 128)
QUARTER_LIGHT = (64, 64, 64)


def an_outlined(**properties: Any) -> dict[str, Any]:
    """Build a black square from 250 to 350 with a black outline from 240 to 260."""
    return a_rect(fill="#000000", stroke="#000000", strokeWidth=20, **properties)


def across(drawn: Image.Image, *columns: int, row: int = 200) -> list[Any]:
    return [drawn.getpixel((column, row)) for column in columns]


def test_the_layers_of_a_canvas_lie_on_each_other_in_fabrics_order(paint: Paint) -> None:
    """Each layer is seen in the one place that no later one covers."""
    assets = {name: a_png(colour) for name, colour in {"low.png": "#00ff00", "high.png": "#ffff00"}.items()}
    picture = {"type": "Image", "top": 200, "width": 4, "height": 4, "scaleX": 25, "scaleY": 100}
    drawn = paint(
        a_rect(300, width=200, height=400, fill="#0000ff"),
        a_rect(400, width=200, height=400, fill="#ff00ff"),
        background="#ff0000",
        backgroundImage=picture | {"src": "low.png", "left": 150, "scaleX": 50},
        clipPath=a_rect(300, width=560, height=400),
        overlay="rgba(0,0,0,0.5)",
        overlayImage=picture | {"src": "high.png", "left": 450},
        assets=assets,
    )

    outside, low, back, first, second, high = across(drawn, 10, 60, 290, 350, 499, 450)
    assert is_near(outside, HALF_BLACK)
    assert is_near(low, (0, 128, 0))
    assert is_near(back, (0, 0, 128))
    assert is_near(first, (128, 0, 128))
    assert is_near(second, (255, 255, 0))
    assert is_near(high, (255, 255, 0))


def test_an_object_of_fill_and_outline_is_blended_as_one(paint: Paint) -> None:
    inside, overlap, outside = across(paint(an_outlined(opacity=0.5)), 300, 255, 245)

    assert inside == overlap == outside
    assert is_near(inside, HALF_BLACK)


def test_a_translucent_group_is_blended_as_one(paint: Paint) -> None:
    group = a_group(a_rect(-20, 0, fill="#000000"), a_rect(20, 0, fill="#000000"), opacity=0.5)

    left, both, right = across(paint(group), 250, 300, 350)

    assert left == both == right
    assert is_near(both, HALF_BLACK)


def test_inside_a_cached_group_each_step_has_its_own_alpha(paint: Paint) -> None:
    inner = an_outlined(opacity=0.5) | {"left": 0, "top": 0}

    inside, overlap, outside = across(paint(a_group(inner)), 300, 255, 245)

    assert is_near(inside, HALF_BLACK)
    assert is_near(outside, HALF_BLACK)
    assert is_near(overlap, QUARTER_LIGHT)


def test_the_opacity_of_a_nested_group_goes_to_each_of_its_objects(paint: Paint) -> None:
    squares = [a_rect(-20, 0, fill="#000000"), a_rect(20, 0, fill="#000000")]
    nested = a_group(*squares, left=0, top=0, opacity=0.5)

    left, both, right = across(paint(a_group(nested)), 250, 300, 350)

    assert is_near(left, HALF_BLACK)
    assert is_near(right, HALF_BLACK)
    assert is_near(both, QUARTER_LIGHT)


def test_a_group_with_a_shadow_inside_is_not_flattened(paint: Paint) -> None:
    """Fabric draws such a group uncached, so that its members are cached one by one."""
    shadowed = a_rect(0, -90, width=4, height=4, shadow=a_shadow(offsetX=1))
    members = [a_rect(-20, 0, fill="#000000"), a_rect(20, 0, fill="#000000"), shadowed]

    left, both = across(paint(a_group(*members, opacity=0.5)), 250, 300)

    assert is_near(left, HALF_BLACK)
    assert is_near(both, QUARTER_LIGHT)


def test_a_translucent_code_and_text_are_blended_with_what_is_below(paint: Paint) -> None:
    code = a_code(qrContent="https://example.com", variableName="", opacity=0.5, qrLight="#ffffff", left=150)
    text = a_text("I", fontSize=300, fontWeight=600, fill="#000000", opacity=0.5, left=450)

    drawn = paint(code, text, background="#ff0000")

    ground, stem = across(drawn, 95, 450)
    assert is_near(ground, (255, 128, 128))
    assert is_near(stem, (128, 0, 0))


def test_an_outline_lies_on_the_fill_unless_it_is_painted_first(paint: Paint) -> None:
    def square(first: str) -> dict[str, Any]:
        return a_rect(fill="#ff0000", stroke="#0000ff", strokeWidth=20, paintFirst=first)

    assert across(paint(square("fill")), 255, 245) == [(0, 0, 255), (0, 0, 255)]
    assert across(paint(square("stroke")), 255, 245) == [(255, 0, 0), (0, 0, 255)]


def test_a_pen_is_scaled_with_its_object_and_a_uniform_one_is_not(paint: Paint) -> None:
    def edges(**properties: Any) -> tuple[int, int]:
        outline = a_rect(fill=None, stroke="#000000", strokeWidth=10, scaleX=3, **properties)
        drawn = paint(outline).convert("L")
        row = [drawn.getpixel((x, 200)) == 0 for x in range(600)]
        column = [drawn.getpixel((300, y)) == 0 for y in range(400)]
        return sum(row) // 2, sum(column) // 2

    assert edges() == (30, 10)
    assert edges(strokeUniform=True) == (10, 10)


def test_a_uniform_pen_takes_no_part_in_the_scale_of_its_groups(paint: Paint) -> None:
    outline = a_rect(0, 0, fill=None, stroke="#000000", strokeWidth=10, strokeUniform=True, scaleY=0.5)
    group = a_group(a_group(outline, left=0, top=0, scaleX=2), scaleX=1.5, scaleY=2)

    drawn = paint(group).convert("L")

    assert sum(drawn.getpixel((x, 200)) == 0 for x in range(600)) == 20
    assert sum(drawn.getpixel((300, y)) == 0 for y in range(400)) == 20
    assert drawn.getpixel((300 - 150, 200)) == 0


def test_a_ground_covers_the_box_with_its_outlines_width(paint: Paint) -> None:
    circle = {"type": "Circle", "radius": 50, "left": 300, "top": 200, "fill": "#ff0000", "strokeWidth": 20}

    drawn = paint(circle | {"backgroundColor": "#00ff00"})

    assert across(drawn, 245, 300, 355) == [(0, 255, 0), (255, 0, 0), (0, 255, 0)]
    assert drawn.getpixel((242, 142)) == (0, 255, 0)
    assert drawn.getpixel((238, 138)) == WHITE


def test_a_ground_grows_with_the_recipients_text(paint: Paint) -> None:
    text = a_text("{{name}}", originX="left", left=100, fill="#000000", backgroundColor="#00ff00", fontSize=40)

    short, long = (paint(text, record={"name": name}) for name in ("i", "mmmm"))

    assert across(short, 102, 130, row=180)[1] == WHITE
    assert across(long, 102, 130, row=180)[1] == (0, 255, 0)


@pytest.mark.parametrize("mode", ["multiply", "screen", "difference"])
def test_a_blend_mode_mixes_the_flattened_object_with_what_is_below(paint: Paint, mode: str) -> None:
    ground, paper = (200, 100, 50), (40, 160, 240)
    mixed = {
        "multiply": tuple(round(low * high / 255) for low, high in zip(ground, paper, strict=True)),
        "screen": tuple(round(255 - (255 - low) * (255 - high) / 255) for low, high in zip(ground, paper, strict=True)),
        "difference": tuple(abs(low - high) for low, high in zip(ground, paper, strict=True)),
    }
    square = a_rect(fill="rgb(40,160,240)", stroke="rgb(40,160,240)", strokeWidth=20, globalCompositeOperation=mode)

    inside, overlap = across(paint(square, background="rgb(200,100,50)"), 300, 255)

    assert is_near(inside, mixed[mode])
    assert inside == overlap


def test_a_blend_mode_in_a_group_does_not_reach_through_it(paint: Paint) -> None:
    """Fabric blends the members with the group's own canvas, which is empty below the first of them."""
    multiplied = a_rect(0, 0, fill="#00ff00", globalCompositeOperation="multiply")

    alone, grouped = (
        paint(item, background="#ff0000").getpixel((300, 200))
        for item in (multiplied | {"left": 300, "top": 200}, a_group(multiplied))
    )

    assert alone == (0, 0, 0)
    assert grouped == (0, 255, 0)


@pytest.mark.parametrize(
    "item",
    [
        a_rect(opacity=0),
        a_rect(scaleX=0),
        a_rect(fill="transparent"),
        a_rect(fill=None, stroke="#000000", strokeWidth=0),
        a_group(a_rect(0, 0), scaleY=0),
        a_group(a_rect(0, 0), opacity=0),
        a_group(),
        a_text(""),
        a_rect(0, 0, visible=False),
    ],
)
def test_what_shows_nothing_leaves_the_paper_white(paint: Paint, item: dict[str, Any]) -> None:
    drawn = paint(item)

    assert drawn.getcolors() == [(600 * 400, WHITE)]


def test_a_picture_shows_the_window_it_is_cropped_to(paint: Paint) -> None:
    """The natural picture has 40 x 40 pixels, the right half blue."""
    pixels = Image.new("RGB", (40, 40), "#ff0000")
    pixels.paste("#0000ff", (20, 0, 40, 40))
    item = {"type": "Image", "src": "a.png", "left": 300, "top": 200, "scaleX": 5, "scaleY": 5}

    whole = paint(item, assets={"a.png": encoded(pixels)})
    cropped = paint(item | {"cropX": 20, "width": 20, "height": 40}, assets={"a.png": encoded(pixels)})
    beyond = paint(item | {"cropX": 20, "width": 40, "height": 40}, assets={"a.png": encoded(pixels)})

    assert across(whole, 205, 290, 310, 395) == [(255, 0, 0), (255, 0, 0), (0, 0, 255), (0, 0, 255)]
    assert across(cropped, 245, 255, 345, 355) == [WHITE, (0, 0, 255), (0, 0, 255), WHITE]
    assert across(beyond, 205, 295, 305) == [(0, 0, 255), (0, 0, 255), WHITE]


def test_a_pictures_outline_is_centred_on_its_edge(paint: Paint) -> None:
    item = {"type": "Image", "src": "a.png", "left": 300, "top": 200, "scaleX": 25, "scaleY": 25}
    drawn = paint(item | {"stroke": "#0000ff", "strokeWidth": 1}, assets={"a.png": a_png("#ff0000")})

    assert across(drawn, 235, 240, 260, 300) == [WHITE, (0, 0, 255), (0, 0, 255), (255, 0, 0)]


def test_an_even_odd_fill_leaves_a_hole(paint: Paint) -> None:
    rings = "M 0 0 L 100 0 L 100 100 L 0 100 Z M 25 25 L 75 25 L 75 75 L 25 75 Z"
    item = {"type": "Path", "path": rings, "left": 300, "top": 200, "fill": "#ff0000", "strokeWidth": 0}

    assert across(paint(item), 260, 300) == [(255, 0, 0), (255, 0, 0)]
    assert across(paint(item | {"fillRule": "evenodd"}), 260, 300) == [(255, 0, 0), WHITE]


def test_a_gradient_on_an_outline_has_the_frame_of_the_fill(paint: Paint) -> None:
    gradient = a_gradient((0, "#ff0000"), (0.5, "#ff0000"), (0.5, "#0000ff"), (1, "#0000ff"))
    drawn = paint(a_rect(fill=None, stroke=gradient, strokeWidth=20))

    assert across(drawn, 280, 320, row=150) == [(255, 0, 0), (0, 0, 255)]
