"""Where an object stands on the canvas: Fabric's placement as an affine matrix.

A matrix is (a, b, c, d, e, f) as in PDF: x' = a x + c y + e, y' = b x + d y + f. The canvas has y downwards.
"""

import math
from dataclasses import dataclass

Matrix = tuple[float, float, float, float, float, float]
Point = tuple[float, float]

IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Placement:
    """Fabric's own properties: angle and skews in degrees, origins as -0.5 (left, top), 0 or 0.5.

    `bare` says whether the size across and down leaves out the stroke.
    """

    left: float
    top: float
    origin_x: float
    origin_y: float
    angle: float
    scale_x: float
    scale_y: float
    flip_x: bool
    flip_y: bool
    skew_x: float
    skew_y: float
    stroke_width: float
    stroke_uniform: bool
    bare: tuple[bool, bool] = (False, False)


def compose(outer: Matrix, inner: Matrix) -> Matrix:
    """Return the matrix that applies `inner` first."""
    a, b, c, d, e, f = outer
    k, l, m, n, o, p = inner  # noqa: E741 - the second six of twelve coefficients
    return (a * k + c * l, b * k + d * l, a * m + c * n, b * m + d * n, a * o + c * p + e, b * o + d * p + f)


def apply(matrix: Matrix, x: float, y: float) -> Point:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def translation(x: float, y: float) -> Matrix:
    return (1.0, 0.0, 0.0, 1.0, x, y)


def invert(matrix: Matrix) -> Matrix | None:
    """Return the inverse, or None when the matrix flattens the plane."""
    a, b, c, d, e, f = matrix
    area = a * d - b * c
    if not area:
        return None
    return (d / area, -b / area, -c / area, a / area, (c * f - d * e) / area, (b * e - a * f) / area)


def scales(matrix: Matrix) -> Point:
    """Return the absolute scales across and down as Fabric 7.4 `qrDecompose` finds them."""
    a, b, c, d, _, _ = matrix
    across = math.hypot(a, b)
    return across, abs(a * d - b * c) / across if across else 0.0


def scaling(x: float, y: float) -> Matrix:
    return (x, 0.0, 0.0, y, 0.0, 0.0)


def rotation(degrees: float) -> Matrix:
    turn = math.radians(degrees)
    return (math.cos(turn), math.sin(turn), -math.sin(turn), math.cos(turn), 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Frame:
    """What of a placement does not depend on the object's size, so that a text of any width is placed quickly."""

    placement: Placement
    turn: Matrix
    dimensions: Matrix
    own: Matrix

    def at(self, width: float, height: float) -> Matrix:
        """Return the matrix from coordinates about the object's centre to the canvas.

        Fabric 7.4 `calcOwnMatrix`: translate to the centre, rotate, scale with flips, skew x, skew y.
        """
        place = self.placement
        full_width, full_height = self._outer_size(width, height)
        dx, dy = apply(self.turn, -place.origin_x * full_width, -place.origin_y * full_height)
        a, b, c, d, _, _ = self.own
        return (a, b, c, d, place.left + dx, place.top + dy)

    def _outer_size(self, width: float, height: float) -> tuple[float, float]:
        """Return the size that origins refer to: with stroke, scale and skew, before rotation."""
        place = self.placement
        inside, outside = (0.0, place.stroke_width) if place.stroke_uniform else (place.stroke_width, 0.0)
        a, b, c, d, _, _ = self.dimensions
        bare_across, bare_down = place.bare
        wide, high = width + (0.0 if bare_across else inside), height + (0.0 if bare_down else inside)
        return abs(a) * wide + abs(c) * high + outside, abs(b) * wide + abs(d) * high + outside


def frame(placement: Placement) -> Frame:
    turn = rotation(placement.angle)
    own = compose(turn, _dimensions(placement, flipped=True))
    return Frame(placement, turn, _dimensions(placement, flipped=False), own)


def object_matrix(placement: Placement, width: float, height: float) -> Matrix:
    return frame(placement).at(width, height)


def _dimensions(placement: Placement, *, flipped: bool) -> Matrix:
    sign_x = -1.0 if flipped and placement.flip_x else 1.0
    sign_y = -1.0 if flipped and placement.flip_y else 1.0
    skew_x = (1.0, 0.0, math.tan(math.radians(placement.skew_x)), 1.0, 0.0, 0.0)
    skew_y = (1.0, math.tan(math.radians(placement.skew_y)), 0.0, 1.0, 0.0, 0.0)
    scale = scaling(placement.scale_x * sign_x, placement.scale_y * sign_y)
    return compose(scale, compose(skew_x, skew_y))
