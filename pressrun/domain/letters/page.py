"""The sheet: page.json in millimetres, and the canvas that covers the trimmed page with its bleed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import orjson

from pressrun.domain.letters.properties import Properties
from schemas.faults import Fault

_POINTS_PER_MM: Final = 72 / 25.4
# CSS: 96 pixels and 72 points to the inch.
_POINTS_PER_PIXEL: Final = 0.75
# PDF 1.7, annex C: no page under 3 or over 14,400 units in either direction.
_SMALLEST_POINTS: Final = 3.0
_LARGEST_POINTS: Final = 14_400.0
# More than a rounded pixel on the short side of a small card would stretch the picture visibly.
_STRETCH: Final = 0.01


@dataclass(frozen=True, slots=True)
class Page:
    """Sizes in points with the bleed inside, and the canvas in pixels that fills them."""

    width: float
    height: float
    bleed: float
    canvas_width: float
    canvas_height: float

    @property
    def scale(self) -> tuple[float, float]:
        """Points to the canvas pixel, across and down."""
        return self.width / self.canvas_width, self.height / self.canvas_height

    @property
    def trim(self) -> tuple[float, float, float, float]:
        """The trimmed page in canvas pixels: left, top, right, bottom."""
        across, down = self.scale
        x, y = self.bleed / across, self.bleed / down
        return x, y, self.canvas_width - x, self.canvas_height - y


def read_page(data: bytes | None, canvas: Properties) -> Page | None:
    """Return the page, or None with faults."""
    if data is None:
        width, height = _canvas_size(canvas, {})
        return _check(Page(width * _POINTS_PER_PIXEL, height * _POINTS_PER_PIXEL, 0.0, width, height), canvas)
    page = _parse(data, canvas.faults)
    if page is None:
        return None
    before = len(canvas.faults)
    bleed = page.size("bleed_mm", 0.0) * _POINTS_PER_MM
    width = page.positive("width_mm", 0.0) * _POINTS_PER_MM + 2 * bleed
    height = page.positive("height_mm", 0.0) * _POINTS_PER_MM + 2 * bleed
    sized = page.raw.get("canvas")
    canvas_width, canvas_height = _canvas_size(canvas, sized if isinstance(sized, dict) else {})
    if len(canvas.faults) > before:
        return None
    return _check(Page(width, height, bleed, canvas_width, canvas_height), page)


def _parse(data: bytes, faults: list[Fault]) -> Properties | None:
    try:
        raw = orjson.loads(data)
    except orjson.JSONDecodeError:
        raw = None
    if isinstance(raw, dict):
        return Properties(raw, "page.json", faults)
    Properties({}, "page.json", faults).fault(
        "page_invalid", "page.json is not a JSON object.", 'Write {"width_mm": 210, "height_mm": 148, "bleed_mm": 3}.'
    )
    return None


def _canvas_size(canvas: Properties, sized: Mapping[str, object]) -> tuple[float, float]:
    """Read the canvas's size from the design, which may leave it to page.json."""
    known = Properties({**sized, **canvas.raw}, canvas.where, canvas.faults)
    return known.positive("width", 0.0), known.positive("height", 0.0)


def _check(page: Page, place: Properties) -> Page | None:
    if not (page.canvas_width and page.canvas_height and page.width and page.height):
        return None
    if min(page.width, page.height) < _SMALLEST_POINTS or max(page.width, page.height) > _LARGEST_POINTS:
        place.fault("page_invalid", "The page is no size a PDF can have: 1.06 mm to 5.08 m.", "Change the page's size.")
        return None
    across, down = page.scale
    if abs(across / down - 1) > _STRETCH:
        place.fault(
            "page_mismatch",
            "The canvas and the page with its bleed have different proportions, so the picture would be stretched.",
            "Give the canvas the proportions of width_mm + 2 bleed_mm to height_mm + 2 bleed_mm.",
        )
        return None
    return page
