"""What painting has at hand, and what stands round the object that is painted."""

from collections.abc import Sequence
from dataclasses import dataclass

from pressrun.domain.letters.canvas.colours import Colour
from pressrun.domain.letters.canvas.geometry import IDENTITY, Matrix
from pressrun.domain.letters.canvas.paints import Paint
from pressrun.domain.letters.drawing.inking import colour_ink, stock_ink
from pressrun.domain.letters.drawing.inks import Ink
from pressrun.domain.letters.drawing.shadows import Blurs
from pressrun.domain.letters.drawing.stock import Stock
from pressrun.domain.letters.typography.shaping import Shaper


@dataclass(frozen=True, slots=True)
class Bench:
    """What painting needs besides the objects.

    `ink` replaces every paint where only the outline counts; `veiled` is what is laid down translucent as a whole.
    """

    stock: Stock
    shapers: Sequence[Shaper]
    blurs: Blurs
    ink: Colour | None = None
    veiled: bool = False


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The groups round an object: their matrix, the opacity they leave to it, and whether one of them is cached."""

    matrix: Matrix = IDENTITY
    opacity: float = 1.0
    cached: bool = False


def choose_ink(paint: Paint, opacity: float, bench: Bench) -> Ink:
    """Return the ink of a paint on this bench."""
    if bench.ink:
        return colour_ink(bench.ink, None)
    return stock_ink(paint, opacity, bench.stock, veiled=bench.veiled)
