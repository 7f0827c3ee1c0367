"""Reading a design: every fault is found before anything is drawn."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

import orjson

from pressrun.domain.errors import FaultyInput
from pressrun.domain.letters.colours import Colour
from pressrun.domain.letters.dialect import Dialect, check_canvas, check_neutral, read_dialect, type_name
from pressrun.domain.letters.fonts import Face, FontCase
from pressrun.domain.letters.objects import Drawable, QrBox, TextBlock
from pressrun.domain.letters.page import Page, read_page
from pressrun.domain.letters.pictures import Gallery, read_picture
from pressrun.domain.letters.placeholders import Slot, Variable, merge_slots, slots_of
from pressrun.domain.letters.placing import read_placement
from pressrun.domain.letters.properties import Properties
from pressrun.domain.letters.rasters import Raster
from pressrun.domain.letters.shapes import read_circle, read_line, read_rect
from pressrun.domain.letters.source import DesignSource
from pressrun.domain.letters.texts import read_text
from schemas.faults import Fault


@dataclass(frozen=True, slots=True)
class Design:
    """A checked design; objects in drawing order, each knowing its face or raster by number."""

    page: Page
    background: Colour | None
    drawables: tuple[Drawable, ...]
    faces: tuple[Face, ...]
    rasters: tuple[Raster, ...]
    variables: tuple[Variable, ...]


@dataclass(frozen=True, slots=True)
class _Desk:
    """What the readers of objects share."""

    dialect: Dialect
    fonts: FontCase
    gallery: Gallery


_Reader = Callable[[Properties, _Desk], Drawable | None]


def read_design(source: DesignSource) -> Design:
    """Read and check a design; raises FaultyInput with every fault found."""
    faults: list[Fault] = []
    canvas = _parse(source.design, faults)
    dialect = read_dialect(canvas)
    check_canvas(canvas)
    background = canvas.colour("background", None)
    page = read_page(source.page, canvas)
    # Unknown version: the objects are still read, by the newest rules, so that their faults come at once too.
    desk = _Desk(dialect or Dialect(7), FontCase(source.fonts), Gallery(source.assets))
    drawables = tuple(_read_objects(canvas, desk))
    if faults or page is None:
        raise FaultyInput(faults)
    return Design(
        page, background, drawables, tuple(desk.fonts.faces), tuple(desk.gallery.rasters), _variables(drawables)
    )


def _parse(data: bytes, faults: list[Fault]) -> Properties:
    try:
        raw = orjson.loads(data)
    except orjson.JSONDecodeError:
        raw = None
    if isinstance(raw, dict) and isinstance(raw.get("objects"), list):
        return Properties(raw, "design.json", faults)
    Properties({}, "design.json", faults).fault(
        "design_invalid", "This is not the JSON of a Fabric.js canvas.", "Save the canvas with canvas.toJSON()."
    )
    raise FaultyInput(faults)


def _read_objects(canvas: Properties, desk: _Desk) -> list[Drawable]:
    drawables: list[Drawable] = []
    objects = canvas.raw["objects"]
    for index, raw in enumerate(objects if isinstance(objects, list) else ()):
        where = f"{canvas.where} objects[{index}]"
        if not isinstance(raw, dict):
            Properties({}, where, canvas.faults).fault(
                "design_invalid", "This is no object.", "Save the canvas with canvas.toJSON()."
            )
            continue
        drawable = _read_object(Properties(raw, where, canvas.faults), desk)
        if drawable is not None:
            drawables.append(drawable)
    return drawables


def _read_object(item: Properties, desk: _Desk) -> Drawable | None:
    if not item.flag("visible", default=True):
        return None
    kind = type_name(item.raw)
    reader = _READERS.get(kind)
    if reader is None:
        item.fault(
            "design_unsupported",
            f"Objects of type {item.raw.get('type')!r} are not supported.",
            "Replace the object, or flatten it into an image.",
        )
        return None
    check_neutral(item, kind)
    if item.flag("isQRCode", default=False):
        return _read_qr(item, desk.dialect, kind)
    return reader(item, desk)


def _read_qr(item: Properties, dialect: Dialect, kind: str) -> QrBox | None:
    variable = item.text("variableName", "").strip()
    if not variable:
        item.fault("qr_without_variable", "A QR code names no variable.", "Set variableName to a column.")
    if kind not in {"rect", "image"}:
        item.fault("design_unsupported", f"{kind}.isQRCode is not supported.", "Use a Rect as the place of the code.")
    stroke_width = 0.0 if kind == "image" else 1.0
    return QrBox(
        placement=read_placement(item, dialect, stroke_width),
        width=item.positive("width", 0.0),
        height=item.positive("height", 0.0),
        variable=variable,
        opacity=item.opacity(),
    )


def _variables(drawables: tuple[Drawable, ...]) -> tuple[Variable, ...]:
    slots: list[tuple[Slot, Literal["text", "qr"]]] = []
    for drawable in drawables:
        if isinstance(drawable, TextBlock):
            slots += [(slot, "text") for slot in slots_of(drawable.template)]
        elif isinstance(drawable, QrBox):
            slots.append((Slot(drawable.variable, None), "qr"))
    return merge_slots(tuple(slots))


_READERS: Final[Mapping[str, _Reader]] = {
    "rect": lambda item, desk: read_rect(item, desk.dialect),
    "circle": lambda item, desk: read_circle(item, desk.dialect),
    "line": lambda item, desk: read_line(item, desk.dialect),
    "image": lambda item, desk: read_picture(item, desk.dialect, desk.gallery),
    "text": lambda item, desk: read_text(item, desk.dialect, desk.fonts, boxed=False),
    "itext": lambda item, desk: read_text(item, desk.dialect, desk.fonts, boxed=False),
    "textbox": lambda item, desk: read_text(item, desk.dialect, desk.fonts, boxed=True),
}
