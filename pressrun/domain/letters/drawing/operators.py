"""Numbers and matrices as PDF content streams write them."""

from pressrun.domain.letters.canvas.colours import Colour
from pressrun.domain.letters.canvas.geometry import Matrix


def number(value: float) -> str:
    """Write a number with five decimals at most and never an exponent (PDF 1.7, 7.3.3)."""
    text = f"{value:.5f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def operands(values: Matrix) -> str:
    return " ".join(map(number, values))


def fill_colour(colour: Colour) -> str:
    return f"{number(colour.red)} {number(colour.green)} {number(colour.blue)} rg"


def use_state(name: str | None) -> str:
    """Return what sets a graphics state by its name, nothing where it is the one every page begins with."""
    return f"/{name} gs " if name else ""
