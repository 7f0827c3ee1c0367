"""Clip paths: shapes limit as vector paths, everything else through a soft mask."""

from collections.abc import Callable
from typing import NamedTuple

from pressrun.domain.letters.canvas.geometry import Matrix, compose, invert, object_matrix
from pressrun.domain.letters.canvas.objects import Clip, Drawable, Shape
from pressrun.domain.letters.canvas.text import TextBlock
from pressrun.domain.letters.drawing.inking import EVERYWHERE
from pressrun.domain.letters.drawing.operators import operands
from pressrun.domain.letters.drawing.path_writing import write_path
from pressrun.domain.letters.drawing.stock import State, Stock

# Draws a static object in black in the plane that a matrix leads out of.
Silhouette = Callable[[Drawable, Matrix], str]


class Clipping(NamedTuple):
    """Operators that limit what follows; they hold in canvas pixels, or in the limited text's plane."""

    operators: str
    follows: bool


def write_clip(clip: Clip, plane: Matrix, stock: Stock, silhouette: Silhouette) -> str:
    """Return the operators that limit what follows to a clip path; `plane` leads from its plane to where they stand."""
    shape = clip.shape
    nested = write_clip(shape.clip, plane_inside(shape, plane), stock, silhouette) if shape.clip else ""
    if isinstance(shape.content, Shape) and not clip.inverted:
        return nested + _write_path(shape, shape.content, plane)
    bare = Drawable(shape.where, shape.placement, shape.content)
    drawn = silhouette(bare, plane)
    if nested:
        drawn = f"q {nested}{drawn}Q\n"
    if not clip.inverted:
        mask = State(mask=stock.form(drawn, "G"))
    else:
        white = f"1 g {EVERYWHERE} re f\n"
        mask = State(mask=stock.form(white + drawn, "K"), luminous=True)
    return f"/{stock.state(mask)} gs "


def plane_inside(shape: Drawable, plane: Matrix) -> Matrix:
    """Return the plane of a clip path's own clip path; a text's is taken about its origin."""
    content = shape.content
    width, height = (0.0, 0.0) if isinstance(content, TextBlock) else (content.width, content.height)
    return compose(plane, object_matrix(shape.placement, width, height))


def _write_path(drawable: Drawable, shape: Shape, plane: Matrix) -> str:
    matrix = compose(plane, object_matrix(drawable.placement, shape.width, shape.height))
    return f"{write_path(shape.path, matrix)} {'W*' if shape.even_odd else 'W'} n "


def limit(operators: str, clip: Clipping) -> str:
    return f"q {clip.operators}\n{operators}Q\n" if clip.operators else operators


def limit_following(operators: str, clip: str, plane: Matrix) -> str:
    """Limit operators in canvas pixels by a clip that stands in another plane; nothing shows if that is flat."""
    back = invert(plane)
    if back is None:
        return ""
    return f"q {operands(plane)} cm {clip}{operands(back)} cm\n{operators}Q\n"
