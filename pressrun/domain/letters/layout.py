"""Fabric's text layout: pieces of one style each, lines and their places (Text.ts and Textbox.ts of 7.4 and 5.3)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from pressrun.domain.letters.setting import Setting
from pressrun.domain.letters.text import Align, TextBlock

# Fabric's _fontSizeMult and _fontSizeFraction.
LINE: Final = 1.13
ABOVE_BASELINE: Final = 1 - 0.222
# Fabric's MIN_TEXT_WIDTH, the width of an empty text.
EMPTY_WIDTH: Final = 2.0

_TOKEN: Final = re.compile(" |[^ ]+")


class Piece(NamedTuple):
    """A word, a part of one or a single space in one style.

    `width` is what it measures by itself and `lead` what kerning with the character before takes off or adds.
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


def lay_out(block: TextBlock, settings: Sequence[Setting], parts: Sequence[str], wrap: float | None) -> Layout:
    """Lay out the template's parts with their values; settings[i] are those of styles[i], `wrap` the box width."""
    paragraphs = [_kern(pieces, settings) for pieces in _cut(block, settings, parts)]
    broken: list[list[Sequence[Piece]]]
    if wrap is None:
        broken = [[pieces] for pieces in paragraphs]
        width = 0.0
    else:
        units = [_units(pieces, by_grapheme=block.by_grapheme) for pieces in paragraphs]
        widest = max([unit.width for units_of_one in units for unit in units_of_one], default=0.0)
        limit = max(wrap, widest) if block.widens else wrap
        broken = [_break(pieces, some, limit, block) for pieces, some in zip(paragraphs, units, strict=True)]
        width = max(wrap, widest - block.spacing)
    lines = [line for pieces in broken for line in _close_lines(pieces, block)]
    if wrap is None:
        # Only the last line of a Text counts as the end of a paragraph.
        last = stretches(block.align, ends=True)
        lines = [line._replace(stretched=stretches(block.align, ends=False)) for line in lines[:-1]] + [
            lines[-1]._replace(stretched=last)
        ]
        width = max([line.width for line in lines]) or EMPTY_WIDTH
    height = LINE * (sum([line.size for line in lines[:-1]]) * block.line_height + lines[-1].size)
    return Layout(lines, width, height)


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


def _cut(block: TextBlock, settings: Sequence[Setting], parts: Sequence[str]) -> list[list[Piece]]:
    """Cut the text into hard lines and those into pieces."""
    paragraphs: list[list[Piece]] = [[]]
    for part, style in zip(parts, block.part_styles, strict=True):
        setting = settings[style]
        for number, hard in enumerate(part.replace("\t", " ").split("\n")):
            if number:
                paragraphs.append([])
            tokens = setting.graphemes(hard) if block.by_grapheme else _TOKEN.findall(hard)
            paragraphs[-1] += [Piece(token, style, setting.word(token).width, 0.0) for token in tokens]
    return paragraphs


def _kern(pieces: Sequence[Piece], settings: Sequence[Setting]) -> list[Piece]:
    """Give each piece its kerning with the one before: none with a space, none between different fonts."""
    kerned: list[Piece] = []
    before: Piece | None = None
    for piece in pieces:
        setting = settings[piece.style]
        if before and before.text != " " and piece.text != " " and settings[before.style] is setting:
            kerned.append(piece._replace(lead=_pair(before.text, piece.text, setting)))
        else:
            kerned.append(piece)
        before = piece
    return kerned


def _pair(left: str, right: str, setting: Setting) -> float:
    last, first = setting.graphemes(left)[-1], setting.graphemes(right)[0]
    return setting.word(last + first).width - setting.word(last).width - setting.word(first).width


class _Unit(NamedTuple):
    """What is not broken (a word, or a single character), the pieces it is made of and the space before it."""

    start: int
    end: int
    width: float
    space: float


def _units(pieces: Sequence[Piece], *, by_grapheme: bool) -> list[_Unit]:
    if by_grapheme:
        # Fabric measures each character by itself here, without the kerning its line will have.
        return [_Unit(index, index + 1, piece.width, 0.0) for index, piece in enumerate(pieces)]
    units: list[_Unit] = []
    start, space = 0, 0.0
    for index in [*_spaces(pieces), len(pieces)]:
        width = sum([piece.lead + piece.width for piece in pieces[start:index]])
        units.append(_Unit(start, index, width, space))
        if index < len(pieces):
            start, space = index + 1, pieces[index].width
    return units


def _spaces(pieces: Sequence[Piece]) -> list[int]:
    return [index for index, piece in enumerate(pieces) if piece.text == " "]


def _break(pieces: Sequence[Piece], units: Sequence[_Unit], limit: float, block: TextBlock) -> list[Sequence[Piece]]:
    """Break a hard line greedily; the space at a break is dropped, the spacing after a line's end does not count."""
    lines: list[Sequence[Piece]] = []
    start, end, reach = 0, 0, 0.0
    for number, unit in enumerate(units):
        reach += unit.space + unit.width
        if number and reach - block.spacing > limit:
            lines.append(pieces[start:end])
            start, reach = unit.start, unit.width
        end = unit.end
    return [*lines, pieces[start:]]


def _close_lines(broken: Sequence[Sequence[Piece]], block: TextBlock) -> Iterator[Line]:
    """Measure the lines of one paragraph."""
    for number, broken_off in enumerate(broken, 1):
        # A character that begins a line is kerned with none.
        pieces = [piece._replace(lead=0.0) for piece in broken_off[:1]] + list(broken_off[1:])
        width = sum([piece.lead + piece.width for piece in pieces]) - block.spacing
        sizes = [block.styles[piece.style].size for piece in pieces]
        size = max(sizes) if sizes else block.styles[0].size
        yield Line(pieces, max(width, 0.0), size, stretches(block.align, ends=number == len(broken)))
