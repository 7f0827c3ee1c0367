"""Gradients as PDF shading patterns (PDF 1.7, 8.7.4.5.3 axial and radial, 7.10 functions)."""

from collections.abc import Callable, Sequence
from itertools import pairwise

from pressrun.domain.letters.canvas.geometry import Matrix, compose, scaling, translation
from pressrun.domain.letters.canvas.paints import Gradient, Pattern, Stop
from pressrun.domain.letters.drawing.inks import Spot
from pressrun.domain.letters.drawing.operators import number, operands


def is_translucent(gradient: Gradient) -> bool:
    return any(stop.colour.alpha < 1 for stop in gradient.stops)


def write_shading(gradient: Gradient, spot: Spot, opening: Matrix) -> str:
    """Return the dictionary of a pattern in the colours of the gradient.

    `opening` goes from canvas pixels to the space of the content stream that uses it.
    """
    return _write(gradient, spot, opening, "DeviceRGB", _rgb)


def write_alpha(gradient: Gradient, spot: Spot, opening: Matrix) -> str:
    """Return the dictionary of a pattern whose gray is the gradient's alpha."""
    return _write(gradient, spot, opening, "DeviceGray", lambda stop: number(stop.colour.alpha))


def anchor(paint: Gradient | Pattern, spot: Spot) -> Matrix:
    """Return the matrix from the paint's own coordinates to canvas pixels.

    Fabric 7.4 `_applyPatternGradientTransform`: box, offset, unit square for percentages, own transform.
    """
    x, y = paint.offset
    placed = compose(spot.matrix, translation(x - spot.width / 2, y - spot.height / 2))
    if isinstance(paint, Gradient) and paint.percentage:
        placed = compose(placed, scaling(spot.width, spot.height))
    return compose(placed, paint.transform)


def _write(gradient: Gradient, spot: Spot, opening: Matrix, space: str, shade: Callable[[Stop], str]) -> str:
    x1, y1, r1 = gradient.start
    x2, y2, r2 = gradient.end
    ends = (x1, y1, x2, y2) if gradient.kind == "linear" else (x1, y1, r1, x2, y2, r2)
    kind = 2 if gradient.kind == "linear" else 3
    matrix = compose(opening, anchor(gradient, spot))
    return (
        f"<</PatternType 2/Matrix[{operands(matrix)}]/Shading<</ShadingType {kind}/ColorSpace/{space}"
        f"/Coords[{' '.join(map(number, ends))}]/Extend[true true]/Function {_function(gradient.stops, shade)}>>>>"
    )


def _function(stops: Sequence[Stop], shade: Callable[[Stop], str]) -> str:
    """Stitch one linear piece between each two stops; stops in one place make a hard edge and no piece."""
    ordered = [Stop(0.0, stops[0].colour), *stops, Stop(1.0, stops[-1].colour)]
    pieces = [(left, right) for left, right in pairwise(ordered) if right.offset > left.offset]
    functions = " ".join(_linear(shade(left), shade(right)) for left, right in pieces)
    bounds = " ".join(number(left.offset) for left, _ in pieces[1:])
    encode = " ".join(["0 1"] * len(pieces))
    return f"<</FunctionType 3/Domain[0 1]/Bounds[{bounds}]/Encode[{encode}]/Functions[{functions}]>>"


def _linear(start: str, end: str) -> str:
    return f"<</FunctionType 2/Domain[0 1]/N 1/C0[{start}]/C1[{end}]>>"


def _rgb(stop: Stop) -> str:
    colour = stop.colour
    return f"{number(colour.red)} {number(colour.green)} {number(colour.blue)}"
