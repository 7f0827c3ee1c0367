"""Whether a laid-out text stays where it may: on the trimmed page, and inside the box it was saved with."""

from collections.abc import Callable, Iterable
from typing import Final, Literal, NamedTuple

from pressrun.domain.letters.canvas.geometry import Matrix, apply
from pressrun.domain.letters.canvas.text import TextBlock
from pressrun.domain.letters.drawing.inks import Spot
from pressrun.domain.letters.typography.layout import LINE, Layout, line_offset

# Left, top, right, bottom.
Box = tuple[float, float, float, float]

# Half a canvas pixel: less than a cutting machine's own error (about 0.5 mm).
OFF_PAGE: Final = 0.5
# Saved sizes are rounded: Fabric 5 keeps two decimals.
ROUNDED: Final = 0.02
# Steps of half a hundredth of the size: no reader sees which of two neighbours was taken.
_STEPS: Final = 200


class SetText(NamedTuple):
    """Operators in canvas pixels (y down) that leave no state behind but a colour and a font, and the text's place."""

    operators: str
    spot: Spot


class Misfit(NamedTuple):
    """Why a text is not set."""

    code: Literal["text_off_page", "text_overflow"]


def is_inside(matrix: Matrix, extent: Box, page: Box) -> bool:
    left, top, right, bottom = extent
    page_left, page_top, page_right, page_bottom = page
    for x, y in ((left, top), (right, top), (right, bottom), (left, bottom)):
        at_x, at_y = apply(matrix, x, y)
        if not (page_left - OFF_PAGE <= at_x <= page_right + OFF_PAGE):
            return False
        if not (page_top - OFF_PAGE <= at_y <= page_bottom + OFF_PAGE):
            return False
    return True


def extent_of(block: TextBlock, layout: Layout) -> Box | None:
    """Return the box of the lines with something on them, from the block's top left; None when there are none."""
    boxes = list(_line_boxes(block, layout))
    if not boxes:
        return None
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _line_boxes(block: TextBlock, layout: Layout) -> Iterable[Box]:
    top = 0.0
    for line in layout.lines:
        height = LINE * line.size
        if any(piece.text != " " for piece in line.pieces):
            start = line_offset(block, line, layout.width)
            width = layout.width if line.stretched else line.width
            left = layout.width + start - width if block.right_to_left else start
            yield left, top, left + width, top + height
        top += height * block.line_height


def fits(block: TextBlock, layout: Layout, share: float) -> bool:
    """Say whether a text drawn at this share of its size stays in its box: a Text in its width, a Textbox in both."""
    if block.box_width is None or block.box_height is None:
        return True
    if layout.width * share > block.box_width + ROUNDED:
        return False
    return block.wrap is None or layout.height * share <= block.box_height + ROUNDED


def shrink(block: TextBlock, lay: Callable[[float], Layout]) -> tuple[Layout, float] | None:
    """Return the layout at the largest share of its size that fits, and the share; None where the floor does not.

    `lay` lays out for a share. Widths grow with the size, so a smaller share of a size is a wider box at that size.
    """
    least, most = round(block.floor * _STEPS), _STEPS
    smallest = lay(least / _STEPS)
    if not fits(block, smallest, least / _STEPS):
        return None
    best = smallest, least / _STEPS
    least += 1
    while least <= most:
        middle = (least + most) // 2
        share = middle / _STEPS
        layout = lay(share)
        if fits(block, layout, share):
            best, least = (layout, share), middle + 1
        else:
            most = middle - 1
    return best
