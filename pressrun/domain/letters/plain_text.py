"""The quick way to set a plain text: one style, one colour, no bars, a simple script, from left to right.

Most letters are made of such texts. What a line holds is found by bisection in running sums of word widths, and
everything that does not depend on values is written when the typesetter is opened.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from pressrun.domain.letters.anchors import Anchor
from pressrun.domain.letters.fitting import Box, Misfit, SetText, is_inside
from pressrun.domain.letters.inks import Ink, Spot
from pressrun.domain.letters.layout import EMPTY_WIDTH, LINE, stretches
from pressrun.domain.letters.operators import number
from pressrun.domain.letters.placeholders import Template
from pressrun.domain.letters.setting import Setting, Word
from pressrun.domain.letters.styled_text import StyledTypesetter
from pressrun.domain.letters.text import TextBlock


class _Line(NamedTuple):
    """The glyphs of a line, its measured width and the step down from the line before with glyphs."""

    elements: str
    width: float


@dataclass(frozen=True, slots=True)
class PlainTypesetter:
    """One plain text; whatever does not go the quick way is left to `styled`."""

    block: TextBlock
    setting: Setting
    centre: Anchor
    styled: StyledTypesetter
    opening: str
