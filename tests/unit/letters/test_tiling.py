"""Patterns repeat from the object's top left, as often and only as far as they are told to."""

from collections.abc import Callable
from typing import Any

import pytest
from canvases import a_group, a_png, a_rect, a_text, encoded, letter
from PIL import Image, ImageChops, ImageStat

from pressrun.domain.letters import CompiledDesign

Compile = Callable[..., CompiledDesign]
Paint = Callable[..., Image.Image]

RED = (255, 0, 0)
BLUE = (0, 0, 255)
WHITE = (255, 255, 255)


def a_tile() -> bytes:
    """Return 40 x 40 pixels, the upper left quarter blue, the rest red."""
    pixels = Image.new("RGB", (40, 40), "#ff0000")
    pixels.paste("#0000ff", (0, 0, 20, 20))
    return encoded(pixels)


def a_pattern(repeat: str = "repeat", **properties: Any) -> dict[str, Any]:
    return {"type": "pattern", "source": "tile.png", "repeat": repeat} | properties


def painted(paint: Paint, *objects: dict[str, Any], **canvas: Any) -> Image.Image:
    return paint(*objects, assets={"tile.png": a_tile()}, **canvas)


@pytest.mark.parametrize(
    ("repeat", "beside", "below"),
    [("repeat", BLUE, BLUE), ("repeat-x", BLUE, WHITE), ("repeat-y", WHITE, BLUE), ("no-repeat", WHITE, WHITE)],
)
def test_a_tile_is_repeated_as_it_says(paint: Paint, repeat: str, beside: object, below: object) -> None:
    """The square begins at 250, 150; its second tile at 290 or 190."""
    drawn = painted(paint, a_rect(fill=a_pattern(repeat)))

    assert [drawn.getpixel(place) for place in ((260, 160), (280, 160), (260, 180))] == [BLUE, RED, RED]
    assert drawn.getpixel((300, 160)) == beside
    assert drawn.getpixel((260, 200)) == below


def test_the_offset_moves_the_tiles(paint: Paint) -> None:
    drawn = painted(paint, a_rect(fill=a_pattern(offsetX=20, offsetY=20)))

    assert [drawn.getpixel(place) for place in ((260, 160), (280, 180))] == [RED, BLUE]


def test_the_transform_of_a_pattern_scales_its_tiles(paint: Paint) -> None:
    drawn = painted(paint, a_rect(fill=a_pattern(patternTransform=[2, 0, 0, 2, 0, 0])))

    assert [drawn.getpixel(place) for place in ((260, 160), (280, 180), (295, 160))] == [BLUE, BLUE, RED]


def test_tiles_turn_and_grow_with_their_object(paint: Paint) -> None:
    drawn = painted(paint, a_group(a_rect(0, 0, fill=a_pattern(), angle=90), scaleX=2))

    assert [drawn.getpixel(place) for place in ((380, 160), (350, 160), (300, 160))] == [BLUE, RED, BLUE]


def test_a_canvas_may_have_a_pattern_as_its_background(paint: Paint) -> None:
    drawn = painted(paint, background=a_pattern())

    assert [drawn.getpixel(place) for place in ((10, 10), (30, 10), (570, 370), (590, 390))] == [BLUE, RED, BLUE, RED]


@pytest.mark.parametrize("looks", [{}, {"opacity": 0.5}, {"angle": 30, "originX": "left", "left": 60}])
def test_a_name_in_a_pattern_looks_like_the_same_text(paint: Paint, looks: dict[str, Any]) -> None:
    varying, fixed = (
        painted(paint, a_text(text, fontSize=120, fill=a_pattern(), **looks), record={"name": "Ada"})
        for text in ("{{name}}", "Ada")
    )

    # Single pixels between two tiles may belong to either; a pattern two pixels aside changes twice as many.
    (mean,) = ImageStat.Stat(ImageChops.difference(varying, fixed).convert("L")).mean
    assert mean < 0.08


@pytest.mark.parametrize("side", [2, 8, 40])
def test_a_name_in_a_fine_pattern_brings_no_more_than_in_a_coarse_one(a_compiled: Compile, side: int) -> None:
    tile = {"tile.png": a_png(size=(side, side))}
    compiled = a_compiled(a_text("{{name}}", fontSize=60, fill=a_pattern()), assets=tile)

    assert len(letter(compiled.stamp({"name": "Margarete"})).tail) < 1_500


def test_an_outline_may_have_a_pattern(paint: Paint) -> None:
    drawn = painted(paint, a_rect(fill=None, stroke=a_pattern(), strokeWidth=20))

    assert [drawn.getpixel(place) for place in ((255, 155), (255, 180), (300, 200))] == [BLUE, RED, WHITE]
