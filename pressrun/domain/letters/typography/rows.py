"""The lines of a laid-out text in their places, each style where it starts."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Final, NamedTuple, TypeVar

from pressrun.domain.letters.canvas.text import TextBlock, TextStyle
from pressrun.domain.letters.typography.layout import ABOVE_BASELINE, LINE, Layout, Line, Piece, line_offset

Key = TypeVar("Key")

_STYLE: Final = attrgetter("style")


class Strip(NamedTuple):
    """Neighbouring characters of one style, where they start in the line and what they take up, gaps included."""

    text: str
    style: int
    start: float
    width: float


class Row(NamedTuple):
    """A line in its place, in pixels from the block's top left.

    It starts at `start`; a right-to-left one at its right end there. `gap` is what each space is stretched by,
    `height` is without lineHeight, `shift` what alignment moves the line by.
    """

    strips: Sequence[Strip]
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
            yield Row(_place(line.pieces, gap), gap, start, shift, top, height)
        top += height * block.line_height


def find_spans(row: Row, styles: Sequence[TextStyle], key: Callable[[TextStyle], Key]) -> Iterator[Span]:
    """Yield the spans of a row whose styles give the same key."""
    for _, group in groupby(row.strips, lambda strip: key(styles[strip.style])):
        members = list(group)
        first, last = members[0], members[-1]
        yield Span(styles[first.style], first.start, last.start + last.width - first.start)


def _gap(line: Line, width: float) -> float:
    """Return what a justified line adds to each of its spaces."""
    if not line.stretched or line.width >= width:
        return 0.0
    spaces = sum([piece.text == " " for piece in line.pieces])
    return (width - line.width) / spaces if spaces else 0.0


def _place(pieces: Sequence[Piece], gap: float) -> list[Strip]:
    placed: list[Strip] = []
    pen = -pieces[0].lead
    for style, group in groupby(pieces, _STYLE):
        texts: list[str] = []
        start = -1.0
        for text, _, width, lead in group:
            pen += lead
            if not texts:
                start = pen
            texts.append(text)
            pen += width + gap if text == " " else width
        placed.append(Strip("".join(texts), style, start, pen - start))
    return placed
