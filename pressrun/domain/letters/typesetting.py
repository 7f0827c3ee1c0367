"""A laid-out text as PDF operators."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from pressrun.domain.letters.geometry import Frame, Matrix, apply, frame
from pressrun.domain.letters.layout import Line, first_baseline, lay_out, line_height, line_offset, line_step
from pressrun.domain.letters.objects import TextBlock
from pressrun.domain.letters.operators import fill_colour, number
from pressrun.domain.letters.setting import Setting

# Half a canvas pixel: less than a cutting machine's own error (about 0.5 mm).
_TOLERANCE: Final = 0.5

Box = tuple[float, float, float, float]


class Row(NamedTuple):
    """A line with something on it, how many steps it is down and where it starts (pixels from the block's left)."""

    step: int
    offset: float
    line: Line


@dataclass(frozen=True, slots=True)
class Typesetter:
    """One text of a design, ready to take any value; `turn` are the four operands of Tm that never change."""

    block: TextBlock
    setting: Setting
    frame: Frame
    turn: str
    opening: str
    closing: str

    def set_text(self, text: str, page: Box | None) -> str | None:
        """Return the operators that draw `text`, or None when it leaves `page` (canvas pixels)."""
        layout = lay_out(self.block, self.setting, text)
        width = layout.width
        rows = [
            Row(index, line_offset(self.block, line, width), line)
            for index, line in enumerate(layout.lines)
            # Negative spacing can measure to nothing what still prints.
            if line.width or any(word.glyphs for word in line.words)
        ]
        if not rows:
            return ""
        # From the block's top left instead of its centre.
        matrix = _move(self.frame.at(width, layout.height), -width / 2, -layout.height / 2)
        if page is not None and not _is_inside(matrix, self._extent(rows, width), page):
            return None
        return self._write(rows, width, matrix)

    def _write(self, rows: Sequence[Row], width: float, matrix: Matrix) -> str:
        """Place the first line by Tm and each other by its distance from the one before."""
        steps, offset, line = rows[0]
        step = line_step(self.block)
        x, y = apply(matrix, offset, first_baseline(self.block) + steps * step)
        written = [f"{self.opening}{self.turn}{number(x)} {number(y)} Tm [{self._elements(line, width)}] TJ"]
        for row in rows[1:]:
            across = number(row.offset - offset) if row.offset != offset else "0"
            written.append(f"{across} {number((steps - row.step) * step)} Td [{self._elements(row.line, width)}] TJ")
            steps, offset = row.step, row.offset
        written.append(self.closing)
        return "\n".join(written)

    def _elements(self, line: Line, width: float) -> str:
        """Write a line as elements of a TJ array, with the gaps of a justified one."""
        space = self.setting.space().glyphs
        gaps = len(line.words) - 1
        if gaps and line.stretched and line.width < width:
            gap = space + self.setting.adjustment((width - line.width) / gaps)
            return gap.join([word.measured for word in line.words]).replace("><", "")
        return space.join([word.glyphs for word in line.words]).replace("><", "")

    def _extent(self, rows: Sequence[Row], width: float) -> Box:
        """Return the box of the rows: left, top, right, bottom from the block's top left."""
        step = line_step(self.block)
        left = min([row.offset for row in rows])
        right = max([width if row.line.stretched else row.offset + row.line.width for row in rows])
        return left, rows[0].step * step, right, rows[-1].step * step + line_height(self.block)


def open_typesetter(block: TextBlock, setting: Setting, state: str | None = None) -> Typesetter:
    """Prepare a text; `state` is the resource name of an ExtGState with its alpha."""
    placed = frame(block.placement)
    a, b, c, d, _, _ = placed.own
    # The canvas has y downwards, and glyphs stand up.
    turn = f"{number(a)} {number(b)} {number(-c)} {number(-d)} "
    opening = f"BT\n/F{block.face} {number(block.size)} Tf {fill_colour(block.colour)}\n"
    if state is None:
        return Typesetter(block, setting, placed, turn, opening, "ET\n")
    return Typesetter(block, setting, placed, turn, f"q /{state} gs {opening}", "ET Q\n")


def _move(matrix: Matrix, x: float, y: float) -> Matrix:
    a, b, c, d, _, _ = matrix
    return (a, b, c, d, *apply(matrix, x, y))


def _is_inside(matrix: Matrix, extent: Box, page: Box) -> bool:
    left, top, right, bottom = extent
    page_left, page_top, page_right, page_bottom = page
    for x, y in ((left, top), (right, top), (right, bottom), (left, bottom)):
        at_x, at_y = apply(matrix, x, y)
        if not (page_left - _TOLERANCE <= at_x <= page_right + _TOLERANCE):
            return False
        if not (page_top - _TOLERANCE <= at_y <= page_bottom + _TOLERANCE):
            return False
    return True
