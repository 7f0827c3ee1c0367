"""A recipient's own picture fills its place as asked, and what cannot be shown is a refusal that names the variable."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from canvases import (
    CANVAS_PIXELS,
    a_group,
    a_photo,
    a_png,
    a_rect,
    a_shadow,
    a_text,
    encoded,
    is_near,
    letter,
    refusal,
    subtypes_brought,
)
from PIL import Image

from pressrun.domain.letters import CompiledDesign, Letter

Compile = Callable[..., CompiledDesign]
Paint = Callable[..., Image.Image]

RED = (255, 0, 0)
BLUE = (0, 0, 255)
WHITE = (255, 255, 255)


def a_wide_picture() -> bytes:
    """Return 80 x 20 pixels: a quarter blue, a half red, a quarter blue."""
    pixels = Image.new("RGB", (80, 20), "#ff0000")
    pixels.paste("#0000ff", (0, 0, 20, 20))
    pixels.paste("#0000ff", (60, 0, 80, 20))
    return encoded(pixels)


ASSETS = {"wide.png": a_wide_picture(), "red.png": a_png("#ff0000"), "torn.jpg": b"\xff\xd8\xff\xe0 torn"}
PICTURES = {"photo": ("red.png", "torn.jpg", "wide.png")}


@pytest.fixture
def shown(paint: Paint) -> Callable[..., Image.Image]:
    """Draw the wide picture in a place of 100 x 100 pixels."""

    def draw(**properties: Any) -> Image.Image:
        record = {"photo": "wide.png"}
        return paint(a_photo(**properties), assets=ASSETS, pictures=PICTURES, record=record)

    return draw


def across(drawn: Image.Image, *columns: int, row: int = 200) -> list[Any]:
    return [drawn.getpixel((column, row)) for column in columns]


def test_a_picture_fills_its_place_unless_told_otherwise(shown: Callable[..., Image.Image]) -> None:
    drawn = shown()

    assert across(drawn, 245, 260, 300, 340, 355) == [WHITE, BLUE, RED, BLUE, WHITE]
    assert drawn.getpixel((300, 155)) == RED


def test_a_contained_picture_keeps_its_shape_in_the_middle(shown: Callable[..., Image.Image]) -> None:
    drawn = shown(imageFit="contain")

    assert across(drawn, 255, 300, 345) == [BLUE, RED, BLUE]
    assert [drawn.getpixel((300, y)) for y in (184, 192, 208, 216)] == [WHITE, RED, RED, WHITE]


def test_a_covering_picture_is_cut_at_its_place(shown: Callable[..., Image.Image]) -> None:
    """Five times as large it is 400 pixels wide, of which the red 200 lie in the middle."""
    drawn = shown(imageFit="cover")

    assert across(drawn, 248, 252, 348, 352) == [WHITE, RED, RED, WHITE]
    assert [drawn.getpixel((300, y)) for y in (148, 152, 248, 252)] == [WHITE, RED, RED, WHITE]


def test_a_picture_keeps_its_shape_in_a_place_that_is_stretched(shown: Callable[..., Image.Image]) -> None:
    drawn = shown(imageFit="contain", scaleX=4, scaleY=0.5)

    assert across(drawn, 195, 205, 300, 395, 405) == [WHITE, BLUE, RED, BLUE, WHITE]
    assert [drawn.getpixel((300, y)) for y in (173, 177, 223, 227)] == [WHITE, RED, RED, WHITE]


def test_a_place_may_be_turned_clipped_outlined_and_translucent(shown: Callable[..., Image.Image]) -> None:
    drawn = shown(
        angle=90,
        opacity=0.5,
        stroke="#000000",
        strokeWidth=10,
        clipPath={"type": "Circle", "radius": 60, "left": 0, "top": 0, "strokeWidth": 0},
    )

    assert [is_near(drawn.getpixel((300, y)), (128, 128, 255)) for y in (165, 235)] == [True, True]
    assert is_near(drawn.getpixel((300, 200)), (255, 128, 128))
    assert is_near(drawn.getpixel((248, 200)), (128, 128, 128))
    assert drawn.getpixel((248, 148)) == WHITE


def test_the_filters_of_a_place_change_each_recipients_picture(shown: Callable[..., Image.Image]) -> None:
    drawn = shown(filters=[{"type": "Invert"}])

    assert across(drawn, 260, 300) == [(255, 255, 0), (0, 255, 255)]


def test_two_places_of_one_variable_show_the_same_picture_each_in_its_way(paint: Paint) -> None:
    places = a_photo(left=100), a_photo(left=400, filters=[{"type": "Invert"}])

    drawn = paint(*places, assets=ASSETS, pictures=PICTURES, record={"photo": "red.png"})

    assert across(drawn, 100, 400) == [RED, (0, 255, 255)]


def test_a_letter_brings_only_its_own_picture(a_compiled: Compile) -> None:
    compiled = a_compiled(a_photo(), assets=ASSETS, pictures=PICTURES)

    made = compiled.stamp({"photo": "red.png"})

    assert subtypes_brought(made, b"Image") == 1
    assert b"/Subtype/Image" not in letter(made).prefix.replace(b" ", b"")


@pytest.mark.parametrize(
    ("record", "code"),
    [
        ({}, "variable_missing"),
        ({"photo": ""}, "variable_missing"),
        ({"photo": "gone.png"}, "image_missing"),
        ({"photo": "../../etc/passwd"}, "image_missing"),
        ({"photo": "https://example.com/a.png"}, "image_missing"),
        ({"photo": "torn.jpg"}, "image_unreadable"),
    ],
)
@pytest.mark.parametrize("wrap", [lambda photo: photo, a_group, lambda photo: photo | {"shadow": a_shadow(blur=3)}])
def test_a_picture_that_cannot_be_shown_is_refused(
    a_compiled: Compile, record: Mapping[str, str], code: str, wrap: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    compiled = a_compiled(wrap(a_photo()), assets=ASSETS, pictures=PICTURES)

    outcome = refusal(compiled.stamp(record))

    assert outcome.code == code
    assert "{{photo}}" in outcome.message
    assert not any(value and value in outcome.message for value in record.values())


def test_a_picture_the_profile_did_not_know_is_refused_and_not_read(a_compiled: Compile) -> None:
    compiled = a_compiled(a_photo(), assets=ASSETS, pictures={"photo": ("red.png",)})

    assert refusal(compiled.stamp({"photo": "wide.png"})).code == "image_missing"


@pytest.mark.parametrize(
    "wrap",
    [
        lambda text: text,
        a_group,
        lambda text: text | {"opacity": 0.5, "shadow": a_shadow(offsetX=3)},
        lambda text: text | {"clipPath": a_rect(0, 0)},
    ],
)
@pytest.mark.parametrize(
    ("record", "code"),
    [({}, "variable_missing"), ({"name": "日"}, "glyph_missing"), ({"name": "x" * 500}, "text_off_page")],
)
def test_a_text_inside_effects_is_refused_like_any_other(
    a_compiled: Compile,
    wrap: Callable[[dict[str, Any]], dict[str, Any]],
    record: Mapping[str, str],
    code: str,
) -> None:
    outcome = refusal(a_compiled(wrap(a_text("{{name}}"))).stamp(record))

    assert outcome.code == code
    assert "{{name}}" in outcome.message


def test_the_first_refusal_of_a_letter_counts(a_compiled: Compile) -> None:
    compiled = a_compiled(a_text("{{first}}"), a_text("{{second}}"))

    assert refusal(compiled.stamp({"first": "日"})).code == "glyph_missing"


@pytest.mark.parametrize(
    ("text", "named"),
    [("{{a}} {{b}} {{a}}", "{{b}}, {{a}}"), ("{{b}}", "{{b}}")],
)
def test_a_refusal_names_each_missing_variable_once(a_compiled: Compile, text: str, named: str) -> None:
    message = refusal(a_compiled(a_text(text)).stamp({})).message

    assert all(message.count(name) == 1 for name in named.split(", "))


def test_a_refusal_names_the_variable_that_brings_the_character(a_compiled: Compile) -> None:
    outcome = refusal(a_compiled(a_text("{{first}} {{last}}")).stamp({"first": "Ada", "last": "日"}))

    assert "{{last}}" in outcome.message
    assert "{{first}}" not in outcome.message


@pytest.mark.parametrize(
    ("overflow", "code"),
    [("fail", "text_overflow"), ("shrink", "text_overflow"), ("clip", None), ("as_designed", None)],
)
def test_text_beyond_its_box_is_what_the_design_says(a_compiled: Compile, overflow: str, code: str | None) -> None:
    box = a_text("{{name}}", type="Textbox", width=60, height=30, overflow=overflow)

    outcome = a_compiled(box).stamp({"name": "one two three four five six"})

    assert getattr(outcome, "code", None) == code


def test_a_proof_shows_what_leaves_the_page(a_compiled: Compile, read_text: Callable[..., str]) -> None:
    compiled = a_compiled(a_text("{{name}}", originX="left", left=550))

    assert refusal(compiled.stamp({"name": "Bartholomew"})).code == "text_off_page"
    assert read_text(compiled.stamp({"name": "Bartholomew"}, proof=True)).startswith("Bar")
    assert refusal(compiled.stamp({"name": "Bartholomew"})).code == "text_off_page"


def test_text_may_leave_the_page_where_the_design_allows_it(a_compiled: Compile) -> None:
    compiled = a_compiled(a_text("{{name}}", originX="left", left=550, allowOffPage=True))

    assert isinstance(compiled.stamp({"name": "Bartholomew"}), Letter)


def test_objects_between_varying_ones_keep_their_order(a_compiled: Compile, draw: Callable[..., Image.Image]) -> None:
    """Each object is seen exactly where no later one covers it."""
    heavy = {"fontSize": 120, "fontWeight": 600, "fill": "#0000ff"}
    compiled = a_compiled(
        a_rect(300, fill="#ff0000"),
        a_text("{{below}}", **heavy),
        a_rect(340, fill="#00ff00"),
        a_text("{{above}}", **heavy, left=340),
    )

    drawn = draw(compiled.stamp({"below": "H", "above": "I"}), scale=CANVAS_PIXELS)

    assert across(drawn, 340, 315, 270) == [BLUE, (0, 255, 0), BLUE]
    assert drawn.getpixel((255, 155)) == RED
