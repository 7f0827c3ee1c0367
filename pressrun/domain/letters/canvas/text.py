"""A text object as read: its template, the styles of its characters and how its lines are set."""

from dataclasses import dataclass, replace
from typing import Literal

from pressrun.domain.letters.canvas.colours import BLACK
from pressrun.domain.letters.canvas.paints import Paint, Pen
from pressrun.domain.letters.canvas.placeholders import Template

Align = Literal["left", "center", "right", "justify", "justify-left", "justify-center", "justify-right"]
Overflow = Literal["as_designed", "shrink", "clip", "fail"]


@dataclass(frozen=True, slots=True)
class TextStyle:
    """How a run of characters is drawn; sizes in the object's own pixels, paints by number in the block's `paints`.

    `faces` are numbers in the design's faces: the one wished for, then those that stand in for what it lacks.
    `pen_width` is None where nothing is stroked. `thickness` of bars is in thousandths of the object's size,
    `decoration` their paint. `rise` is Fabric's deltaY: downwards.
    """

    faces: tuple[int, ...]
    size: float
    fill: int | None
    stroke: int | None = None
    pen_width: float | None = None
    underline: bool = False
    overline: bool = False
    linethrough: bool = False
    thickness: float = 66.667
    decoration: int | None = None
    rise: float = 0.0
    ground: int | None = None


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A text; `wrap` is the box width of a Textbox and None for texts that break only at newlines.

    `template` is cut so that each part has one style: part i has `styles[part_styles[i]]`, and styles[0] is the
    object's own. `pen` has the joins, caps and dashes of outlines (its paint and width are not used). `spacing` is
    in pixels after each character. `fixed_bars` is Fabric up to 5, whose bars keep their tops whatever their
    thickness. `box_width` and `box_height` are as saved: what `overflow` measures against. `floor` is the smallest
    share of its size to which an overflowing text may shrink.
    """

    template: Template
    part_styles: tuple[int, ...]
    styles: tuple[TextStyle, ...]
    paints: tuple[Paint, ...]
    pen: Pen | None
    pen_first: bool
    line_height: float
    spacing: float
    align: Align
    wrap: float | None
    by_grapheme: bool
    widens: bool
    splits_marks: bool
    right_to_left: bool
    fixed_bars: bool = False
    overflow: Overflow = "as_designed"
    box_width: float | None = None
    box_height: float | None = None
    floor: float = 0.5
    may_leave_page: bool = False


def silhouette(block: TextBlock) -> TextBlock:
    """Return a text as a clip takes it: filled also where it is hollow, and not outlined."""
    styles = tuple(replace(style, fill=style.fill or 0) for style in block.styles)
    return replace(block, styles=styles, paints=block.paints or (BLACK,), pen=None)
