"""Image objects: which raster they show, and which window of it."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote_to_bytes

from pressrun.domain.letters.dialect import Dialect
from pressrun.domain.letters.objects import Picture
from pressrun.domain.letters.placing import read_pen, read_placement
from pressrun.domain.letters.properties import Properties
from pressrun.domain.letters.rasters import Raster, UnreadablePicture, read_raster

_DATA_URL: Final = re.compile(r"data:[^,;]*(?:;[^,;]*)*?(;base64)?,(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Gallery:
    """The rasters read so far, each once, in order of first use."""

    assets: Mapping[str, bytes]
    rasters: list[Raster] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)


def read_picture(item: Properties, dialect: Dialect, gallery: Gallery) -> Picture | None:
    number = _find_raster(item, gallery)
    if number is None:
        return None
    natural = gallery.rasters[number].colour
    return Picture(
        placement=read_placement(item, dialect, stroke_width=0.0),
        width=item.size("width", natural.width),
        height=item.size("height", natural.height),
        crop_x=item.size("cropX", 0.0),
        crop_y=item.size("cropY", 0.0),
        raster=number,
        pen=read_pen(item, stroke_width=0.0),
        opacity=item.opacity(),
    )


def _find_raster(item: Properties, gallery: Gallery) -> int | None:
    source = item.text("src", "")
    if source in gallery.numbers:
        return gallery.numbers[source]
    data = _read_source(source, gallery.assets)
    if data is None:
        item.fault(
            "image_missing",
            "The picture named by src is not among the design's assets.",
            "Put the file beside design.json and write its relative path into src.",
        )
        return None
    try:
        raster = read_raster(data)
    except UnreadablePicture as error:
        item.fault("image_unreadable", f"The picture cannot be printed: {error}.", "Save it again as JPEG or PNG.")
        return None
    gallery.numbers[source] = len(gallery.rasters)
    gallery.rasters.append(raster)
    return gallery.numbers[source]


def _read_source(source: str, assets: Mapping[str, bytes]) -> bytes | None:
    if not source.startswith("data:"):
        return assets.get(source)
    match = _DATA_URL.fullmatch(source)
    if match is None:
        return None
    try:
        return base64.b64decode(match[2], validate=True) if match[1] else unquote_to_bytes(match[2])
    except binascii.Error:
        return None
