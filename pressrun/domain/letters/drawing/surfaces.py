"""Shapes and pictures as operators: fills, outlines, windows of a picture, and the ground behind any object."""

from collections.abc import Sequence

from pressrun.domain.letters.canvas.colours import BLACK
from pressrun.domain.letters.canvas.geometry import IDENTITY, compose, object_matrix, scales, scaling
from pressrun.domain.letters.canvas.objects import Drawable, Picture, Segment, Shape
from pressrun.domain.letters.canvas.paints import Pen
from pressrun.domain.letters.canvas.shapes import rect_path
from pressrun.domain.letters.drawing.bench import Bench, Surroundings, choose_ink
from pressrun.domain.letters.drawing.inks import Ink, Spot
from pressrun.domain.letters.drawing.operators import number, operands, use_state
from pressrun.domain.letters.drawing.path_writing import write_path, write_pen
from pressrun.domain.letters.drawing.stock import State


def paint_ground(drawable: Drawable, spot: Spot, bench: Bench, opacity: float) -> list[str]:
    """Fill the box behind an object, its outline's width included."""
    if drawable.ground is None or bench.ink:
        return []
    return [write_ground(choose_ink(drawable.ground, opacity, bench), spot, drawable.placement.stroke_width)]


def write_ground(ink: Ink, spot: Spot, grown: float) -> str:
    """Return the operators that fill a box, `grown` by the width of its outline."""
    box = box_path(spot.width + grown, spot.height + grown)
    return f"q {ink.fill(spot)} {operands(spot.matrix)} cm {box} f Q\n"


def box_path(width: float, height: float) -> str:
    return f"{number(-width / 2)} {number(-height / 2)} {number(width)} {number(height)} re"


def paint_shape(
    drawable: Drawable, shape: Shape, around: Surroundings, spot: Spot, bench: Bench, opacity: float
) -> list[str]:
    pieces: list[str] = []
    if shape.fill or (bench.ink and shape.path):
        ink = choose_ink(shape.fill or BLACK, opacity, bench)
        rule = "f*" if shape.even_odd else "f"
        path = write_path(shape.path, IDENTITY)
        pieces.append(f"q {ink.fill(spot)} {operands(spot.matrix)} cm {path} {rule} Q\n")
    if shape.pen and not bench.ink:
        pieces.append(stroke(shape.path, shape.pen, spot, uniform_scale(drawable, around, shape.pen), bench, opacity))
    return pieces[::-1] if shape.pen_first else pieces


def uniform_scale(drawable: Drawable, around: Surroundings, pen: Pen) -> tuple[float, float] | None:
    """Return the total scale that a uniform pen does not take part in."""
    if not pen.uniform:
        return None
    if around.matrix == IDENTITY:
        return abs(drawable.placement.scale_x), abs(drawable.placement.scale_y)
    return scales(compose(around.matrix, object_matrix(drawable.placement, 0.0, 0.0)))


def stroke(
    path: Sequence[Segment], pen: Pen, spot: Spot, uniform: tuple[float, float] | None, bench: Bench, opacity: float
) -> str:
    """Return the operators of an outline; the path takes part in a uniform pen's scale, the pen does not."""
    across, down = uniform or (1.0, 1.0)
    if not (across and down):
        return ""
    matrix = compose(spot.matrix, scaling(1 / across, 1 / down))
    ink = choose_ink(pen.paint, opacity, bench).stroke(spot)
    return f"q {ink} {operands(matrix)} cm {write_pen(pen)} {write_path(path, scaling(across, down))} S Q\n"


def paint_picture(
    drawable: Drawable, picture: Picture, around: Surroundings, spot: Spot, bench: Bench, opacity: float
) -> list[str]:
    """Draw the source rectangle about the centre; what the natural picture does not reach stays empty."""
    natural = bench.stock.rasters[picture.raster].colour
    width = min(picture.width, natural.width - picture.crop_x)
    height = min(picture.height, natural.height - picture.crop_y)
    pieces: list[str] = []
    if min(width, height) > 0:
        left, top = -picture.width / 2, -picture.height / 2
        state = bench.stock.state(State(alpha=opacity))
        window = ""
        if (width, height) != (natural.width, natural.height):
            window = f"{number(left)} {number(top)} {number(width)} {number(height)} re W n "
        x, y = left - picture.crop_x, top - picture.crop_y + natural.height
        pieces.append(
            f"q {use_state(state)}{operands(spot.matrix)} cm {window}"
            f"{natural.width} 0 0 -{natural.height} {number(x)} {number(y)} cm /I{picture.raster} Do Q\n"
        )
    if picture.pen and not bench.ink:
        outline = rect_path(picture.width, picture.height)
        uniform = uniform_scale(drawable, around, picture.pen)
        pieces.append(stroke(outline, picture.pen, spot, uniform, bench, opacity))
    return pieces[::-1] if picture.pen_first else pieces
