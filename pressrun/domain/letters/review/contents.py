"""What a design uses: pages, objects, faces, pictures and codes, in the sizes they are printed in."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pressrun.domain.letters.canvas.design import Design
from pressrun.domain.letters.canvas.geometry import IDENTITY, Matrix, compose, object_matrix, scales
from pressrun.domain.letters.canvas.objects import Content, Drawable, Group, Picture, Shape, VariablePicture, varies
from pressrun.domain.letters.canvas.page import Page
from pressrun.domain.letters.canvas.placeholders import Template
from pressrun.domain.letters.canvas.text import TextBlock
from pressrun.domain.letters.symbols.codes import CodeBox
from schemas.faults import Fault

_MM_PER_POINT: Final = 25.4 / 72
_POINTS_PER_INCH: Final = 72.0
# Points to a picture's pixel, for pictures scaled to nothing.
_FINEST: Final = 0.001


@dataclass(frozen=True, slots=True)
class PageSize:
    """The trimmed page and the bleed round it, in millimetres."""

    width: float
    height: float
    bleed: float


@dataclass(frozen=True, slots=True)
class FaceUse:
    """A font file that texts are set in, or that stands in for another; `weight` is CSS's."""

    family: str
    weight: int
    style: str


@dataclass(frozen=True, slots=True)
class PictureUse:
    """A picture: its size in pixels, and how many of them come to the printed inch where there are fewest."""

    where: str
    width: int
    height: int
    dpi: int


@dataclass(frozen=True, slots=True)
class CodeUse:
    """A QR code or barcode: what it holds, as a template, and its printed box in millimetres."""

    where: str
    kind: str
    content: str
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Placed:
    """An object where it stands: `matrix` leads from coordinates about its centre to its page's canvas."""

    page: Page
    drawable: Drawable
    matrix: Matrix


@dataclass(frozen=True, slots=True)
class Contents:
    """`objects` counts the kinds, those inside groups and clips as well."""

    pages: tuple[PageSize, ...]
    objects: tuple[tuple[str, int], ...]
    faces: tuple[FaceUse, ...]
    pictures: tuple[PictureUse, ...]
    codes: tuple[CodeUse, ...]


def list_contents(design: Design) -> Contents:
    """List what a design uses, in drawing order; kinds by name."""
    kinds = Counter(kind_of(drawable.content) for drawable in design.everything())
    placed = list_placed(design)
    return Contents(
        pages=tuple(_size(sheet.page) for sheet in design.sheets),
        objects=tuple(sorted(kinds.items())),
        faces=tuple(FaceUse(face.file.family, face.file.weight, face.file.style) for face in design.faces),
        pictures=tuple(
            _picture_use(each, each.drawable.content, design)
            for each in placed
            if isinstance(each.drawable.content, Picture)
        ),
        codes=tuple(
            _code_use(each, each.drawable.content) for each in placed if isinstance(each.drawable.content, CodeBox)
        ),
    )


def list_placed(design: Design) -> tuple[Placed, ...]:
    """List the objects whose size does not hang on their content, those inside groups too, in drawing order."""
    return tuple(
        Placed(sheet.page, drawable, matrix)
        for sheet in design.sheets
        for top in (sheet.backdrop, *sheet.drawables, sheet.overlay_picture)
        if top
        for drawable, matrix in _descend(top, IDENTITY)
    )


def list_slow_ways(design: Design) -> tuple[Fault, ...]:
    """List the objects that have to be drawn anew, as a picture, for each recipient."""
    return tuple(
        Fault(
            code="shadow_slow",
            where=drawable.where,
            message="A blurred shadow under an object that varies is drawn for each recipient: letters take longer.",
            remedy="Set the shadow's blur to 0, or move it to an object without variables, if speed matters.",
        )
        for drawable in design.everything()
        if drawable.shadow and drawable.shadow.blur and varies(drawable.content)
    )


def lines_of(design: Design) -> tuple[tuple[str, ...], ...]:
    """Return the variables that share a line of some text as it is written, two or more to the line."""
    texts = [drawable.content for drawable in design.everything() if isinstance(drawable.content, TextBlock)]
    found = (names for text in texts for names in _lines(text.template))
    return tuple(dict.fromkeys(names for names in found if len(names) > 1))


def kind_of(content: Content) -> str:
    """Return what people call an object of this kind."""
    if isinstance(content, CodeBox):
        return "QR code" if content.kind == "qr" else "barcode"
    return _KINDS[type(content)]


def _lines(template: Template) -> Iterator[tuple[str, ...]]:
    names: list[str] = []
    for part in template:
        if not isinstance(part, str):
            names.append(part.variable)
        elif "\n" in part:
            yield tuple(dict.fromkeys(names))
            names = []
    yield tuple(dict.fromkeys(names))


def _descend(drawable: Drawable, outer: Matrix) -> Iterator[tuple[Drawable, Matrix]]:
    """Yield objects that have a size with the matrix from their own plane to the canvas."""
    content = drawable.content
    if isinstance(content, TextBlock | Shape):
        return
    matrix = compose(outer, object_matrix(drawable.placement, content.width, content.height))
    yield drawable, matrix
    if isinstance(content, Group):
        for child in content.children:
            yield from _descend(child, matrix)


def _size(page: Page) -> PageSize:
    bleed = page.bleed
    sizes = (page.width - 2 * bleed, page.height - 2 * bleed, bleed)
    return PageSize(*(round(size * _MM_PER_POINT, 2) for size in sizes))


def _picture_use(placed: Placed, picture: Picture, design: Design) -> PictureUse:
    samples = design.rasters[picture.raster].colour
    # Of the object's own pixels, one is one of the file's: Fabric scales only through scaleX and scaleY.
    points = [scale * point for scale, point in zip(scales(placed.matrix), placed.page.scale, strict=True)]
    dpi = round(_POINTS_PER_INCH / max(*points, _FINEST))
    return PictureUse(placed.drawable.where, samples.width, samples.height, dpi)


def _code_use(placed: Placed, box: CodeBox) -> CodeUse:
    sides = zip((box.width, box.height), scales(placed.matrix), placed.page.scale, strict=True)
    width, height = (round(side * scale * point * _MM_PER_POINT, 2) for side, scale, point in sides)
    return CodeUse(placed.drawable.where, kind_of(box), _written(box.content), width, height)


def _written(template: Template) -> str:
    return "".join(part if isinstance(part, str) else f"{{{{{part.variable}}}}}" for part in template)


_KINDS: Final[dict[type, str]] = {
    Shape: "shape",
    Picture: "picture",
    VariablePicture: "variable picture",
    TextBlock: "text",
    Group: "group",
}
