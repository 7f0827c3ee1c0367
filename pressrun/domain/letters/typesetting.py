"""A laid-out text as PDF operators."""

from dataclasses import dataclass
from typing import Final

from pressrun.domain.letters.geometry import Frame, Matrix, apply, frame
from pressrun.domain.letters.layout import Layout, Line, first_baseline, is_stretched, lay_out, line_offset, line_step
from pressrun.domain.letters.objects import TextBlock
from pressrun.domain.letters.operators import fill_colour, number
from pressrun.domain.letters.shaping import Setting

# Half a canvas pixel: less than a cutting machine's own error (about 0.5 mm).
_TOLERANCE: Final = 0.5

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Typesetter:
    """One text of a design, ready to take any value."""

    block: TextBlock
    setting: Setting
    frame: Frame
    opening: str
    closing: str

    def set_text(self, text: str, page: Box | None) -> str | None:
        """Return the operators that draw `text`, or None when it leaves `page` (canvas pixels)."""
        layout = lay_out(self.block, self.setting, text)
        matrix = self.frame.at(layout.width, layout.height)
        if page is not None and not self._fits(layout, matrix, page):
            return None
        return self._write(layout, matrix)

    def _write(self, layout: Layout, matrix: Matrix) -> str:
        a, b, c, d, e, f = matrix
        turn = f"{number(a)} {number(b)} {number(-c)} {number(-d)} "
        y = first_baseline(self.block) - layout.height / 2
        step = line_step(self.block)
        written = [self.opening]
        for line in layout.lines:
            elements = self._elements(line, layout.width)
            if elements:
                x = line_offset(self.block, line, layout.width) - layout.width / 2
                place = f"{number(a * x + c * y + e)} {number(b * x + d * y + f)}"
                written.append(f"{turn}{place} Tm [{elements}] TJ")
            y += step
        written.append(self.closing)
        return "\n".join(written) if len(written) > 2 else ""

    def _elements(self, line: Line, width: float) -> str:
        setting = self.setting
        gaps = len(line.words) - 1
        space = setting.space().glyphs
        if not gaps or not is_stretched(self.block, line) or line.width >= width:
            return space.join(word.glyphs for word in line.words).replace("><", "") if line.width else ""
        gap = (width - line.width) / gaps
        stretched = [word.glyphs + (setting.adjustment(word.drift) if word.drift else "") for word in line.words[:-1]]
        return "".join(word + space + setting.adjustment(gap) for word in stretched) + line.words[-1].glyphs

    def _fits(self, layout: Layout, matrix: Matrix, page: Box) -> bool:
        """Say whether every line with something on it lies on the page."""
        extent = self._extent(layout)
        if extent is None:
            return True
        left, top, right, bottom = extent
        page_left, page_top, page_right, page_bottom = page
        for x, y in ((left, top), (right, top), (right, bottom), (left, bottom)):
            at_x, at_y = apply(matrix, x - layout.width / 2, y - layout.height / 2)
            if not (page_left - _TOLERANCE <= at_x <= page_right + _TOLERANCE):
                return False
            if not (page_top - _TOLERANCE <= at_y <= page_bottom + _TOLERANCE):
                return False
        return True

    def _extent(self, layout: Layout) -> Box | None:
        """Return the box of the lines that print something, from the block's top left; None when none does."""
        step = line_step(self.block)
        boxes = [
            (offset, index * step, offset + (layout.width if is_stretched(self.block, line) else line.width))
            for index, line in enumerate(layout.lines)
            if line.width
            for offset in (line_offset(self.block, line, layout.width),)
        ]
        if not boxes:
            return None
        lefts, tops, rights = zip(*boxes, strict=True)
        return min(lefts), tops[0], max(rights), tops[-1] + line_step(self.block) / self.block.line_height


def open_typesetter(block: TextBlock, setting: Setting, state: str | None = None) -> Typesetter:
    """Prepare a text; `state` is the resource name of an ExtGState with its alpha."""
    opening = f"BT\n/F{block.face} {number(block.size)} Tf {fill_colour(block.colour)}"
    if state is None:
        return Typesetter(block, setting, frame(block.placement), opening, "ET\n")
    return Typesetter(block, setting, frame(block.placement), f"q /{state} gs {opening}", "ET Q\n")
