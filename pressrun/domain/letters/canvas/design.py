"""Reading a design: every fault is found before anything is drawn."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

import orjson

from pressrun.domain.errors import FaultyInput
from pressrun.domain.letters.canvas.dialect import Dialect, read_dialect
from pressrun.domain.letters.canvas.objects import Drawable, Group, VariablePicture
from pressrun.domain.letters.canvas.page import Page, Paper, read_paper
from pressrun.domain.letters.canvas.paint_reading import read_paint
from pressrun.domain.letters.canvas.paints import Paint
from pressrun.domain.letters.canvas.placeholders import Kind, Slot, Variable, merge_slots, slots_of
from pressrun.domain.letters.canvas.properties import Properties
from pressrun.domain.letters.canvas.reading import Desk, read_clip_shape, read_member, read_members
from pressrun.domain.letters.canvas.source import DesignSource
from pressrun.domain.letters.canvas.text import TextBlock
from pressrun.domain.letters.canvas.vocabulary import warn_of_unknown_canvas
from pressrun.domain.letters.faces.fonts import Face, FontCase
from pressrun.domain.letters.images.gallery import Gallery
from pressrun.domain.letters.images.rasters import Raster
from pressrun.domain.letters.symbols.codes import CodeBox
from schemas.faults import Fault

# A design with its pictures as data URLs; whole photographs belong into assets.
MOST_BYTES: Final = 32 * 1024 * 1024
MOST_PAGES: Final = 100
# The list's own names for the same thing: {"pages": [...]} and the bare list.
_PAGES: Final = "pages"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page: its canvas as objects in drawing order, with what lies below, above and round all of them."""

    page: Page
    background: Paint | None
    drawables: tuple[Drawable, ...]
    backdrop: Drawable | None = None
    overlay: Paint | None = None
    overlay_picture: Drawable | None = None
    clip: Drawable | None = None

    def everything(self) -> Iterator[Drawable]:
        """Yield every object with those inside it, in drawing order."""
        tops = (self.backdrop, *self.drawables, self.overlay_picture, self.clip)
        for top in tops:
            if top is not None:
                yield from _walk(top)


@dataclass(frozen=True, slots=True)
class Design:
    """A checked design; each object knows its faces and raster by number.

    `assets` are the pictures a recipient may name. `warnings` tell what may look different and why.
    """

    paper: Paper
    sheets: tuple[Sheet, ...]
    faces: tuple[Face, ...]
    rasters: tuple[Raster, ...]
    assets: Mapping[str, bytes]
    variables: tuple[Variable, ...]
    warnings: tuple[Fault, ...] = field(default=())

    def everything(self) -> Iterator[Drawable]:
        """Yield every object of every page with those inside it."""
        for sheet in self.sheets:
            yield from sheet.everything()


def read_design(source: DesignSource) -> Design:
    """Read and check a design; raises FaultyInput with every fault found."""
    faults: list[Fault] = []
    warnings: list[Fault] = []
    gallery = Gallery(source.assets)
    canvases = _parse(source.design, faults)
    canvases = [
        Properties(
            canvas.raw, canvas.where, faults, warnings, lambda value, item, name: read_paint(value, item, name, gallery)
        )
        for canvas in canvases
    ]
    paper = read_paper(source.page, canvases)
    fonts = FontCase(source.fonts)
    sheets = [
        _read_sheet(canvas, page, fonts, gallery)
        for canvas, page in zip(canvases, paper.pages if paper else [None] * len(canvases), strict=True)
    ]
    if faults or paper is None:
        raise FaultyInput(faults)
    whole = tuple(sheet for sheet in sheets if sheet)
    return Design(
        paper=paper,
        sheets=whole,
        faces=tuple(fonts.faces),
        rasters=tuple(gallery.rasters),
        assets=source.assets,
        variables=_variables(whole),
        warnings=tuple(warnings),
    )


def _parse(data: bytes, faults: list[Fault]) -> list[Properties]:
    """Return the canvases: one, a list, or a list under `pages`."""
    place = Properties({}, "design.json", faults)
    if len(data) > MOST_BYTES:
        place.fault(
            "design_too_large", f"The design has more than {MOST_BYTES:,} bytes.", "Put its pictures into assets/."
        )
        raise FaultyInput(faults)
    try:
        raw = orjson.loads(data)
    except orjson.JSONDecodeError:
        raw = None
    listed = raw.get(_PAGES) if isinstance(raw, dict) and _PAGES in raw else raw
    canvases = listed if isinstance(listed, list) else [listed]
    if not canvases or not all(isinstance(one, dict) and isinstance(one.get("objects"), list) for one in canvases):
        place.fault(
            "design_invalid", "This is not the JSON of a Fabric.js canvas.", "Save the canvas with canvas.toJSON()."
        )
        raise FaultyInput(faults)
    if len(canvases) > MOST_PAGES:
        place.fault("design_too_large", f"The design has more than {MOST_PAGES} pages.", "Split it.")
        raise FaultyInput(faults)
    names = ["design.json"] if listed is raw and isinstance(raw, dict) else _page_names(len(canvases))
    return [Properties(one, name, faults) for one, name in zip(canvases, names, strict=True)]


def _page_names(count: int) -> list[str]:
    return [f"design.json page {number}" for number in range(1, count + 1)]


def _read_sheet(canvas: Properties, page: Page | None, fonts: FontCase, gallery: Gallery) -> Sheet | None:
    dialect = read_dialect(canvas)
    warn_of_unknown_canvas(canvas)
    if canvas.raw.get("viewportTransform") not in (None, [1, 0, 0, 1, 0, 0]):
        canvas.unsupported("viewportTransform")
    # Unknown version: the objects are still read, by the newest rules, so that their faults come at once too.
    desk = Desk(dialect or Dialect(7), fonts, gallery)
    background = canvas.paint("background", None) or canvas.paint("backgroundColor", None)
    overlay = canvas.paint("overlay", None) or canvas.paint("overlayColor", None)
    backdrop = read_member(canvas, "backgroundImage", desk)
    drawables = read_members(canvas, desk)
    overlay_picture = read_member(canvas, "overlayImage", desk)
    clip = read_clip_shape(canvas, desk)
    if page is None:
        return None
    return Sheet(page, background, drawables, backdrop, overlay, overlay_picture, clip)


def _walk(drawable: Drawable) -> Iterator[Drawable]:
    yield drawable
    if isinstance(drawable.content, Group):
        for child in drawable.content.children:
            yield from _walk(child)
    if drawable.clip:
        yield from _walk(drawable.clip.shape)


def _variables(sheets: tuple[Sheet, ...]) -> tuple[Variable, ...]:
    slots: list[tuple[Slot, Kind]] = []
    for sheet in sheets:
        for drawable in sheet.everything():
            slots += _slots(drawable)
    return merge_slots(tuple(slots))


def _slots(drawable: Drawable) -> list[tuple[Slot, Kind]]:
    content = drawable.content
    if isinstance(content, TextBlock):
        return [(slot, "text") for slot in slots_of(content.template)]
    if isinstance(content, CodeBox):
        kind: Literal["qr", "barcode"] = "qr" if content.kind == "qr" else "barcode"
        return [(slot, kind) for slot in slots_of(content.content)]
    if isinstance(content, VariablePicture):
        return [(Slot(content.variable, None), "image")]
    return []
