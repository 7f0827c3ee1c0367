"""Fabric's text layout: pieces of one style each, lines and their places (Text.ts and Textbox.ts of 7.4 and 5.3)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Final, NamedTuple

from pressrun.domain.letters.canvas.text import Align, TextBlock
from pressrun.domain.letters.typography.setting import Setting

# Fabric's _fontSizeMult and _fontSizeFraction.
LINE: Final = 1.13
ABOVE_BASELINE: Final = 1 - 0.222
# Fabric's MIN_TEXT_WIDTH, the width of an empty text.
EMPTY_WIDTH: Final = 2.0

_TOKEN: Final = re.compile(" |[^ ]+")


class Piece(NamedTuple):
    """A word, a part of one or a single space in one style.

    `width` is what it measures by itself and `lead` what kerning with the character before takes off or adds; that
    of a line's first piece does not count.
    """

    text: str
    style: int
    width: float
    lead: float


class Line(NamedTuple):
    """The pieces of one line, its measured width, its largest size, and whether it fills the block's width."""

    pieces: Sequence[Piece]
    width: float
    size: float
    stretched: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """A text laid out: sizes in pixels before the object's own scale."""

    lines: Sequence[Line]
    width: float
    height: float


Paragraphs = Sequence[Sequence[Piece]]


def lay_out(
    block: TextBlock,
    settings: Sequence[Setting],
    parts: Sequence[str],
    wrap: float | None,
    ready: Sequence[Paragraphs | None] = (),
) -> Layout:
    """Lay out the template's parts with their values; settings[i] are those of styles[i], `wrap` the box width.

    `ready` are parts cut before, as `cut_literals` gives them.
    """
    paragraphs = _join_parts(block, settings, parts, ready)
    broken: list[list[Sequence[Piece]]]
    if wrap is None:
        broken = [[pieces] for pieces in paragraphs]
        width = 0.0
    else:
        units = [_cut_graphemes(pieces) if block.by_grapheme else _cut_words(pieces) for pieces in paragraphs]
        widest = max([unit[_WIDTH] for units_of_one in units for unit in units_of_one], default=0.0)
        limit = max(wrap, widest) if block.widens else wrap
        broken = [_break(pieces, some, limit, block) for pieces, some in zip(paragraphs, units, strict=True)]
        width = max(wrap, widest - block.spacing)
    lines = [line for pieces in broken for line in _close_lines(pieces, block)]
    if wrap is None:
        # Only the last line of a Text counts as the end of a paragraph.
        goes_on, ends = stretches(block.align, ends=False), stretches(block.align, ends=True)
        lines = [*(line._replace(stretched=goes_on) for line in lines[:-1]), lines[-1]._replace(stretched=ends)]
        width = max([line.width for line in lines]) or EMPTY_WIDTH
    height = LINE * (sum([line.size for line in lines[:-1]]) * block.line_height + lines[-1].size)
    return Layout(lines, width, height)


def cut_literals(block: TextBlock, settings: Sequence[Setting]) -> list[Paragraphs | None]:
    """Cut the parts of a template that are the same for everyone; None stands for the others."""
    return [
        _cut(block, settings[style], part, style) if isinstance(part, str) else None
        for part, style in zip(block.template, block.part_styles, strict=True)
    ]


def stretches(align: Align, *, ends: bool) -> bool:
    """Say whether a line is justified: with plain `justify` also those that end a paragraph."""
    return align == "justify" or (not ends and align.startswith("justify"))


def line_offset(block: TextBlock, line: Line, width: float) -> float:
    """Return where a line starts: from the block's left edge, or for right-to-left texts from its right edge."""
    if line.stretched:
        return 0.0
    free = width - line.width
    shares = _RIGHT_TO_LEFT if block.right_to_left else _LEFT_TO_RIGHT
    return free * shares[block.align.removeprefix("justify-")]


# Alignment is physical: a right-to-left text starts at the right edge, and what is aligned left moves off it.
_LEFT_TO_RIGHT: Final = {"left": 0.0, "justify": 0.0, "center": 0.5, "right": 1.0}
_RIGHT_TO_LEFT: Final = {"left": -1.0, "justify": 0.0, "center": -0.5, "right": 0.0}


