"""The constant part of a letter, drawn by ReportLab: every fill, outline, transform and transparency of a design.

Each form is drawn on a canvas of its own, in canvas pixels with y downwards; the letter's content stream turns the
whole over once. Images and fonts are ours (rasters.py, subsets.py) and are referred to by name.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from reportlab.pdfgen.canvas import FILL_EVEN_ODD, FILL_NON_ZERO, Canvas

from pressrun.domain.letters.colours import Colour
from pressrun.domain.letters.geometry import Matrix, object_matrix, scaling
from pressrun.domain.letters.objects import Pen, Picture, Segment, Shape
from pressrun.domain.letters.rasters import Raster
from pressrun.domain.letters.shapes import rect_path

_CAPS: Final = {"butt": 0, "round": 1, "square": 2}
_JOINS: Final = {"miter": 0, "round": 1, "bevel": 2}

Paint = Callable[[Canvas], None]


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms drawn so far, each a one-page PDF, in drawing order; groups come before what shows them."""

    size: tuple[float, float]
    rasters: Sequence[Raster]
    drawn: dict[str, bytes] = field(default_factory=dict)

    def draw(self, kind: str, paints: Sequence[Paint]) -> str:
        """Draw a form and return its name."""
        file = io.BytesIO()
        canvas = Canvas(file, pagesize=self.size, pageCompression=0, invariant=1)
        for paint in paints:
            canvas.saveState()
            paint(canvas)
            canvas.restoreState()
        canvas.showPage()
        canvas.save()
        name = f"{kind}{len(self.drawn)}"
        self.drawn[name] = file.getvalue()
        return name


def paint_background(colour: Colour, size: tuple[float, float]) -> Paint:
    def paint(canvas: Canvas) -> None:
        _set_fill(canvas, colour, 1.0)
        canvas.rect(0, 0, *size, stroke=0, fill=1)

    return paint


def paint_operators(operators: str, opacity: float) -> Paint:
    """Paint what is already written as PDF operators: static text."""

    def paint(canvas: Canvas) -> None:
        if opacity < 1:
            canvas.setFillAlpha(opacity)
        canvas.addLiteral(operators)

    return paint


def paint_shape(shape: Shape, forms: Forms) -> Paint | None:
    """Return what paints a shape, or None when nothing of it shows."""
    fill, pen = shape.fill, shape.pen
    if not shape.opacity or not (fill or pen) or not (shape.placement.scale_x and shape.placement.scale_y):
        return None
    matrix = object_matrix(shape.placement, shape.width, shape.height)
    steps: list[Callable[[Canvas, float], None]] = []
    if fill:
        steps.append(lambda canvas, opacity: _fill(canvas, shape, fill, opacity))
    if pen:
        scale = (shape.placement.scale_x, shape.placement.scale_y)
        steps.append(lambda canvas, opacity: _stroke(canvas, shape.path, pen, scale, opacity))
    if shape.pen_first:
        steps.reverse()
    return _flatten(matrix, steps, shape.opacity, forms)


def paint_picture(picture: Picture, forms: Forms) -> Paint | None:
    """Return what paints a picture, or None when its window shows nothing."""
    natural = forms.rasters[picture.raster].colour
    width = min(picture.width, natural.width - picture.crop_x)
    height = min(picture.height, natural.height - picture.crop_y)
    scale = (picture.placement.scale_x, picture.placement.scale_y)
    if min(width, height) <= 0 or not all(scale) or not picture.opacity:
        return None
    matrix = object_matrix(picture.placement, picture.width, picture.height)
    steps: list[Callable[[Canvas, float], None]] = [
        lambda canvas, opacity: _draw_window(canvas, picture, (width, height), forms, opacity)
    ]
    if pen := picture.pen:
        outline = rect_path(picture.width, picture.height)
        steps.append(lambda canvas, opacity: _stroke(canvas, outline, pen, scale, opacity))
    return _flatten(matrix, steps, picture.opacity, forms)


def _flatten(matrix: Matrix, steps: Sequence[Callable[[Canvas, float], None]], opacity: float, forms: Forms) -> Paint:
    """Blend the whole object, not its parts: a translucent object of several steps becomes a group."""

    def paint_steps(canvas: Canvas, opacity: float) -> None:
        canvas.transform(*matrix)
        for step in steps:
            canvas.saveState()
            step(canvas, opacity)
            canvas.restoreState()

    if opacity == 1 or len(steps) == 1:
        return lambda canvas: paint_steps(canvas, opacity)
    group = forms.draw("G", [lambda canvas: paint_steps(canvas, 1.0)])
    return paint_operators(f"/{group} Do", opacity)


def _fill(canvas: Canvas, shape: Shape, colour: Colour, opacity: float) -> None:
    _set_fill(canvas, colour, opacity)
    mode = FILL_EVEN_ODD if shape.even_odd else FILL_NON_ZERO
    _draw_path(canvas, shape.path, (1.0, 1.0), stroke=0, fill=1, fillMode=mode)


def _stroke(canvas: Canvas, path: Sequence[Segment], pen: Pen, scale: tuple[float, float], opacity: float) -> None:
    if not pen.uniform:
        scale = (1.0, 1.0)
    # A uniform pen is not scaled with its object: the path is, and the scale is taken back from the pen.
    canvas.transform(*scaling(1 / scale[0], 1 / scale[1]))
    canvas.setStrokeColorRGB(pen.colour.red, pen.colour.green, pen.colour.blue)
    if pen.colour.alpha * opacity < 1:
        canvas.setStrokeAlpha(pen.colour.alpha * opacity)
    canvas.setLineWidth(pen.width)
    canvas.setLineCap(_CAPS[pen.cap])
    canvas.setLineJoin(_JOINS[pen.join])
    canvas.setMiterLimit(max(1.0, pen.miter_limit))
    if pen.dashes:
        # PDF allows no negative phase; an odd pattern repeats after twice its length.
        canvas.setDash(list(pen.dashes), pen.dash_offset % (2 * sum(pen.dashes)))
    _draw_path(canvas, path, scale, stroke=1, fill=0)


def _set_fill(canvas: Canvas, colour: Colour, opacity: float) -> None:
    canvas.setFillColorRGB(colour.red, colour.green, colour.blue)
    if colour.alpha * opacity < 1:
        canvas.setFillAlpha(colour.alpha * opacity)


def _draw_path(canvas: Canvas, path: Sequence[Segment], scale: tuple[float, float], **how: int) -> None:
    drawn = canvas.beginPath()
    steps: Mapping[str, Callable[..., None]] = {
        "move": drawn.moveTo,
        "line": drawn.lineTo,
        "curve": drawn.curveTo,
        "close": drawn.close,
    }
    for segment in path:
        steps[segment.kind](*(number for x, y in segment.points for number in (x * scale[0], y * scale[1])))
    canvas.drawPath(drawn, **how)


def _draw_window(canvas: Canvas, picture: Picture, size: tuple[float, float], forms: Forms, opacity: float) -> None:
    """Draw the source rectangle about the centre; what the natural picture does not reach stays empty."""
    natural = forms.rasters[picture.raster].colour
    left, top = -picture.width / 2, -picture.height / 2
    if opacity < 1:
        canvas.setFillAlpha(opacity)
    if size != (natural.width, natural.height):
        window = canvas.beginPath()
        window.rect(left, top, *size)
        canvas.clipPath(window, stroke=0, fill=0)
    x, y = left - picture.crop_x, top - picture.crop_y + natural.height
    canvas.transform(natural.width, 0, 0, -natural.height, x, y)
    canvas.addLiteral(f"/I{picture.raster} Do")
