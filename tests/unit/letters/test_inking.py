"""Translucent colours come out of a viewer at the level at which a canvas shows them."""

from collections.abc import Callable
from typing import Any

import pytest
from canvases import a_group, a_rect, a_shadow, a_text
from PIL import Image

from pressrun.domain.letters.canvas.colours import Colour
from pressrun.domain.letters.drawing.inking import plan_ink, stock_ink
from pressrun.domain.letters.drawing.inks import Spot
from pressrun.domain.letters.drawing.stock import Stock

Paint = Callable[..., Image.Image]

LIGHT = Colour(221 / 255, 221 / 255, 221 / 255)


def rounded(level: int, opacity: float) -> tuple[int, int, int]:
    """Return a gray over white as a canvas rounds it."""
    mixed = round(level * opacity + 255 * (1 - opacity))
    return mixed, mixed, mixed


@pytest.mark.parametrize("level", [221, 100, 37])
@pytest.mark.parametrize(
    "veil",
    [
        lambda level: a_rect(fill=f"rgb({level},{level},{level})", opacity=0.8),
        lambda level: a_rect(fill=f"rgba({level},{level},{level},0.8)"),
        lambda level: a_group(a_rect(0, 0, fill=f"rgb({level},{level},{level})"), opacity=0.8),
        lambda level: a_group(a_group(a_rect(0, 0, fill=f"rgb({level},{level},{level})"), left=0, top=0, opacity=0.8)),
        lambda level: a_rect(
            fill=f"rgb({level},{level},{level})", opacity=0.8, clipPath=a_rect(0, 0, width=50, height=50)
        ),
    ],
)
def test_a_translucent_gray_is_rounded_and_not_cut_off(
    paint: Paint, veil: Callable[[int], dict[str, Any]], level: int
) -> None:
    found = paint(veil(level)).getpixel((300, 200))

    assert found == rounded(level, 0.8)


@pytest.mark.parametrize("text", ["I", "{{name}}"])
def test_translucent_text_is_rounded_too(paint: Paint, text: str) -> None:
    heavy = a_text(text, fontSize=300, fontWeight=600, fill="rgb(221,221,221)", opacity=0.8)

    assert paint(heavy, record={"name": "I"}).getpixel((300, 200)) == rounded(221, 0.8)


@pytest.mark.parametrize("level", [0, 221, 255])
def test_opaque_colours_are_exact(paint: Paint, level: int) -> None:
    """A shadow flattens its object, but that stays opaque."""
    fill = f"rgb({level},{level},{level})"
    shadowed = a_rect(fill=fill, shadow=a_shadow(offsetX=200))

    assert paint(a_rect(fill=fill)).getpixel((300, 200)) == (level, level, level)
    assert paint(shadowed).getpixel((300, 200)) == (level, level, level)


def test_an_opaque_colour_needs_no_state() -> None:
    stock = Stock([])

    ink = stock_ink(LIGHT, 1.0, stock)

    assert ink.plain
    assert stock.states == {}
    assert plan_ink(LIGHT, 1.0, stock).state is None


def test_equal_alphas_share_a_state() -> None:
    stock = Stock([])
    spot = Spot((1, 0, 0, 1, 0, 0), 1, 1)

    inks = [stock_ink(colour, opacity, stock) for colour, opacity in ((Colour(0, 0, 0, 0.5), 1.0), (LIGHT, 0.5))]

    assert len(stock.states) == 1
    assert all(ink.fill(spot).startswith("/A0 gs ") for ink in inks)
    assert not any(ink.plain for ink in inks)
