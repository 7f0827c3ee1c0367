"""What stands beside each segment: where its parts lie, what they make, its failures, and checksums to know it by."""

import re
import zlib
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from sinks.errors import SegmentUnreadable

VERSION = 2

_CHECK = re.compile(rb',"check":(\d{1,10})\}\Z')


@dataclass(frozen=True, slots=True)
class FailedItem:
    """An item without an artifact: why, as a stable code and for people (never with a value of its row)."""

    index: int
    code: str
    message: str


class SharedPart(NamedTuple):
    """Bytes with which several artifacts begin: digest in hex, place in the segment's ZIP and size in bytes."""

    sha256: str
    start: int
    size: int
    crc32: int


class SegmentEntry(NamedTuple):
    """One artifact: the number of its shared part, and where its tail lies in the segment's ZIP (bytes).

    `size` and `sha256` are of the artifact, `crc32` of shared part and tail one after the other, encrypted if they are.
    A tuple: hundreds of thousands are made a minute, and a frozen dataclass takes four times as long.
    """

    index: int  # type: ignore[assignment] # hides tuple's method of this name, which nobody asks an item for
    shared: int
    start: int
    length: int
    size: int
    crc32: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Sidecar:
    """The facts of one segment, in index order; `frame_crc32` is of its ZIP without the parts' bytes."""

    frame_crc32: int
    suffix: str
    is_encrypted: bool
    shared: tuple[SharedPart, ...]
    entries: tuple[SegmentEntry, ...]
    failures: tuple[FailedItem, ...]

    @property
    def first_index(self) -> int:
        """The lowest index it says anything about; 0 when there is none."""
        return min((part[0].index for part in (self.entries, self.failures) if part), default=0)


def encode_sidecar(sidecar: Sidecar) -> bytes:
    """Return JSON whose last member is the CRC-32 of all before it."""
    facts = {
        "version": VERSION,
        "frame": sidecar.frame_crc32,
        "suffix": sidecar.suffix,
        "encrypted": sidecar.is_encrypted,
        "shared": [list(part) for part in sidecar.shared],
        "entries": [list(entry) for entry in sidecar.entries],
        "failures": [[item.index, item.code, item.message] for item in sidecar.failures],
    }
    body = orjson.dumps(facts)[:-1]
    return body + b',"check":%d}' % zlib.crc32(body)


def decode_sidecar(data: bytes) -> Sidecar:
    """Return the facts; raises SegmentUnreadable for anything but the whole bytes of `encode_sidecar`."""
    check = _CHECK.search(data)
    if not check or zlib.crc32(data[: check.start()]) != int(check[1]):
        raise SegmentUnreadable("The sidecar of a segment is truncated or damaged.")
    facts: dict[str, Any] = orjson.loads(data)
    if facts["version"] != VERSION:
        raise SegmentUnreadable("The sidecar of a segment has a version this program does not know.")
    return Sidecar(
        facts["frame"],
        facts["suffix"],
        facts["encrypted"],
        tuple(map(SharedPart._make, facts["shared"])),
        tuple(map(SegmentEntry._make, facts["entries"])),
        tuple(FailedItem(*item) for item in facts["failures"]),
    )
