"""Coats of paint that make up a text: glyphs, outlines, bars and grounds, each with its ink."""

from collections.abc import Collection, Sequence
from itertools import groupby
from typing import Final, Literal, NamedTuple

from pressrun.domain.letters.canvas.geometry import Matrix, invert
from pressrun.domain.letters.drawing.inks import Ink, Spot
from pressrun.domain.letters.drawing.operators import operands

# Farther than any text reaches, in canvas pixels.
_EVERYWHERE: Final = "-100000 -100000 200000 200000 re f"


class Coat(NamedTuple):
    """Operators in pixels from the block's top left, and the number of the ink they are drawn with.

    `kind` is what they draw; a fill is a text object, which begins with BT and ends with ET.
    """

    ink: int
    kind: Literal["fill", "outline", "rect"]
    operators: str


def write_coats(coats: Sequence[Coat], inks: Sequence[Ink], masked: Collection[int], spot: Spot, matrix: Matrix) -> str:
    """Put coats on each other: plain ones in the text's own plane, others each with an ink set in canvas pixels."""
    written: list[str] = []
    turn = f"{operands(matrix)} cm"
    back = invert(matrix)
    for plain, group in groupby(coats, lambda coat: inks[coat.ink].plain):
        if plain:
            drawn = "\n".join([f"{_set_ink(coat, inks, spot)} {coat.operators}" for coat in group])
            written.append(f"q {turn}\n{drawn}\nQ\n")
            continue
        for coat in group:
            ink = _set_ink(coat, inks, spot)
            if back and coat.kind == "fill" and coat.ink in masked:
                # PDFium puts a mask on text twice when the text is filled with a pattern: here the text only limits.
                cut = f"BT 7 Tr{coat.operators.removeprefix('BT')}"
                written.append(f"q {turn}\n{cut}\n{operands(back)} cm {ink} {_EVERYWHERE}\nQ\n")
            else:
                written.append(f"q {ink} {turn}\n{coat.operators}\nQ\n")
    return "".join(written)


def _set_ink(coat: Coat, inks: Sequence[Ink], spot: Spot) -> str:
    ink = inks[coat.ink]
    return ink.stroke(spot) if coat.kind == "outline" else ink.fill(spot)
