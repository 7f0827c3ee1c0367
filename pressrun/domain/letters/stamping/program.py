"""A compiled design as data: the constant parts of its letters and the steps that write the varying ones."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import regex
import uharfbuzz as hb

from pressrun.domain.letters.canvas.colours import Colour
from pressrun.domain.letters.canvas.geometry import Matrix, Placement
from pressrun.domain.letters.canvas.objects import VariablePicture
from pressrun.domain.letters.canvas.placeholders import Variable
from pressrun.domain.letters.canvas.text import TextBlock
from pressrun.domain.letters.drawing.inking import InkPlan
from pressrun.domain.letters.drawing.stock import Slot
from pressrun.domain.letters.faces.subsets import Typeface
from pressrun.domain.letters.images.rasters import Raster
from pressrun.domain.letters.stamping.assembly import Skeleton
from pressrun.domain.letters.symbols.codes import CodeBox

# Raised whenever the same program would give other bytes or the stored form changes. HarfBuzz places the glyphs at
# stamping, and order and clusters of characters follow Unicode's tables, so their versions belong to it: a worker with
# others refuses instead of drawing differently.
RENDERER_VERSION: Final = (
    f"2+harfbuzz-{hb.version_string()}+unicode-{unicodedata.unidata_version}+regex-{regex.__version__}"
)


@dataclass(frozen=True, slots=True)
class Profile:
    """What the rows of a batch can hold.

    `characters` over all text values (sorted, distinct, NFC); those of them few recipients use are `rare`. `pictures`
    are the assets that each image variable names, sorted and distinct. `spoken` are the characters of each variable,
    where they are known apart.
    """

    characters: str
    rare: str = ""
    pictures: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    spoken: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ConstantStep:
    """Draws what is the same in every letter."""

    operators: str


@dataclass(frozen=True, slots=True)
class TextStep:
    """Draws a text with variables; `outer` is the matrix of its groups, inks[i] paints the block's paints[i]."""

    where: str
    block: TextBlock
    placement: Placement
    outer: Matrix
    inks: tuple[InkPlan, ...]
    ground: InkPlan | None


@dataclass(frozen=True, slots=True)
class CodeStep:
    """Draws a QR code or barcode; `matrix` from about its centre to canvas pixels, `state` names its alpha."""

    box: CodeBox
    matrix: Matrix
    state: str | None


@dataclass(frozen=True, slots=True)
class PictureStep:
    """Draws the picture a recipient names; `stretch` are the placeholder's scales, `outline` goes on top."""

    picture: VariablePicture
    matrix: Matrix
    stretch: tuple[float, float]
    state: str | None
    slot: Slot
    outline: str


@dataclass(frozen=True, slots=True)
class ShadowPlan:
    """A shadow in canvas pixels; `sigma` 0 is a hard one, drawn through `mask`, others bring a picture of their own."""

    colour: Colour
    sigma: float
    offset: tuple[float, float]
    state: str | None
    mask: str | None
    slot: Slot | None


@dataclass(frozen=True, slots=True)
class EffectStep:
    """Draws steps as one flattened object, a form of the letter's own, under a shadow, a clip and a state.

    `clip` are operators in canvas pixels or, where it `follows`, in the plane of the one text inside.
    """

    steps: "tuple[ConstantStep | TextStep | CodeStep | PictureStep | EffectStep, ...]"
    slot: Slot
    clip: str
    follows: bool
    shadow: ShadowPlan | None
    state: str | None


Step = ConstantStep | TextStep | CodeStep | PictureStep | EffectStep


@dataclass(frozen=True, slots=True)
class PageProgram:
    """One page: `opening` turns points into canvas pixels, `trim` is the page in them."""

    opening: Matrix
    trim: tuple[float, float, float, float]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """Everything a worker needs.

    `pictures` are by asset and what is done to it, None what cannot be read; `rare_slots` tell by face where the font
    of its rare characters has its place.
    """

    renderer_version: str
    variables: tuple[Variable, ...]
    pages: tuple[PageProgram, ...]
    typefaces: tuple[Typeface, ...]
    pictures: Mapping[str, Raster | None]
    rare_slots: Mapping[int, int]
    skeleton: Skeleton
