"""The objects of a design as read: frozen, checked, in canvas pixels about their own centres."""

from dataclasses import dataclass
from typing import Literal

from pressrun.domain.letters.canvas.colours import Colour
from pressrun.domain.letters.canvas.geometry import Placement, Point
from pressrun.domain.letters.canvas.paints import Paint, Pen
from pressrun.domain.letters.canvas.placeholders import slots_of
from pressrun.domain.letters.canvas.text import TextBlock
from pressrun.domain.letters.symbols.codes import CodeBox


@dataclass(frozen=True, slots=True)
class Segment:
    """One step of a path: `move` and `line` have one point, `curve` (cubic) three, `close` none."""

    kind: Literal["move", "line", "curve", "close"]
    points: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """A path with a fill, an outline or both; width and height are the box gradients refer to."""

    width: float
    height: float
    path: tuple[Segment, ...]
    fill: Paint | None
    even_odd: bool
    pen: Pen | None
    pen_first: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """A raster picture: the window at (crop_x, crop_y) in natural pixels is drawn on width x height."""

    width: float
    height: float
    crop_x: float
    crop_y: float
    raster: int
    pen: Pen | None
    pen_first: bool = False


@dataclass(frozen=True, slots=True)
class VariablePicture:
    """The place of a picture whose asset name is a variable's value; width and height are of the placeholder."""

    variable: str
    width: float
    height: float
    fit: Literal["fill", "cover", "contain"]
    filters: tuple["Filter", ...]
    pen: Pen | None
    pen_first: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """One step of an image's processing: Fabric's filter type in lower case and its numbers in a fixed order."""

    kind: str
    values: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Objects in the group's own plane, about its centre; width and height are as saved."""

    width: float
    height: float
    children: tuple["Drawable", ...]


@dataclass(frozen=True, slots=True)
class Shadow:
    """A copy of the flattened object in one colour, blurred; offsets and blur in canvas pixels.

    Unless `unscaled`, they grow with the object's total scale; they never turn with it.
    """

    colour: Colour
    blur: float
    offset_x: float
    offset_y: float
    unscaled: bool


@dataclass(frozen=True, slots=True)
class Clip:
    """What limits an object: in the plane about the object's centre, or the canvas's where `absolute`."""

    shape: "Drawable"
    inverted: bool
    absolute: bool


Content = Shape | Picture | VariablePicture | TextBlock | CodeBox | Group


@dataclass(frozen=True, slots=True)
class Drawable:
    """An object of the canvas: where it stands, what it shows and how that is laid on what is below.

    `where` names it in messages; `blend` is a PDF blend mode; `ground` is Fabric's backgroundColor.
    """

    where: str
    placement: Placement
    content: Content
    opacity: float = 1.0
    blend: str = "Normal"
    ground: Colour | None = None
    shadow: Shadow | None = None
    clip: Clip | None = None


def varies(content: Content) -> bool:
    """Say whether a recipient's values change what is drawn."""
    if isinstance(content, TextBlock):
        return bool(slots_of(content.template))
    if isinstance(content, CodeBox):
        return bool(slots_of(content.content))
    if isinstance(content, Group):
        return any(varies(child.content) for child in content.children)
    return isinstance(content, VariablePicture)
