"""A design folder as bytes: what somebody else has read from disk, an upload or a record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FontFile:
    """One face of a family: CSS weight 1 to 1000, style `normal`, `italic` or `oblique`, TrueType bytes."""

    family: str
    weight: int
    style: str
    data: bytes


@dataclass(frozen=True, slots=True)
class DesignSource:
    """`design` is a Fabric.js canvas as JSON; `page` is page.json, without which a canvas pixel is 1/96 inch.

    `assets` are keyed by the relative POSIX path written in an object's `src`.
    """

    design: bytes
    page: bytes | None
    assets: Mapping[str, bytes]
    fonts: Sequence[FontFile]
