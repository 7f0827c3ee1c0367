"""Colours are read as a browser reads them."""

import pytest
from PIL import Image

from pressrun.domain.letters.canvas.colours import TRANSPARENT, Colour, read_colour


@pytest.mark.parametrize(
    ("css", "colour"),
    [
        ("#fff", Colour(1, 1, 1)),
        ("#0f08", Colour(0, 1, 0, 0x88 / 255)),
        ("#336699", Colour(0.2, 0.4, 0.6)),
        ("#33669980", Colour(0.2, 0.4, 0.6, 128 / 255)),
        ("rgb(51,102,153)", Colour(0.2, 0.4, 0.6)),
        ("rgb(20% 40% 60% / 50%)", Colour(0.2, 0.4, 0.6, 0.5)),
        (" RGBA( 51 , 102 , 153 , 0.45 ) ", Colour(0.2, 0.4, 0.6, 0.45)),
        ("rgb(300,-5,0)", Colour(1, 0, 0)),
        ("hsl(120, 100%, 50%)", Colour(0, 1, 0)),
        ("hsla(240deg,100%,50%,.25)", Colour(0, 0, 1, 0.25)),
        ("hsl(-120 100% 50%)", Colour(0, 0, 1)),
        ("hsl(0.5turn 100% 50% / 25%)", Colour(0, 1, 1, 0.25)),
        ("hsl(200grad 100% 50%)", Colour(0, 1, 1)),
        ("hsl(3.141592653589793rad 100% 50%)", Colour(0, 1, 1)),
        ("hwb(120 20% 40%)", Colour(0.2, 0.6, 0.2)),
        ("hwb(0 100% 100%)", Colour(0.5, 0.5, 0.5)),
        ("RebeccaPurple", Colour(0.4, 0.2, 0.6)),
        ("transparent", TRANSPARENT),
        ("", TRANSPARENT),
    ],
)
def test_each_notation_gives_its_colour(css: str, colour: Colour) -> None:
    read = read_colour(css)

    assert read is not None
    assert (read.red, read.green, read.blue, read.alpha) == pytest.approx(
        (colour.red, colour.green, colour.blue, colour.alpha)
    )


@pytest.mark.parametrize(
    "css",
    [
        "#12",
        "#ggg",
        "#12345",
        "rgb(1,2)",
        "rgb(a,b,c)",
        "hsl(x,1%,1%)",
        "url(#a)",
        "no",
        "rgb(nan,0,0)",
        "rgb(1_0,0,0)",
        "hsl(1e999,1%,1%)",
        "rgb(1deg,0,0)",
    ],
)
def test_what_is_no_colour_is_none(css: str) -> None:
    assert read_colour(css) is None


def test_a_name_is_still_known_after_pillow_has_used_it() -> None:
    Image.new("RGB", (1, 1), "rebeccapurple")

    assert read_colour("rebeccapurple") == Colour(0.4, 0.2, 0.6)
