"""Shadows fall as Fabric's do: hard ones exactly, blurred ones as a picture that looks the same."""

import math
from collections.abc import Callable
from typing import Any

import pytest
from canvases import (
    CANVAS_PIXELS,
    a_group,
    a_photo,
    a_rect,
    a_shadow,
    a_text,
    difference,
    encoded,
    is_near,
    letter,
    opened,
    subtypes_brought,
)
from PIL import Image, ImageChops

from pressrun.domain.letters import CompiledDesign

Compile = Callable[..., CompiledDesign]
Paint = Callable[..., Image.Image]

BLUE = (0, 0, 255)
WHITE = (255, 255, 255)


def a_caster(**properties: Any) -> dict[str, Any]:
    return a_rect(fill="#ff0000") | properties


def blue_box(drawn: Image.Image) -> tuple[int, int, int, int] | None:
    """Return the box of what is more blue than red: a blue shadow where its object does not cover it."""
    red, _, blue = drawn.split()
    return ImageChops.subtract(blue, red).point([255 * (level > 20) for level in range(256)]).getbbox()


def test_a_hard_shadow_is_the_object_moved_in_one_colour(paint: Paint) -> None:
    drawn = paint(a_caster(shadow=a_shadow(offsetX=30, offsetY=-200)))

    assert blue_box(drawn) == (280, 0, 380, 50)
    assert drawn.getpixel((300, 200)) == (255, 0, 0)


def test_a_shadow_has_the_shape_of_fill_and_outline(paint: Paint) -> None:
    square = a_rect(fill=None, stroke="#ff0000", strokeWidth=20, shadow=a_shadow(offsetX=150))

    drawn = paint(square)

    assert [drawn.getpixel((x, 200)) for x in (395, 450, 505)] == [BLUE, WHITE, BLUE]


def test_the_shadow_of_a_group_is_one_of_all_its_members(paint: Paint) -> None:
    group = a_group(a_caster(left=-60, top=0), a_caster(left=60, top=0), shadow=a_shadow(offsetY=101))

    assert blue_box(paint(group)) == (190, 251, 410, 351)


@pytest.mark.parametrize("blur", [0, 3])
def test_the_offset_grows_with_the_object_unless_it_is_told_not_to(paint: Paint, blur: float) -> None:
    def centre(**properties: Any) -> float:
        shadow = a_shadow(offsetX=80, blur=blur, **properties)
        left, _, right, _ = blue_box(paint(a_caster(width=20, scaleX=2, shadow=shadow))) or (0, 0, 0, 0)
        return (left + right) / 2

    assert centre() == pytest.approx(300 + 160, abs=1)
    assert centre(nonScaling=True) == pytest.approx(300 + 80, abs=1)


def test_the_offset_grows_with_the_groups_too(paint: Paint) -> None:
    caster = a_caster(left=0, top=0, width=20, height=20, shadow=a_shadow(offsetX=30))

    assert blue_box(paint(a_group(caster, scaleX=3, scaleY=3))) == (360, 170, 420, 230)


def test_a_shadow_does_not_turn_with_its_object(paint: Paint) -> None:
    turned, straight = (blue_box(paint(a_caster(angle=angle, shadow=a_shadow(offsetX=120)))) for angle in (90, 0))

    assert turned == straight == (370, 150, 470, 250)


def test_a_shadow_is_as_translucent_as_its_colour_and_its_object(paint: Paint) -> None:
    """Half of half of blue on white leaves three quarters of the paper's red and green."""
    drawn = paint(a_caster(opacity=0.5, shadow=a_shadow(color="rgba(0,0,255,0.5)", offsetX=120)))

    assert is_near(drawn.getpixel((420, 200)), (191, 191, 255))
    assert is_near(drawn.getpixel((300, 200)), (255, 128, 128))


def test_a_shadow_shows_through_its_translucent_object(paint: Paint) -> None:
    drawn = paint(a_caster(opacity=0.5, shadow=a_shadow(offsetX=50)))

    assert is_near(drawn.getpixel((320, 200)), (192, 64, 128), within=3)


def test_a_blurred_edge_falls_off_like_a_gaussian_of_half_the_blur(paint: Paint) -> None:
    drawn = paint(a_caster(width=200, height=300, left=100, shadow=a_shadow(offsetX=250, blur=40)))

    sigma = 20
    for distance in (-30, -20, -10, 0, 10, 20, 30):
        level = drawn.getpixel((450 + distance, 200))
        share = 0.5 * math.erfc((distance + 0.5) / (sigma * math.sqrt(2)))
        assert is_near(level, (round(255 * (1 - share)), round(255 * (1 - share)), 255), within=6)


def test_a_blur_grows_with_the_mean_of_both_scales(paint: Paint) -> None:
    shadow = a_shadow(offsetX=100, blur=20)
    sides = {"height": 300, "left": 60}
    scaled = paint(a_caster(width=50, scaleX=3, shadow=shadow, **sides))
    plain = paint(a_caster(width=150, shadow=a_shadow(offsetX=300, blur=40), **sides))

    assert difference(scaled, plain) <= 6


