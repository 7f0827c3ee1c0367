"""The checksums by which a segment is known to be whole: of each part, and of all that is around them."""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from sinks.errors import SegmentUnreadable
from sinks.windows import Window


class Stretch(NamedTuple):
    """A part's place in bytes, and the CRC-32 of what is thought to stand before it (0: nothing)."""

    start: int
    end: int
    before: int


@dataclass(frozen=True, slots=True)
class Checksums:
    """CRC-32s of the parts, each with what is thought to stand before it, and of all other bytes of the file."""

    frame: int
    parts: list[int]


def read_checksums(fd: int, size: int, stretches: Iterable[Stretch]) -> Checksums:
    """Read all `size` bytes of a file whose parts lie one after the other.

    Raises SegmentUnreadable when they do not, or when the file is too short.
    """
    window = Window(fd)
    frame = place = 0
    parts = []
    for start, end, before in stretches:
        if start < place:
            raise SegmentUnreadable("Two parts of a segment overlap.")
        frame = _add_crc32(window, place, start, frame)
        parts.append(_add_crc32(window, start, end, before))
        place = end
    return Checksums(_add_crc32(window, place, size, frame), parts)


def _add_crc32(window: Window, start: int, end: int, crc32: int) -> int:
    for piece in window.read(start, end):
        crc32 = zlib.crc32(piece, crc32)
    return crc32
