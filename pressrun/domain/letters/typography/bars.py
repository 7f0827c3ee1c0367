"""Lines under, over and through a text, and the grounds behind it, as Fabric draws them: filled rectangles."""

from collections.abc import Iterator, Sequence
from typing import Final, Literal

from pressrun.domain.letters.canvas.text import TextBlock, TextStyle
from pressrun.domain.letters.drawing.operators import number
from pressrun.domain.letters.typography.coats import Coat
from pressrun.domain.letters.typography.rows import Row, Span, find_spans

Bar = Literal["underline", "overline", "linethrough"]

# Where the top of a bar is from the baseline: a share of the character's size (Fabric's `offsets`), and how much of
# its own thickness goes off that. Since 6 a thicker line through grows from its middle, one over the text upwards.
_TOPS: Final = {"underline": (0.1, 0.0), "linethrough": (-0.28167, 0.5), "overline": (-0.81333, 1.0)}
_FIXED_TOPS: Final = {"underline": (0.1, 0.0), "linethrough": (-0.315, 0.0), "overline": (-0.88, 0.0)}
_FIXED_THICKNESS: Final = 1 / 15


def draw_grounds(block: TextBlock, rows: Sequence[Row], width: float) -> Iterator[Coat]:
    """Yield boxes of each line's height behind the characters that have a ground; `width` is the block's."""
    if all(style.ground is None for style in block.styles):
        return
    for row in rows:
        for span in find_spans(row, block.styles, lambda style: style.ground):
            if span.style.ground is not None:
                rect = _rect(block, row, span, width, row.top, row.height)
                yield Coat(span.style.ground, kind="rect", operators=rect)


def draw_bars(block: TextBlock, rows: Sequence[Row], width: float, bar: Bar) -> Iterator[Coat]:
    """Yield one kind of bar; `width` is the block's."""
    if not any(getattr(style, bar) for style in block.styles):
        return
    share, part = (_FIXED_TOPS if block.fixed_bars else _TOPS)[bar]
    for row in rows:
        spans = list(find_spans(row, block.styles, lambda style: _looks(style, bar)))
        # The spacing after the last character of a line is not drawn under.
        spans[-1] = spans[-1]._replace(width=spans[-1].width - block.spacing)
        for span in spans:
            style, thickness = span.style, _thickness(block, span.style)
            colour = style.fill if style.decoration is None else style.decoration
            if getattr(style, bar) and colour is not None and thickness:
                top = row.baseline + share * style.size + style.rise - part * thickness
                yield Coat(colour, kind="rect", operators=_rect(block, row, span, width, top, thickness))


def _looks(style: TextStyle, bar: Bar) -> tuple[object, ...]:
    """Return what begins a new bar where it changes."""
    return getattr(style, bar), style.fill, style.decoration, style.size, style.thickness, style.rise


def _thickness(block: TextBlock, style: TextStyle) -> float:
    """Return a bar's thickness: it follows the object's size, not the character's."""
    return block.styles[0].size * (_FIXED_THICKNESS if block.fixed_bars else style.thickness / 1000)


def _rect(block: TextBlock, row: Row, span: Span, width: float, top: float, height: float) -> str:
    left, right = row.shift + span.start, row.shift + span.start + span.width
    if block.right_to_left:
        # Fabric mirrors the whole block here, the line's shift with it, so bars of a shifted line miss its glyphs; and
        # what it draws is cut at half the object's size beyond the block.
        edge = block.styles[0].size / 2
        left, right = max(width - right, -edge), min(width - left, width + edge)
    return f"{number(left)} {number(top)} {number(max(right - left, 0.0))} {number(height)} re f"