def test_a_blurred_shadow_of_what_is_the_same_in_each_letter_is_shared(a_compiled: Compile) -> None:
    compiled = a_compiled(a_caster(shadow=a_shadow(blur=9)), a_text("{{name}}"))

    made = letter(compiled.stamp({"name": "Ada"}))

    assert subtypes_brought(made, b"Image") == 0
    assert made.prefix.count(b"/Subtype /Image") == 2


def test_a_blurred_shadow_under_a_varying_text_is_a_picture_of_the_letters_own(
    a_compiled: Compile, draw: Callable[..., Image.Image]
) -> None:
    text = a_text("{{name}}", fontSize=80, fill="#ff0000", shadow=a_shadow(offsetY=100, blur=6))
    compiled = a_compiled(text)

    letters = [compiled.stamp({"name": name}) for name in ("i", "mmm")]

    assert [subtypes_brought(letter, b"Image") for letter in letters] == [2, 2]
    short, long = (blue_box(draw(letter, scale=CANVAS_PIXELS)) for letter in letters)
    assert short
    assert long
    assert long[2] - long[0] > 4 * (short[2] - short[0])


def test_the_blurred_shadow_of_a_value_that_draws_nothing_is_no_picture(a_compiled: Compile) -> None:
    compiled = a_compiled(a_text("{{name|}}", shadow=a_shadow(blur=6)))

    assert subtypes_brought(compiled.stamp({"name": ""}), b"Image") == 0


def test_one_letters_shadow_is_not_left_in_the_next(a_compiled: Compile) -> None:
    compiled = a_compiled(a_text("{{name|}}", shadow=a_shadow(blur=6)))

    first = compiled.stamp({"name": "Ada"})
    compiled.stamp({"name": "Bea Lindenberg"})

    assert compiled.stamp({"name": "Ada"}) == first
    assert subtypes_brought(compiled.stamp({}), b"Image") == 0


# PDFium stretches a picture to whole pixels, and the edge of a blur may round either way.
@pytest.mark.parametrize(("blur", "within"), [(0, 1), (8, 16)])
@pytest.mark.parametrize(
    "looks",
    [{}, {"opacity": 0.5}, {"angle": 30, "scaleX": 1.5}, {"globalCompositeOperation": "multiply"}, {"skewX": 20}],
)
def test_the_shadow_of_a_name_looks_like_the_shadow_of_the_same_text(
    paint: Paint, blur: float, within: int, looks: dict[str, Any]
) -> None:
    shadow = a_shadow(offsetX=10, offsetY=30, blur=blur)

    varying, fixed = (
        paint(a_text(text, fontSize=60, shadow=shadow, **looks), record={"name": "Ada"}, background="#eecc88")
        for text in ("{{name}}", "Ada")
    )

    assert difference(varying, fixed) <= within


def test_the_shadow_of_a_recipients_picture_has_its_transparent_places(paint: Paint) -> None:
    pixels = Image.new("RGBA", (40, 40), "#ff0000ff")
    pixels.paste((0, 0, 0, 0), (10, 10, 30, 30))

    drawn = paint(
        a_photo(shadow=a_shadow(offsetX=150)),
        assets={"me.png": encoded(pixels)},
        pictures={"photo": ("me.png",)},
        record={"photo": "me.png"},
    )

    assert [drawn.getpixel((x, 200)) for x in (410, 450, 490)] == [BLUE, WHITE, BLUE]


def test_a_shadow_reaches_onto_the_page_from_an_object_beside_it(paint: Paint) -> None:
    drawn = paint(
        a_caster(left=-100, shadow=a_shadow(offsetX=200)),
        a_caster(left=300, top=-80, shadow=a_shadow(offsetY=150, blur=4)),
    )

    assert drawn.getpixel((100, 200)) == BLUE
    assert drawn.getpixel((300, 70)) == BLUE


def shadow_pictures(outcome: Any) -> list[bytes]:
    """Return the alpha of each picture in a letter."""
    with opened(outcome) as pdf:
        pictures = pdf.pages[0].Resources.XObject.values()
        return [picture.SMask.read_bytes() for picture in pictures if "/SMask" in picture]


@pytest.mark.parametrize("varies", [True, False])
def test_crop_marks_have_no_part_in_a_shadow(a_compiled: Compile, varies: bool) -> None:
    shadow = a_shadow(blur=6, offsetX=10)
    caster = a_text("{{name}}", shadow=shadow) if varies else a_caster(shadow=shadow)
    page = {"width_mm": 150, "height_mm": 100}

    plain, marked = (
        shadow_pictures(a_compiled(caster, page=page | {"crop_marks": marks}).stamp({"name": "Ann"}))
        for marks in (False, True)
    )

    assert plain
    assert plain == marked
