"""Repeated pictures as PDF tiling patterns (PDF 1.7, 8.7.3).

A pattern's one cell holds every tile its object can show: viewers round the cells of a pattern to whole device pixels
and lose their places on the way (PDFium by 8 pixels over 500 tiles), but draw what is inside a cell exactly.
"""

import math
from typing import Final, NamedTuple

from pressrun.domain.letters.canvas.geometry import IDENTITY, apply, invert
from pressrun.domain.letters.canvas.paints import Pattern
from pressrun.domain.letters.drawing.gradients import anchor
from pressrun.domain.letters.drawing.inks import Spot

# What is not repeated steps farther than any page reaches.
_FAR: Final = 1_000_000
# A cell of more tiles takes a viewer longer than the rounding is worth; there the pattern itself repeats.
_MOST_TILES: Final = 10_000
# Outlines and slanted glyphs reach over the painted box, by shares of its longer side and pixels.
_OVERHANG: Final = (0.25, 50.0)


class Cell(NamedTuple):
    """The tiles of a pattern's cell: the first and, excluded, the last across and down; `steps` repeat the cell."""

    left: int
    top: int
    right: int
    bottom: int
    steps: tuple[int, int]


def plan_cell(pattern: Pattern, size: tuple[int, int], spot: Spot) -> Cell:
    """Return the tiles that cover a painted box; `size` in the picture's pixels."""
    back = invert(anchor(pattern, Spot(IDENTITY, spot.width, spot.height)))
    if back is None:
        return Cell(0, 0, 1, 1, (_FAR, _FAR))
    share, pixels = _OVERHANG
    over = share * max(spot.width, spot.height) + pixels
    across, down = spot.width / 2 + over, spot.height / 2 + over
    corners = [apply(back, x, y) for x in (-across, across) for y in (-down, down)]
    columns = _span([x / size[0] for x, _ in corners], repeated=pattern.repeat in {"repeat", "repeat-x"})
    rows = _span([y / size[1] for _, y in corners], repeated=pattern.repeat in {"repeat", "repeat-y"})
    if (columns[1] - columns[0]) * (rows[1] - rows[0]) > _MOST_TILES:
        return Cell(0, 0, 1, 1, (_step(columns, size[0]), _step(rows, size[1])))
    return Cell(columns[0], rows[0], columns[1], rows[1], (_FAR, _FAR))


def _span(places: list[float], *, repeated: bool) -> tuple[int, int]:
    return (math.floor(min(places)), math.ceil(max(places))) if repeated else (0, 1)


def _step(span: tuple[int, int], side: int) -> int:
    return _FAR if span == (0, 1) else side


def tile_entries(cell: Cell, size: tuple[int, int]) -> str:
    """Return the entries of a pattern's dictionary but its matrix and resources."""
    width, height = size
    box = f"{cell.left * width} {cell.top * height} {cell.right * width} {cell.bottom * height}"
    return f"/PatternType 1/PaintType 1/TilingType 1/BBox[{box}]/XStep {cell.steps[0]}/YStep {cell.steps[1]}"


def tile_content(pattern: Pattern, cell: Cell, size: tuple[int, int]) -> bytes:
    width, height = size
    return "\n".join(
        f"q {width} 0 0 -{height} {column * width} {(row + 1) * height} cm /I{pattern.raster} Do Q"
        for row in range(cell.top, cell.bottom)
        for column in range(cell.left, cell.right)
    ).encode("ascii")
