"""A text ready to take any value: the quick way for a plain one, the long way for all others."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from pressrun.domain.letters.canvas.colours import Colour
from pressrun.domain.letters.canvas.geometry import Matrix, Placement
from pressrun.domain.letters.canvas.paints import Gradient
from pressrun.domain.letters.canvas.text import TextBlock
from pressrun.domain.letters.drawing.gradients import is_translucent
from pressrun.domain.letters.drawing.inks import Ink
from pressrun.domain.letters.drawing.path_writing import write_pen
from pressrun.domain.letters.typography.anchors import anchor_centre, anchor_corner
from pressrun.domain.letters.typography.fitting import Box, Misfit, SetText
from pressrun.domain.letters.typography.plain_text import open_plain
from pressrun.domain.letters.typography.runs import open_typecase
from pressrun.domain.letters.typography.setting import Setting, open_setting
from pressrun.domain.letters.typography.shaping import Shaper
from pressrun.domain.letters.typography.styled_text import StyledTypesetter

__all__ = ["Box", "Misfit", "SetText", "Typesetter", "open_typesetter", "steps_of"]


class Typesetter(Protocol):
    """One text of a design."""

    def set_text(self, parts: Sequence[str], page: Box | None) -> SetText | Misfit:
        """Draw the template's parts, values filled in; `page` in canvas pixels, None where it may be left."""
        ...


def open_typesetter(
    block: TextBlock, placement: Placement, outer: Matrix, shapers: Sequence[Shaper], inks: Sequence[Ink]
) -> Typesetter:
    """Prepare a text; `outer` is the matrix of the groups around it, inks[i] paints the block's paints[i]."""
    centre = anchor_centre(placement, outer)
    typecase = open_typecase(block, open_settings(block, shapers))
    styled = StyledTypesetter(
        typecase,
        centre,
        anchor_corner(centre),
        inks,
        patterned=frozenset(ink for ink, paint in enumerate(block.paints) if not isinstance(paint, Colour)),
        masked=_find_masked(block),
        pens=_write_pens(block),
    )
    return open_plain(styled) or styled


def steps_of(block: TextBlock) -> int:
    """Return how many drawing steps of a text may lie on each other."""
    styles = block.styles
    return sum(
        (
            any(style.fill is not None for style in styles),
            block.pen is not None and any(style.pen_width for style in styles),
            any(style.underline for style in styles),
            any(style.overline for style in styles),
            any(style.linethrough for style in styles),
            any(style.ground is not None for style in styles),
        )
    )


def open_settings(block: TextBlock, shapers: Sequence[Shaper]) -> list[Setting]:
    """Return the setting of each style; styles of one font share theirs, and so does the kerning between them."""
    opened: dict[tuple[tuple[int, ...], float], Setting] = {}
    for style in block.styles:
        font = style.faces, style.size
        if font not in opened:
            opened[font] = open_setting(style.faces, style.size, block.spacing, block.splits_marks, shapers)
    return [opened[style.faces, style.size] for style in block.styles]


def _write_pens(block: TextBlock) -> dict[float, str]:
    """Return the operators of a pen for each width of outline.

    A text's pen grows with its object whatever strokeUniform says: Fabric's Text sets its own line width.
    """
    widths = {style.pen_width for style in block.styles if style.pen_width}
    return {width: write_pen(replace(block.pen, width=width)) for width in sorted(widths)} if block.pen else {}


def _find_masked(block: TextBlock) -> frozenset[int]:
    paints = enumerate(block.paints)
    return frozenset(ink for ink, paint in paints if isinstance(paint, Gradient) and is_translucent(paint))
