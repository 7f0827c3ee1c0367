"""What fills a surface or an outline: plain colours, gradients and repeated pictures, as Fabric defines them."""

from dataclasses import dataclass
from typing import Literal

from pressrun.domain.letters.canvas.colours import Colour
from pressrun.domain.letters.canvas.geometry import Matrix


@dataclass(frozen=True, slots=True)
class Stop:
    """A colour at a place on a gradient's way, from 0 to 1."""

    offset: float
    colour: Colour


@dataclass(frozen=True, slots=True)
class Gradient:
    """A linear or radial gradient; `start` and `end` are (x, y, radius), radius 0 for linear ones.

    In pixels from the painted box's top left, or as shares of its width and height where `percentage` is set.
    `transform` applies last, after the move by `offset` (Fabric's offsetX and offsetY).
    """

    kind: Literal["linear", "radial"]
    start: tuple[float, float, float]
    end: tuple[float, float, float]
    stops: tuple[Stop, ...]
    percentage: bool
    offset: tuple[float, float]
    transform: Matrix


@dataclass(frozen=True, slots=True)
class Pattern:
    """A raster (by its number in the design) repeated from the painted box's top left, moved by `offset`."""

    raster: int
    repeat: Literal["repeat", "repeat-x", "repeat-y", "no-repeat"]
    offset: tuple[float, float]
    transform: Matrix


Paint = Colour | Gradient | Pattern


@dataclass(frozen=True, slots=True)
class Pen:
    """How an outline is drawn; widths and dashes in the object's own pixels, or the canvas's when uniform."""

    paint: Paint
    width: float
    dashes: tuple[float, ...]
    dash_offset: float
    cap: Literal["butt", "round", "square"]
    join: Literal["miter", "round", "bevel"]
    miter_limit: float
    uniform: bool