def _join_parts(
    block: TextBlock, settings: Sequence[Setting], parts: Sequence[str], ready: Sequence[Paragraphs | None]
) -> list[list[Piece]]:
    """Return the hard lines; where parts meet inside a word and a font, they are kerned."""
    paragraphs: list[list[Piece]] = [[]]
    for index, (part, style) in enumerate(zip(parts, block.part_styles, strict=True)):
        cut = ready[index] if ready else None
        first, *others = _cut(block, settings[style], part, style) if cut is None else cut
        last = paragraphs[-1]
        if last and first and settings[last[-1].style] is settings[style]:
            first = [first[0]._replace(lead=_kern(last[-1].text, first[0].text, settings[style])), *first[1:]]
        last += first
        paragraphs += map(list, others)
    return paragraphs


def _cut(block: TextBlock, setting: Setting, part: str, style: int) -> list[list[Piece]]:
    """Cut a part of one style into hard lines and those into words, or single characters, and spaces."""
    word = setting.word
    paragraphs: list[list[Piece]] = []
    for hard in part.replace("\t", " ").split("\n"):
        if block.by_grapheme:
            before = [" ", *(graphemes := setting.graphemes(hard))]
            leads = map(_kern, before, graphemes, repeat(setting))
            pieces = [Piece(text, style, word(text).width, lead) for text, lead in zip(graphemes, leads, strict=False)]
        else:
            pieces = [Piece(text, style, word(text).width, 0.0) for text in _TOKEN.findall(hard)]
        paragraphs.append(pieces)
    return paragraphs


def _kern(left: str, right: str, setting: Setting) -> float:
    """Return the kerning between two pieces of one font: none with a space."""
    if " " in (left, right):
        return 0.0
    last, first = setting.graphemes(left)[-1], setting.graphemes(right)[0]
    return setting.word(last + first).width - setting.word(last).width - setting.word(first).width


# What is not broken (a word, or a single character): the pieces from and to, its width and that of the space before.
_Unit = tuple[int, int, float, float]
_WIDTH: Final = 2


def _cut_words(pieces: Sequence[Piece]) -> list[_Unit]:
    units: list[_Unit] = []
    start, reach, space = 0, 0.0, 0.0
    for index, (text, _, width, lead) in enumerate(pieces):
        if text == " ":
            units.append((start, index, reach, space))
            start, reach, space = index + 1, 0.0, width
        else:
            reach += lead + width
    return [*units, (start, len(pieces), reach, space)]


def _cut_graphemes(pieces: Sequence[Piece]) -> list[_Unit]:
    """Take each character by itself, without the kerning its line will have: so Fabric measures here."""
    return [(index, index + 1, piece.width, 0.0) for index, piece in enumerate(pieces)]


def _break(pieces: Sequence[Piece], units: Sequence[_Unit], limit: float, block: TextBlock) -> list[Sequence[Piece]]:
    """Break a hard line greedily; the space at a break is dropped, the spacing after a line's end does not count."""
    lines: list[Sequence[Piece]] = []
    begin, end, reach = 0, 0, 0.0
    for number, (start, stop, width, space) in enumerate(units):
        reach += space + width
        if number and reach - block.spacing > limit:
            lines.append(pieces[begin:end])
            begin, reach = start, width
        end = stop
    return [*lines, pieces[begin:]]


def _close_lines(broken: Sequence[Sequence[Piece]], block: TextBlock) -> Iterator[Line]:
    """Measure the lines of one paragraph."""
    for number, pieces in enumerate(broken, 1):
        # A character that begins a line is kerned with none.
        begins = pieces[0].lead if pieces else 0.0
        width = sum([lead + width for _, _, width, lead in pieces]) - begins - block.spacing
        sizes = [block.styles[style].size for style in {style for _, style, _, _ in pieces}]
        size = max(sizes) if sizes else block.styles[0].size
        yield Line(pieces, max(width, 0.0), size, stretches(block.align, ends=number == len(broken)))
