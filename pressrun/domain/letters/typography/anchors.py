"""Where a text of any size stands: both its centre and its corner move evenly with its width and height."""

from typing import NamedTuple

from pressrun.domain.letters.canvas.geometry import Matrix, Placement, compose, object_matrix


class Anchor(NamedTuple):
    """The matrix of an object on the canvas but for its size: (e, f) is `origin` plus so much for each pixel."""

    turn: tuple[float, float, float, float]
    origin: tuple[float, float]
    by_width: tuple[float, float]
    by_height: tuple[float, float]

    def at(self, width: float, height: float) -> Matrix:
        """Return the matrix from coordinates of these axes to canvas pixels."""
        return (
            *self.turn,
            self.origin[0] + self.by_width[0] * width + self.by_height[0] * height,
            self.origin[1] + self.by_width[1] * width + self.by_height[1] * height,
        )


def anchor_centre(placement: Placement, outer: Matrix) -> Anchor:
    """Return the place of a text's centre; `outer` is the matrix of the groups around it."""
    a, b, c, d, e, f = compose(outer, object_matrix(placement, 0.0, 0.0))
    # A placement is linear in both sizes (geometry.py), so two more probes tell all of it.
    *_, wide_e, wide_f = compose(outer, object_matrix(placement, 1.0, 0.0))
    *_, high_e, high_f = compose(outer, object_matrix(placement, 0.0, 1.0))
    return Anchor((a, b, c, d), (e, f), (wide_e - e, wide_f - f), (high_e - e, high_f - f))


def anchor_corner(centre: Anchor) -> Anchor:
    """Return the place of the top left corner of a text whose centre is known."""
    a, b, c, d = centre.turn
    by_width = (centre.by_width[0] - a / 2, centre.by_width[1] - b / 2)
    by_height = (centre.by_height[0] - c / 2, centre.by_height[1] - d / 2)
    return Anchor(centre.turn, centre.origin, by_width, by_height)
