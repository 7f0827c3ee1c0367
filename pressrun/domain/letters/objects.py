"""The objects of a design as read: frozen, checked, in canvas pixels about their own centres."""

from dataclasses import dataclass
from typing import Literal

from pressrun.domain.letters.colours import Colour
from pressrun.domain.letters.geometry import Placement, Point
from pressrun.domain.letters.placeholders import Template

Align = Literal["left", "center", "right", "justify", "justify-left", "justify-center", "justify-right"]


@dataclass(frozen=True, slots=True)
class Segment:
    """One step of a path: `move` and `line` have one point, `curve` (cubic) three, `close` none."""

    kind: Literal["move", "line", "curve", "close"]
    points: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class Pen:
    """How an outline is drawn; widths and dashes in the object's own pixels, or the canvas's when uniform."""

    colour: Colour
    width: float
    dashes: tuple[float, ...]
    dash_offset: float
    cap: Literal["butt", "round", "square"]
    join: Literal["miter", "round", "bevel"]
    miter_limit: float
    uniform: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """A path with a fill, an outline or both; `opacity` applies to the flattened whole."""

    placement: Placement
    width: float
    height: float
    path: tuple[Segment, ...]
    fill: Colour | None
    even_odd: bool
    pen: Pen | None
    pen_first: bool
    opacity: float


@dataclass(frozen=True, slots=True)
class Picture:
    """A raster picture: the window at (crop_x, crop_y) in natural pixels is drawn on width x height."""

    placement: Placement
    width: float
    height: float
    crop_x: float
    crop_y: float
    raster: int
    pen: Pen | None
    opacity: float


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A text; `wrap` is the box width of a Textbox and None for texts that break only at newlines.

    `substitutes` are the characters its face lacks, each with the number of the face that stands in.
    """

    where: str
    placement: Placement
    template: Template
    face: int
    substitutes: tuple[tuple[str, int], ...]
    size: float
    line_height: float
    spacing: float
    align: Align
    wrap: float | None
    by_grapheme: bool
    widens: bool
    splits_marks: bool
    colour: Colour
    opacity: float


@dataclass(frozen=True, slots=True)
class QrBox:
    """The place of a QR code whose content is a variable's value."""

    placement: Placement
    width: float
    height: float
    variable: str
    opacity: float


Drawable = Shape | Picture | TextBlock | QrBox
