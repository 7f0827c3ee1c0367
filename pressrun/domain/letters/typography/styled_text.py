"""Setting a text of any look: several styles, outlines, bars, gradients, any script, shrunk or cut at its box."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pressrun.domain.letters.canvas.geometry import Matrix, apply, compose, scaling
from pressrun.domain.letters.drawing.inks import Ink, Spot
from pressrun.domain.letters.drawing.operators import number
from pressrun.domain.letters.typography.anchors import Anchor
from pressrun.domain.letters.typography.bars import draw_bars, draw_grounds
from pressrun.domain.letters.typography.coats import Coat, write_coats
from pressrun.domain.letters.typography.fitting import Box, Misfit, SetText, extent_of, fits, is_inside, shrink
from pressrun.domain.letters.typography.layout import Layout, lay_out
from pressrun.domain.letters.typography.rows import place_rows
from pressrun.domain.letters.typography.runs import Typecase, fill_runs, find_runs, stroke_runs


@dataclass(frozen=True, slots=True)
class StyledTypesetter:
    """One text of a design, ready to take any value.

    `patterned` are the inks of more than one colour, `masked` those whose alpha changes from place to place, and
    `pens` the operators of a pen by its width.
    """

    typecase: Typecase
    centre: Anchor
    corner: Anchor
    inks: Sequence[Ink]
    patterned: frozenset[int]
    masked: frozenset[int]
    pens: Mapping[float, str]

    def set_text(self, parts: Sequence[str], page: Box | None) -> SetText | Misfit:
        """Return the operators that draw the template's parts, unless they leave `page` or a box they must not."""
        block = self.typecase.block
        fitted = self._fit(parts)
        if fitted is None:
            return Misfit("text_overflow")
        layout, share = fitted
        width, height = layout.width * share, layout.height * share
        spot = Spot(self.centre.at(width, height), width, height)
        matrix = compose(self.corner.at(width, height), scaling(share, share))
        if page is not None and not block.may_leave_page:
            extent = extent_of(block, layout)
            if extent and not is_inside(matrix, self._cut(extent), page):
                return Misfit("text_off_page")
        return SetText(self._draw(layout, spot, matrix), spot)

    def _fit(self, parts: Sequence[str]) -> tuple[Layout, float] | None:
        """Return the layout and the share of its size it is drawn at, or None where it must not overflow and does."""
        block = self.typecase.block
        layout = self._lay_out(parts, 1.0)
        if block.overflow in {"as_designed", "clip"} or fits(block, layout, 1.0):
            return layout, 1.0
        if block.overflow == "fail":
            return None
        return shrink(block, lambda share: self._lay_out(parts, share))

    def _lay_out(self, parts: Sequence[str], share: float) -> Layout:
        case = self.typecase
        return lay_out(case.block, case.settings, parts, case.block.wrap and case.block.wrap / share, case.ready)

    def _cut(self, extent: Box) -> Box:
        """Return what the saved box leaves of an extent."""
        block = self.typecase.block
        if block.overflow != "clip" or block.box_width is None or block.box_height is None:
            return extent
        left, top, right, bottom = extent
        return max(left, 0.0), max(top, 0.0), min(right, block.box_width), min(bottom, block.box_height)

    def _draw(self, layout: Layout, spot: Spot, matrix: Matrix) -> str:
        a, b, c, d, _, _ = matrix
        if not a * d - b * c:
            return ""
        drawn = write_coats(list(self._coats(layout)), self.inks, self.masked, spot, matrix)
        block = self.typecase.block
        if not drawn or block.overflow != "clip" or block.box_width is None or block.box_height is None:
            return drawn
        box = _outline(self.corner.at(block.box_width, block.box_height), block.box_width, block.box_height)
        return f"q {box}{drawn}Q\n"

    def _coats(self, layout: Layout) -> Iterator[Coat]:
        """Yield the coats from bottom to top, in Fabric's order."""
        block, width = self.typecase.block, layout.width
        rows = list(place_rows(block, layout))
        yield from draw_grounds(block, rows, width)
        yield from draw_bars(block, rows, width, "underline")
        for row in rows:
            runs = list(find_runs(self.typecase, row))
            # Line by line: PDFium takes glyphs drawn twice for one only when little lies between.
            coats = [fill_runs(runs), stroke_runs(runs, self.pens, self.patterned)]
            for coat in reversed(coats) if block.pen_first else coats:
                yield from coat
        yield from draw_bars(block, rows, width, "overline")
        yield from draw_bars(block, rows, width, "linethrough")


def _outline(corner: Matrix, width: float, height: float) -> str:
    """Return a box as the clip of what follows."""
    corners = [apply(corner, x, y) for x, y in ((0.0, 0.0), (width, 0.0), (width, height), (0.0, height))]
    steps = [f"{number(x)} {number(y)} {step}" for (x, y), step in zip(corners, "mlll", strict=True)]
    return f"{' '.join(steps)} h W n\n"
