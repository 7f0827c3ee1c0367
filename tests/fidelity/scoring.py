"""A letter's marks: its page, its picture in every viewer, its lines as text, its codes; a fault is said in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pypdfium2
import zxingcpp
from fidelity.pictures import Comparison, compare_pictures
from fidelity.published import Case, Pixels
from fidelity.viewers import VIEWERS, extract_texts
from fidelity.words import missing_lines
from PIL import Image

POINTS_PER_MM = 72 / 25.4

MOST_POINTS_OFF = 0.5
"""By which a page box may differ from the page asked for."""

MOST_OFF_CENTRE = 0.06
"""Share of its box by which a code may lie beside the box's middle."""

LEAST_OF_ITS_BOX = 0.5 / 1.45
"""Share of its box that a code's modules fill: half of it at least, less what a turned code's box is larger."""


@dataclass(frozen=True, slots=True)
class View:
    """What one viewer draws, and how that compares."""

    viewer: str
    drawn: Pixels
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class Score:
    """What was seen of a letter and everything that is wrong with it."""

    name: str
    views: tuple[View, ...]
    faults: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return not self.faults


def score_letter(case: Case, pdf: bytes) -> Score:
    views = tuple(_view(case, pdf, viewer) for viewer in VIEWERS)
    faults = [
        *_faults_of_page(case.page, pdf),
        *(f"{view.viewer}: {fault}" for view in views for fault in view.comparison.faults),
        *missing_lines([text for texts in extract_texts(pdf).values() for text in texts], case.meta),
        *_unread_codes(case.meta["qr"], [view.drawn for view in views]),
    ]
    return Score(case.name, views, tuple(faults))


def _view(case: Case, pdf: bytes, viewer: str) -> View:
    height, width = case.golden.shape[:2]
    drawn = VIEWERS[viewer](pdf, width, height)
    return View(viewer, drawn, compare_pictures(case.golden, drawn, case.meta, viewer))


def _faults_of_page(page: Mapping[str, Any], pdf: bytes) -> Iterator[str]:
    bleed = page["bleed_mm"] * POINTS_PER_MM
    width, height = (page[side] * POINTS_PER_MM for side in ("width_mm", "height_mm"))
    with pypdfium2.PdfDocument(pdf) as document:
        pages, media, trim = len(document), document[0].get_mediabox(), document[0].get_trimbox()
    if pages != 1:
        yield f"{pages} pages"
    for name, box, wanted in (
        ("MediaBox", media, (0, 0, width + 2 * bleed, height + 2 * bleed)),
        ("TrimBox", trim, (bleed, bleed, width + bleed, height + bleed)),
    ):
        if any(abs(got - want) > MOST_POINTS_OFF for got, want in zip(box, wanted, strict=True)):
            yield f"{name} is {box}, not {wanted}"


def _unread_codes(codes: Sequence[Mapping[str, Any]], pictures: Sequence[Pixels]) -> Iterator[str]:
    for code in codes:
        if not any(_is_readable(code, picture, scale) for picture in pictures for scale in (1, 2)):
            yield f"the QR code of {code['payload']!r} does not decode in its place"


def _is_readable(code: Mapping[str, Any], drawn: Pixels, scale: int) -> bool:
    picture = Image.fromarray(drawn.astype(np.uint8))
    larger = picture.resize((picture.width * scale, picture.height * scale), Image.Resampling.BICUBIC)
    return any(
        found.text == code["payload"] and _is_in_place(found.position, code["box"], scale)
        for found in zxingcpp.read_barcodes(larger)
    )


def _is_in_place(position: zxingcpp.Position, box: Sequence[float], scale: int) -> bool:
    left, top, right, bottom = box
    corners = (position.top_left, position.top_right, position.bottom_left, position.bottom_right)
    middle_x, middle_y = (sum(getattr(corner, axis) for corner in corners) / 4 / scale for axis in ("x", "y"))
    across, down = (abs(getattr(position.top_right, axis) - getattr(position.top_left, axis)) for axis in ("x", "y"))
    return bool(
        abs(middle_x - (left + right) / 2) < MOST_OFF_CENTRE * (right - left)
        and abs(middle_y - (top + bottom) / 2) < MOST_OFF_CENTRE * (bottom - top)
        and max(across, down) / scale > LEAST_OF_ITS_BOX * min(right - left, bottom - top)
    )
