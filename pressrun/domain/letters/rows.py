"""The lines of a laid-out text in their places, each piece where it starts."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple, TypeVar

from pressrun.domain.letters.layout import ABOVE_BASELINE, LINE, Layout, Line, Piece, line_offset
from pressrun.domain.letters.text import TextBlock, TextStyle

Key = TypeVar("Key")


class Placed(NamedTuple):
    """A piece at its start in the line, with what it takes up there: a stretched space more than its own width."""

    piece: Piece
    start: float
    width: float


class Row(NamedTuple):
    """A line in its place, in pixels from the block's top left.

    It starts at `start`; a right-to-left one at its right end there. `gap` is what each space is stretched by,
    `height` is without lineHeight, `shift` what alignment moves the line by.
    """

    placed: Sequence[Placed]
    gap: float
    start: float
    shift: float
    top: float
    height: float

    @property
    def baseline(self) -> float:
        return self.top + self.height * ABOVE_BASELINE


class Span(NamedTuple):
    """Neighbouring characters that share something, from the line's start."""

    style: TextStyle
    start: float
    width: float


def place_rows(block: TextBlock, layout: Layout) -> Iterator[Row]:
    """Yield the lines with something on them."""
    top = 0.0
    for line in layout.lines:
        height = LINE * line.size
        if line.pieces:
            shift = line_offset(block, line, layout.width)
            start = layout.width + shift if block.right_to_left else shift
            gap = _gap(line, layout.width)
            yield Row(_place(line, gap), gap, start, shift, top, height)
        top += height * block.line_height


def find_spans(row: Row, styles: Sequence[TextStyle], key: Callable[[TextStyle], Key]) -> Iterator[Span]:
    """Yield the spans of a row whose styles give the same key."""
    for _, group in groupby(row.placed, lambda placed: key(styles[placed.piece.style])):
        placed = list(group)
        first, last = placed[0], placed[-1]
        yield Span(styles[first.piece.style], first.start, last.start + last.width - first.start)


def _gap(line: Line, width: float) -> float:
    """Return what a justified line adds to each of its spaces."""
    if not line.stretched or line.width >= width:
        return 0.0
    spaces = sum([piece.text == " " for piece in line.pieces])
    return (width - line.width) / spaces if spaces else 0.0


def _place(line: Line, gap: float) -> list[Placed]:
    placed: list[Placed] = []
    pen = 0.0
    for piece in line.pieces:
        pen += piece.lead
        width = piece.width + gap if piece.text == " " else piece.width
        placed.append(Placed(piece, pen, width))
        pen += width
    return placed
