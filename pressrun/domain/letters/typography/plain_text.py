"""The quick way to set a plain text: one style, one colour, no bars, a simple script, from left to right.

Most letters are made of such texts. What a line holds is found by bisection in running sums of word widths, and
everything that does not depend on values is written when the typesetter is opened.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import inf
from typing import Final

from pressrun.domain.letters.canvas.geometry import Point
from pressrun.domain.letters.canvas.text import TextBlock, TextStyle
from pressrun.domain.letters.drawing.inks import Spot
from pressrun.domain.letters.drawing.operators import number
from pressrun.domain.letters.typography.anchors import Anchor
from pressrun.domain.letters.typography.fitting import OFF_PAGE, ROUNDED, Box, Misfit, SetText
from pressrun.domain.letters.typography.layout import ABOVE_BASELINE, EMPTY_WIDTH, LINE, stretches
from pressrun.domain.letters.typography.setting import Setting, Word
from pressrun.domain.letters.typography.styled_text import StyledTypesetter

_SHARES: Final = {"left": 0.0, "justify": 0.0, "center": 0.5, "right": 1.0}


# The words of a line as TJ elements, their width with single spaces, and whether the line is stretched: a bare tuple,
# because it is made for every line of every letter.
_Line = tuple[Sequence[str], float, bool]


@dataclass(frozen=True, slots=True)
class PlainTypesetter:
    """One plain text; whatever does not go the quick way is left to `styled`.

    Lines are `height` high, `step` apart and have their baseline at `rise`; `most` are the width and height that
    must not be passed here. `stretched` says which lines are: those that go on, those that end a paragraph. The
    others leave a `share` of the free width on their left. `measured` words keep the places of Fabric's measuring.
    """

    block: TextBlock
    setting: Setting
    space: Word
    centre: Anchor
    styled: StyledTypesetter
    opening: str
    rise: float
    height: float
    step: float
    most: Point
    stretched: tuple[bool, bool]
    share: float
    measured: bool

    def set_text(self, parts: Sequence[str], page: Box | None) -> SetText | Misfit:
        """Return the operators that draw the template's parts, unless they leave `page` or a box they must not."""
        text = "".join(parts)
        if "\t" in text:
            text = text.replace("\t", " ")
        if not text.isascii() and self.setting.is_complex(text):
            return self.styled.set_text(parts, page)
        lines, width = self._break(text) if self.block.wrap is None else self._wrap(text, self.block.wrap)
        height = (len(lines) - 1) * self.step + self.height
        matrix = self.centre.at(width, height)
        a, b, c, d, x, y = matrix
        across, down = (abs(a) * width + abs(c) * height) / 2, (abs(b) * width + abs(d) * height) / 2
        if width > self.most[0] or height > self.most[1] or (page and not _is_on(page, (x, y), across, down)):
            return self.styled.set_text(parts, page)
        corner = x - (a * width + c * height) / 2, y - (b * width + d * height) / 2
        return SetText(self._write(lines, width, corner), Spot(matrix, width, height))

    def _break(self, text: str) -> tuple[list[_Line], float]:
        """Break a Text at its newlines; only the last line counts as the end of a paragraph."""
        lines: list[_Line] = []
        space, spacing = self.space.width, self.block.spacing
        goes_on, ends = self.stretched
        for hard in text.split("\n"):
            glyphs, widths, measured, _ = zip(*self.setting.look_up(hard), strict=True)
            width = max(sum(widths) + (len(widths) - 1) * space - spacing, 0.0)
            lines.append((measured if self.measured else glyphs, width, goes_on))
        words, width, _ = lines[-1]
        lines[-1] = words, width, ends
        return lines, max([width for _, width, _ in lines]) or EMPTY_WIDTH

    def _wrap(self, text: str, box: float) -> tuple[list[_Line], float]:
        """Break a Textbox greedily; a word wider than the box widens it (the limit too, from Fabric 6 on)."""
        space, spacing = self.space.width, self.block.spacing
        look_up = self.setting.look_up
        paragraphs = [tuple(zip(*look_up(hard), strict=True)) for hard in text.split("\n")]
        widest = max([max(widths) for _, widths, _, _ in paragraphs])
        # What follows the last word of a line, its spacing and a space, does not count against the limit.
        after = spacing + space
        limit = (max(box, widest) if self.block.widens else box) + after
        goes_on, ends = self.stretched
        lines: list[_Line] = []
        for glyphs, widths, measured, _ in paragraphs:
            sums = [*accumulate(map(space.__add__, widths))]
            drawn = measured if self.measured else glyphs
            start, before, count = 0, 0.0, len(sums)
            while start < count:
                end = bisect_right(sums, limit + before, start + 1)
                reach = sums[end - 1]
                lines.append((drawn[start:end], reach - before - after, ends if end == count else goes_on))
                start, before = end, reach
        return lines, max(box, widest - spacing)

    def _write(self, lines: Sequence[_Line], width: float, corner: Point) -> str:
        """Place the first line by Tm and each other by its distance from the one before."""
        share, step, space, size = self.share, self.step, self.space.glyphs, self.setting.size
        rows = [""]
        before, steps = 0.0, 0
        for words, line_width, stretched in lines:
            steps += 1
            shift = share * (width - line_width) if share and not stretched else 0.0
            if stretched and len(words) > 1 and line_width < width:
                gap = (width - line_width) * 1000 / ((len(words) - 1) * size)
                elements = f"{space} {-gap:.2f}".join(words)
            elif not (elements := space.join(words)):
                continue
            if not rows[0]:
                rows[0] = self._start(corner, shift, steps - 1)
                rows.append(f"[{elements}] TJ\n")
            elif shift == before:
                rows.append(f"{'T* ' * steps}[{elements}] TJ\n")
            else:
                rows.append(f"{shift - before:.3f} {-steps * step:.3f} Td [{elements}] TJ\n")
            before, steps = shift, 0
        return f"{''.join(rows)}ET\n".replace("><", "") if rows[0] else ""

    def _start(self, corner: Point, shift: float, steps: int) -> str:
        """Return what stands before the first line with glyphs."""
        a, b, c, d = self.centre.turn
        down = self.rise + steps * self.step
        return f"{self.opening}{corner[0] + a * shift + c * down:.3f} {corner[1] + b * shift + d * down:.3f} Tm "


