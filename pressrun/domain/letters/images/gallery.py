"""The rasters of a design: found among its assets, filtered and kept once each, in order of first use."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol
from urllib.parse import unquote_to_bytes

from pressrun.domain.letters.canvas.dialect import Dialect
from pressrun.domain.letters.canvas.objects import Filter
from pressrun.domain.letters.canvas.properties import Properties
from pressrun.domain.letters.images.filters import filter_image
from pressrun.domain.letters.images.rasters import Raster, UnreadablePicture, filtered_raster, read_raster

_DATA_URL: Final = re.compile(r"data:[^,]*?(;base64)?,(.*)", re.DOTALL)
_REMOTE: Final = ("http:", "https:", "//", "blob:", "file:", "ftp:")

Key = tuple[str, tuple[Filter, ...]]


@dataclass(frozen=True, slots=True)
class Gallery:
    """The rasters read so far, by their source and what was done to them."""

    assets: Mapping[str, bytes]
    rasters: list[Raster] = field(default_factory=list)
    numbers: dict[Key, int] = field(default_factory=dict)
    # Decoding a damaged picture takes as long as a good one; a design may name one thousands of times.
    flaws: dict[Key, str] = field(default_factory=dict)


class Desk(Protocol):
    """What readers of objects share."""

    @property
    def dialect(self) -> Dialect: ...

    @property
    def gallery(self) -> Gallery: ...


def find_raster(
    item: Properties, name: str, source: str, gallery: Gallery, filters: tuple[Filter, ...] = ()
) -> int | None:
    """Return the raster's number in the gallery; a picture that is missing or damaged is a fault of `item`."""
    key = (source, filters)
    if key in gallery.numbers:
        return gallery.numbers[key]
    if key in gallery.flaws:
        _mar(item, gallery.flaws[key])
        return None
    data = _read_source(source, gallery.assets)
    if data is None:
        _miss(item, name, source)
        return None
    try:
        raster = prepare_picture(data, filters)
    except UnreadablePicture as error:
        gallery.flaws[key] = str(error)
        _mar(item, str(error))
        return None
    gallery.numbers[key] = len(gallery.rasters)
    gallery.rasters.append(raster)
    return gallery.numbers[key]


def prepare_picture(data: bytes, filters: tuple[Filter, ...]) -> Raster:
    """Return a picture's bytes as a raster, filtered; raises UnreadablePicture."""
    if not filters:
        return read_raster(data)
    return filtered_raster(data, lambda image: filter_image(image, filters))


def _mar(item: Properties, flaw: str) -> None:
    item.fault("image_unreadable", f"The picture cannot be printed: {flaw}.", "Save it again as JPEG or PNG.")


def _miss(item: Properties, name: str, source: str) -> None:
    if source.startswith(_REMOTE):
        message = f"The picture named by {name} is an address; pictures are never fetched while letters are made."
        remedy = f"Put the file beside design.json and write its relative path into {name}."
    elif source.startswith("data:"):
        message, remedy = f"The data URL in {name} cannot be decoded.", "Save the design with Fabric again."
    else:
        message = f"The picture named by {name} is not among the design's assets."
        remedy = f"Put the file beside design.json and write its relative path into {name}."
    item.fault("image_missing", message, remedy)


def _read_source(source: str, assets: Mapping[str, bytes]) -> bytes | None:
    if not source.startswith("data:"):
        return assets.get(source)
    match = _DATA_URL.fullmatch(source)
    if match is None:
        return None
    try:
        return base64.b64decode(match[2], validate=True) if match[1] else unquote_to_bytes(match[2])
    except (binascii.Error, ValueError):
        return None
