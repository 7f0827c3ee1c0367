"""Paints as operators: plain colours with their alpha, gradients and patterns with objects of their own."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from pressrun.domain.letters.canvas.colours import Colour
from pressrun.domain.letters.canvas.geometry import IDENTITY, compose, translation
from pressrun.domain.letters.canvas.paints import Gradient, Paint, Pattern
from pressrun.domain.letters.drawing.gradients import anchor, is_translucent, write_alpha, write_shading
from pressrun.domain.letters.drawing.inks import Ink, Spot
from pressrun.domain.letters.drawing.operators import number, operands, use_state
from pressrun.domain.letters.drawing.stock import Slot, State, Stock
from pressrun.domain.letters.drawing.tiling import Cell, plan_cell
from pressrun.domain.letters.images.joining import join_tiles

# Far enough for any page with what hangs over its edges, in canvas pixels.
EVERYWHERE: Final = "-100000 -100000 200000 200000"
# Pixels of a joined tile's side: a line of text takes one or two, and the picture stays under half a megapixel.
_BLOCK: Final = 600
# Half of 1/255, and as much more as rounding to five decimals may take away.
_HALF_LEVEL: Final = 0.502 / 255


@dataclass(frozen=True, slots=True)
class InkPlan:
    """How one paint of a varying text is put down: the name of its alpha, and places for what a gradient needs.

    `slots` are pattern, mask state and mask form, the last two only for gradients with alpha. `tile` is the size of
    a repeated picture in its own pixels.
    """

    paint: Paint
    state: str | None
    slots: tuple[Slot, ...] = ()
    tile: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class ColourInk:
    """One colour; `before` sets its alpha."""

    colour: str
    before: str

    @property
    def plain(self) -> bool:
        return not self.before

    def fill(self, _spot: Spot) -> str:
        return f"{self.before}{self.colour} rg"

    def stroke(self, _spot: Spot) -> str:
        return f"{self.before}{self.colour} RG"


@dataclass(frozen=True, slots=True)
class PatternInk:
    """A gradient or repeated picture; `place` keeps it for a spot and names its pattern and, with alpha, its mask."""

    before: str
    place: Callable[[Spot], tuple[str, str | None]]
    plain: bool = False

    def fill(self, spot: Spot) -> str:
        return self._write(spot, "/Pattern cs", "scn")

    def stroke(self, spot: Spot) -> str:
        return self._write(spot, "/Pattern CS", "SCN")

    def _write(self, spot: Spot, space: str, use: str) -> str:
        name, mask = self.place(spot)
        return f"{self.before}{use_state(mask)}{space} /{name} {use}"


def colour_ink(colour: Colour, state: str | None) -> ColourInk:
    written = f"{number(colour.red)} {number(colour.green)} {number(colour.blue)}"
    return ColourInk(written, use_state(state))


def stock_ink(paint: Paint, opacity: float, stock: Stock, *, veiled: bool = False) -> Ink:
    """Return the ink of a static object, which keeps what it needs in the stock.

    `veiled` says that the object is laid down translucent as a whole.
    """
    if isinstance(paint, Colour):
        state = stock.state(State(alpha=paint.alpha * opacity))
        return colour_ink(_lift(paint) if state or veiled else paint, state)
    state = stock.state(State(alpha=opacity))
    return PatternInk(use_state(state), lambda spot: _keep(paint, spot, stock))


def plan_ink(paint: Paint, opacity: float, stock: Stock, *, veiled: bool = False) -> InkPlan:
    """Plan the ink of a varying text."""
    if isinstance(paint, Colour):
        state = stock.state(State(alpha=paint.alpha * opacity))
        return InkPlan(_lift(paint) if state or veiled else paint, state)
    if isinstance(paint, Pattern):
        block = _keep_block(paint, stock)
        tile = stock.rasters[block.raster].colour
        return InkPlan(block, stock.state(State(alpha=opacity)), (stock.slot("Pattern"),), (tile.width, tile.height))
    slots = [stock.slot("Pattern")]
    if is_translucent(paint):
        slots += [stock.slot("ExtGState"), stock.slot("XObject")]
    return InkPlan(paint, stock.state(State(alpha=opacity)), tuple(slots))


def _lift(colour: Colour) -> Colour:
    """Return the colour half a level lighter: viewers cut blended levels off where a canvas rounds them.

    PDFium and poppler draw 80 % of level 221 over white as 227, a browser as 228.
    """
    red, green, blue = (min(1.0, part + _HALF_LEVEL) for part in (colour.red, colour.green, colour.blue))
    return Colour(red, green, blue, colour.alpha)


def mask_content(pattern: str, box: str) -> str:
    """Return the operators of a form that paints a gray gradient all over."""
    return f"/Pattern cs /{pattern} scn {box} re f"


def _keep(paint: Gradient | Pattern, spot: Spot, stock: Stock) -> tuple[str, str | None]:
    if isinstance(paint, Pattern):
        return _keep_tile(paint, spot, stock), None
    name = stock.pattern(write_shading(paint, spot, IDENTITY))
    if not is_translucent(paint):
        return name, None
    gray = stock.pattern(write_alpha(paint, spot, IDENTITY))
    form = stock.form(mask_content(gray, EVERYWHERE), "K")
    return name, stock.state(State(mask=form, luminous=True))


def _keep_block(paint: Pattern, stock: Stock) -> Pattern:
    """Return the pattern with its tiles joined into large ones, of which a letter names but a few."""
    raster = stock.rasters[paint.raster]
    columns = _count(raster.colour.width) if paint.repeat in {"repeat", "repeat-x"} else 1
    rows = _count(raster.colour.height) if paint.repeat in {"repeat", "repeat-y"} else 1
    joined = join_tiles(raster, Cell(0, 0, columns, rows, (1, 1)))
    if joined is None:
        return paint
    stock.raster(joined)
    return replace(paint, raster=len(stock.rasters) - 1)


def _count(side: int) -> int:
    return max(1, _BLOCK // side)


def _keep_tile(paint: Pattern, spot: Spot, stock: Stock) -> str:
    """Keep a repeated picture, its tiles joined where that can be."""
    raster = stock.rasters[paint.raster]
    width, height = raster.colour.width, raster.colour.height
    cell = plan_cell(paint, (width, height), spot)
    place = anchor(paint, spot)
    joined = join_tiles(raster, cell)
    if joined is None:
        return stock.tile(paint, cell, operands(place))
    whole = replace(paint, raster=len(stock.rasters))
    stock.raster(joined)
    start = compose(place, translation(cell.left * width, cell.top * height))
    return stock.tile(whole, Cell(0, 0, 1, 1, cell.steps), operands(start))
