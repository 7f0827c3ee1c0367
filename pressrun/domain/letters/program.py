"""A compiled design as data: the constant parts of its letters and the steps that write the varying one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import uharfbuzz as hb

from pressrun.domain.letters.assembly import Skeleton
from pressrun.domain.letters.objects import QrBox, TextBlock
from pressrun.domain.letters.placeholders import Variable
from pressrun.domain.letters.qr import QrTable
from pressrun.domain.letters.subsets import Typeface

# Raised whenever the same program would give other bytes or the stored form changes. HarfBuzz places the glyphs at
# stamping, so its version belongs to it: a worker with another one refuses instead of drawing differently.
RENDERER_VERSION: Final = f"1+harfbuzz-{hb.version_string()}"


@dataclass(frozen=True, slots=True)
class Profile:
    """What the rows of a batch can hold: `characters` over all text values (sorted, distinct, NFC), and for each
    QR variable the sorted distinct lengths of its values in UTF-8 bytes.
    """

    characters: str
    lengths: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class LayerStep:
    """Draws a form that holds everything static between two varying objects."""

    form: str


@dataclass(frozen=True, slots=True)
class TextStep:
    """Draws a text with variables; `state` names its alpha."""

    block: TextBlock
    state: str | None


@dataclass(frozen=True, slots=True)
class QrStep:
    """Draws a QR code; `state` names its alpha."""

    box: QrBox
    state: str | None


Step = LayerStep | TextStep | QrStep


@dataclass(frozen=True, slots=True)
class Program:
    """Everything a worker needs; `opening` turns the page into canvas pixels, `trim` is the page in them."""

    renderer_version: str
    variables: tuple[Variable, ...]
    opening: str
    trim: tuple[float, float, float, float]
    steps: tuple[Step, ...]
    typefaces: Sequence[Typeface]
    tables: Sequence[QrTable]
    skeleton: Skeleton
