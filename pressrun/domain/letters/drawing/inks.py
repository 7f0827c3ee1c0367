"""What a text's glyphs and bars are coloured with: operators that depend on the text's place only for gradients."""

from typing import NamedTuple, Protocol

from pressrun.domain.letters.canvas.geometry import Matrix


class Spot(NamedTuple):
    """Where a laid-out block stands: from coordinates about its centre to canvas pixels, and its size."""

    matrix: Matrix
    width: float
    height: float


class Ink(Protocol):
    """A paint of a text, with alpha; what is not `plain` sets more than the colour and is put between q and Q.

    Its operators stand where canvas pixels hold, before any matrix of the object's own: masks are bound to that.
    """

    @property
    def plain(self) -> bool:
        """Whether the operators set nothing but the colour, the same at every spot."""
        ...

    def fill(self, spot: Spot) -> str:
        """Return operators that make this the fill colour (and alpha)."""
        ...

    def stroke(self, spot: Spot) -> str:
        """Return operators that make this the outline's colour (and alpha)."""
        ...