def open_plain(styled: StyledTypesetter) -> PlainTypesetter | None:
    """Return the quick way for a text, or None where it needs the long one."""
    block = styled.typecase.block
    used = set(block.part_styles)
    style = block.styles[next(iter(used), 0)]
    if len(used) > 1 or not _is_plain(block, style) or style.fill is None or not styled.inks[style.fill].plain:
        return None
    setting = styled.typecase.settings[next(iter(used), 0)]
    ends, goes_on = stretches(block.align, ends=True), stretches(block.align, ends=False)
    a, b, c, d = styled.centre.turn
    step = LINE * style.size * block.line_height
    turn = " ".join(map(number, (a, b, -c, -d)))
    colour = styled.inks[style.fill].fill(Spot(styled.centre.at(0.0, 0.0), 0.0, 0.0))
    # The canvas has y downwards, and glyphs stand up: T* goes up by minus a step.
    opening = f"{colour} BT\n/{setting.font} {number(style.size)} Tf {number(step)} TL\n{turn} "
    return PlainTypesetter(
        block=block,
        setting=setting,
        space=setting.space(),
        centre=styled.centre,
        styled=styled,
        opening=opening,
        rise=LINE * style.size * ABOVE_BASELINE,
        height=LINE * style.size,
        step=step,
        most=_most(block),
        stretched=(goes_on, ends),
        share=_SHARES[block.align.removeprefix("justify-")],
        measured=block.align.startswith("justify"),
    )


def _is_plain(block: TextBlock, style: TextStyle) -> bool:
    if block.right_to_left or block.by_grapheme or block.spacing < 0 or block.overflow == "clip":
        return False
    if style.size != block.styles[0].size or style.rise or style.ground is not None:
        return False
    return not (style.underline or style.overline or style.linethrough or (block.pen and style.pen_width))


def _most(block: TextBlock) -> Point:
    """Return the width and height beyond which a text overflows in a way that matters."""
    if block.overflow == "as_designed":
        return inf, inf
    width, height = block.box_width or inf, block.box_height or inf
    return width + ROUNDED, inf if block.wrap is None else height + ROUNDED


def _is_on(page: Box, centre: Point, across: float, down: float) -> bool:
    """Say whether a box around a centre stays on the page."""
    left, top, right, bottom = page
    x, y = centre
    return (
        left - OFF_PAGE <= x - across
        and x + across <= right + OFF_PAGE
        and top - OFF_PAGE <= y - down
        and y + down <= bottom + OFF_PAGE
    )
