"""Fabric's text layout, lines and their places (`_wrapLine`, `enlargeSpaces`, `calcTextHeight` of 5.3 and 7.4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from pressrun.domain.letters.objects import TextBlock
from pressrun.domain.letters.setting import Setting, Word

# Fabric's _fontSizeMult and _fontSizeFraction.
_LINE: Final = 1.13
_BELOW_BASELINE: Final = 0.222
# Fabric's MIN_TEXT_WIDTH, the width of an empty text.
_EMPTY_WIDTH: Final = 2.0


class Line(NamedTuple):
    """The words of one line, its measured width in pixels, and whether it is stretched to the block's width."""

    words: Sequence[Word]
    width: float
    stretched: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """A text laid out: sizes in pixels before the object's own scale."""

    lines: Sequence[Line]
    width: float
    height: float


def lay_out(block: TextBlock, setting: Setting, text: str) -> Layout:
    paragraphs = text.replace("\t", " ").split("\n")
    if block.wrap is None:
        lines = [_fill_line(setting.look_up(hard), block, setting, ends=False) for hard in paragraphs]
        # Only the last line of a Text counts as the end of a paragraph.
        lines[-1] = lines[-1]._replace(stretched=_stretches(block, ends=True))
        width = max(line.width for line in lines) or _EMPTY_WIDTH
    elif block.by_grapheme:
        lines, width = _wrap_graphemes(paragraphs, block, block.wrap, setting)
    else:
        lines, width = _wrap_words(paragraphs, block, block.wrap, setting)
    return Layout(lines, width, (len(lines) - 1) * line_step(block) + line_height(block))


def line_height(block: TextBlock) -> float:
    """Return the height of the last line, in which lineHeight has no part."""
    return _LINE * block.size


def line_step(block: TextBlock) -> float:
    return _LINE * block.size * block.line_height


def first_baseline(block: TextBlock) -> float:
    """Return the distance from the block's top to its first baseline; lineHeight has no part in it either."""
    return _LINE * block.size * (1 - _BELOW_BASELINE)


def line_offset(block: TextBlock, line: Line, width: float) -> float:
    """Return where a line starts inside the block."""
    align = block.align
    if line.stretched or align in {"left", "justify", "justify-left"}:
        return 0.0
    free = width - line.width
    return free / 2 if align in {"center", "justify-center"} else free


def _stretches(block: TextBlock, *, ends: bool) -> bool:
    """Say whether a line is justified: with plain `justify` also those that end a paragraph."""
    return block.align == "justify" or (not ends and block.align.startswith("justify"))


def _fill_line(words: Sequence[Word], block: TextBlock, setting: Setting, *, ends: bool) -> Line:
    width = sum(word.width for word in words) + (len(words) - 1) * setting.space().width - setting.spacing
    return Line(words, max(width, 0.0), _stretches(block, ends=ends))


def _wrap_words(paragraphs: Sequence[str], block: TextBlock, box: float, setting: Setting) -> tuple[list[Line], float]:
    """Break greedily at spaces; a word wider than the box widens it (the limit too, from Fabric 6 on)."""
    split = [setting.look_up(hard) for hard in paragraphs]
    widest = max(word.width for words in split for word in words)
    limit = max(box, widest) if block.widens else box
    lines: list[Line] = []
    for words in split:
        _break_words(words, limit, block, setting, lines)
    return lines, max(box, widest - setting.spacing)


def _break_words(words: Sequence[Word], limit: float, block: TextBlock, setting: Setting, lines: list[Line]) -> None:
    """Add the lines of one paragraph; `reach` is the width with the spacing after the last character."""
    space = setting.space().width
    spacing = setting.spacing
    stretched = _stretches(block, ends=False)
    start, reach = 0, words[0].width
    for index in range(1, len(words)):
        width = words[index].width
        longer = reach + space + width
        if longer - spacing > limit:
            lines.append(Line(words[start:index], max(reach - spacing, 0.0), stretched))
            start, longer = index, width
        reach = longer
    lines.append(Line(words[start:], max(reach - spacing, 0.0), _stretches(block, ends=True)))


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
        lines += [_fill_line(setting.look_up(piece), block, setting, ends=False) for piece in pieces[:-1]]
        lines.append(_fill_line(setting.look_up(pieces[-1]), block, setting, ends=True))
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
