"""Fabric's text layout: lines, their widths and places (notes on Text layout and Textbox, Fabric 5.3 and 7.4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from pressrun.domain.letters.objects import TextBlock
from pressrun.domain.letters.shaping import Setting, Word

# Fabric's _fontSizeMult and _fontSizeFraction.
_LINE: Final = 1.13
_BELOW_BASELINE: Final = 0.222
# Fabric's MIN_TEXT_WIDTH, the width of an empty text.
_EMPTY_WIDTH: Final = 2.0


class Line(NamedTuple):
    """The words of one line, its measured width in pixels, and whether it ends a paragraph."""

    words: Sequence[Word]
    width: float
    ends: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """A text laid out: sizes in pixels before the object's own scale."""

    lines: Sequence[Line]
    width: float
    height: float


def lay_out(block: TextBlock, setting: Setting, text: str) -> Layout:
    paragraphs = text.replace("\t", " ").split("\n")
    if block.wrap is None:
        lines = [_measure([setting.word(word) for word in hard.split(" ")], setting, ends=False) for hard in paragraphs]
        lines[-1] = lines[-1]._replace(ends=True)
        width = max(line.width for line in lines) or _EMPTY_WIDTH
    else:
        wrap = _wrap_graphemes if block.by_grapheme else _wrap_words
        lines, width = wrap(paragraphs, block, block.wrap, setting)
    step = line_step(block)
    return Layout(lines, width, (len(lines) - 1) * step + _LINE * block.size)


def line_step(block: TextBlock) -> float:
    return _LINE * block.size * block.line_height


def first_baseline(block: TextBlock) -> float:
    """Return the distance from the block's top to its first baseline; lineHeight has no part in it."""
    return _LINE * block.size * (1 - _BELOW_BASELINE)


def line_offset(block: TextBlock, line: Line, width: float) -> float:
    """Return where a line starts inside the block."""
    align = block.align
    if is_stretched(block, line) or align in {"left", "justify", "justify-left"}:
        return 0.0
    free = width - line.width
    return free / 2 if align in {"center", "justify-center"} else free


def is_stretched(block: TextBlock, line: Line) -> bool:
    """Say whether a line is justified: with plain `justify` also the last ones."""
    return block.align == "justify" or (block.align.startswith("justify") and not line.ends)


def _measure(words: Sequence[Word], setting: Setting, *, ends: bool) -> Line:
    width = sum(word.width for word in words) + (len(words) - 1) * setting.space().width - setting.spacing
    return Line(words, max(width, 0.0), ends)


def _wrap_words(paragraphs: Sequence[str], block: TextBlock, box: float, setting: Setting) -> tuple[list[Line], float]:
    """Break greedily at spaces; a word wider than the box widens it (the limit too, from Fabric 6 on)."""
    split = [[setting.word(word) for word in hard.split(" ")] for hard in paragraphs]
    widest = max(word.width for words in split for word in words)
    limit = max(box, widest) if block.widens else box
    lines: list[Line] = []
    for words in split:
        _break_words(words, limit, setting, lines)
    return lines, max(box, widest - setting.spacing)


def _break_words(words: Sequence[Word], limit: float, setting: Setting, lines: list[Line]) -> None:
    space = setting.space().width
    spacing = setting.spacing
    start = 0
    reach = words[0].width
    for index in range(1, len(words)):
        reach += space + words[index].width
        if reach - spacing > limit:
            lines.append(_measure(words[start:index], setting, ends=False))
            start = index
            reach = words[index].width
    lines.append(_measure(words[start:], setting, ends=True))


def _wrap_graphemes(
    paragraphs: Sequence[str], block: TextBlock, box: float, setting: Setting
) -> tuple[list[Line], float]:
    """Break between any two characters; spaces count and stay where they fall."""
    split = [[(part, setting.grapheme_width(part)) for part in setting.graphemes(hard)] for hard in paragraphs]
    widest = max((width for parts in split for _, width in parts), default=0.0)
    limit = max(box, widest) if block.widens else box
    lines: list[Line] = []
    for parts in split:
        pieces = _break_graphemes(parts, limit, setting.spacing)
        lines += [
            _measure([setting.word(word) for word in piece.split(" ")], setting, ends=index == len(pieces) - 1)
            for index, piece in enumerate(pieces)
        ]
    return lines, max(box, widest - setting.spacing)


def _break_graphemes(parts: Sequence[tuple[str, float]], limit: float, spacing: float) -> list[str]:
    pieces = [""]
    reach = 0.0
    for part, width in parts:
        reach += width
        if reach - spacing > limit and pieces[-1]:
            pieces.append("")
            reach = width
        pieces[-1] += part
    return pieces
