"""The sheet: page.json with sizes in millimetres, inches or points, and the canvas that covers trim and bleed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import orjson

from pressrun.domain.letters.canvas.geometry import Matrix
from pressrun.domain.letters.canvas.properties import Properties

_POINTS: Final[Mapping[str, float]] = {"mm": 72 / 25.4, "in": 72.0, "pt": 1.0}
# CSS: 96 pixels and 72 points to the inch.
_POINTS_PER_PIXEL: Final = 0.75
# PDF 1.7, annex C: no page under 3 or over 14,400 units in either direction.
_SMALLEST_POINTS: Final = 3.0
_LARGEST_POINTS: Final = 14_400.0
# More than a rounded pixel on the short side of a small card would stretch the picture visibly.
_STRETCH: Final = 0.01
# Room round the bleed for crop marks of 5 mm that stay 2 mm away from it.
MARK_GAP: Final = 2 * _POINTS["mm"]
MARK_LENGTH: Final = 5 * _POINTS["mm"]
_DUPLEX: Final[tuple["Duplex", ...]] = ("simplex", "long_edge", "short_edge")
_METADATA: Final = ("title", "author", "subject", "keywords", "language")
_OF_PAGE: Final = frozenset(
    {"width_mm", "height_mm", "bleed_mm", "width", "height", "bleed", "unit", "crop_marks", "canvas"}
)
_OF_PAPER: Final = frozenset({"duplex", "metadata", "pages"})

Duplex = Literal["simplex", "long_edge", "short_edge"]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Page:
    """Sizes in points with the bleed inside, and the canvas in pixels that fills them."""

    width: float
    height: float
    bleed: float
    canvas_width: float
    canvas_height: float
    marks: bool = False

    @property
    def scale(self) -> tuple[float, float]:
        """Points to the canvas pixel, across and down."""
        return self.width / self.canvas_width, self.height / self.canvas_height

    @property
    def margin(self) -> float:
        """Points round the bleed that hold the crop marks."""
        return MARK_GAP + MARK_LENGTH if self.marks else 0.0

    @property
    def opening(self) -> Matrix:
        """From canvas pixels, downwards, to the page's points, upwards."""
        across, down = self.scale
        return (across, 0.0, 0.0, -down, self.margin, self.height + self.margin)

    @property
    def media_box(self) -> Box:
        return 0.0, 0.0, self.width + 2 * self.margin, self.height + 2 * self.margin

    @property
    def bleed_box(self) -> Box:
        return self.margin, self.margin, self.width + self.margin, self.height + self.margin

    @property
    def trim_box(self) -> Box:
        left, low, right, high = self.bleed_box
        return left + self.bleed, low + self.bleed, right - self.bleed, high - self.bleed

    @property
    def trim(self) -> Box:
        """The trimmed page in canvas pixels: left, top, right, bottom."""
        across, down = self.scale
        x, y = self.bleed / across, self.bleed / down
        return x, y, self.canvas_width - x, self.canvas_height - y


@dataclass(frozen=True, slots=True)
class Paper:
    """The pages of a letter, how they are printed on sheets, and what the file says of itself (pairs, sorted)."""

    pages: tuple[Page, ...]
    duplex: Duplex
    metadata: tuple[tuple[str, str], ...]


def read_paper(data: bytes | None, canvases: Sequence[Properties]) -> Paper | None:
    """Return one page per canvas, or None with faults; page.json holds for all or, under `pages`, for each."""
    if data is None:
        pages = [_page_of_pixels(canvas) for canvas in canvases]
        return _gather(pages, "simplex", ())
    place = _parse(data, canvases[0])
    if place is None:
        return None
    own = place.raw.get("pages", [])
    if not isinstance(own, list) or not all(isinstance(one, dict) for one in own) or len(own) > len(canvases):
        place.fault("page_invalid", "pages is no list with an object for each page.", "Write one object per page.")
        return None
    _warn_of_unknown(place, _OF_PAGE | _OF_PAPER)
    for one in own:
        _warn_of_unknown(place.inside(one, f"{place.where} pages"), _OF_PAGE)
    own += [{}] * (len(canvases) - len(own))
    pages = [
        _read_page(place.inside({**place.raw, **one}, place.where), canvas)
        for one, canvas in zip(own, canvases, strict=True)
    ]
    duplex = place.choice("duplex", _DUPLEX, "simplex")
    return _gather(pages, duplex, _read_metadata(place))


def _warn_of_unknown(place: Properties, known: frozenset[str]) -> None:
    for name in place.raw:
        if name not in known:
            place.inside({"type": "page", **place.raw}, place.where).warn(name)


def _gather(pages: Sequence[Page | None], duplex: Duplex, metadata: tuple[tuple[str, str], ...]) -> Paper | None:
    whole = tuple(page for page in pages if page)
    return Paper(whole, duplex, metadata) if len(whole) == len(pages) else None


def _page_of_pixels(canvas: Properties) -> Page | None:
    width, height = _canvas_size(canvas, {})
    return _check(Page(width * _POINTS_PER_PIXEL, height * _POINTS_PER_PIXEL, 0.0, width, height), canvas)


def _read_page(place: Properties, canvas: Properties) -> Page | None:
    before = len(canvas.faults)
    bleed = _length(place, "bleed", 0.0)
    width = _length(place, "width", None) + 2 * bleed
    height = _length(place, "height", None) + 2 * bleed
    sized = place.raw.get("canvas")
    canvas_width, canvas_height = _canvas_size(canvas, sized if isinstance(sized, dict) else {})
    marks = place.flag("crop_marks", default=False)
    if len(canvas.faults) > before:
        return None
    return _check(Page(width, height, bleed, canvas_width, canvas_height, marks), place)


def _length(place: Properties, name: str, default: float | None) -> float:
    """Read `width_mm`, or `width` in the page's `unit`, as points."""
    read = place.positive if default is None else place.size
    if name in place.raw:
        return read(name, default or 0.0) * _POINTS[place.choice("unit", tuple(_POINTS), "mm")]
    return read(f"{name}_mm", default or 0.0) * _POINTS["mm"]


def _read_metadata(place: Properties) -> tuple[tuple[str, str], ...]:
    raw = place.raw.get("metadata", {})
    if not isinstance(raw, dict):
        place.fault("page_invalid", "metadata is no object.", f"Write texts under {', '.join(_METADATA)}.")
        return ()
    inner = place.inside({"type": "metadata", **raw}, f"{place.where} metadata")
    for name in raw:
        if name not in _METADATA:
            inner.warn(name)
    return tuple((name, inner.text(name, "")) for name in _METADATA if raw.get(name))


def _parse(data: bytes, canvas: Properties) -> Properties | None:
    try:
        raw = orjson.loads(data)
    except orjson.JSONDecodeError:
        raw = None
    if isinstance(raw, dict):
        return canvas.inside(raw, "page.json")
    canvas.inside({}, "page.json").fault(
        "page_invalid", "page.json is not a JSON object.", 'Write {"width_mm": 210, "height_mm": 148, "bleed_mm": 3}.'
    )
    return None


def _canvas_size(canvas: Properties, sized: Mapping[str, object]) -> tuple[float, float]:
    """Read the canvas's size from the design, which may leave it to page.json."""
    known = canvas.inside({**sized, **canvas.raw}, canvas.where)
    return known.positive("width", 0.0), known.positive("height", 0.0)


def _check(page: Page, place: Properties) -> Page | None:
    if not (page.canvas_width and page.canvas_height and page.width and page.height):
        return None
    sides = page.media_box[2:]
    if min(sides) < _SMALLEST_POINTS or max(sides) > _LARGEST_POINTS:
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
