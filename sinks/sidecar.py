"""What stands beside each segment: the SHA-256 of its entries, its failures, and checksums to know it whole by."""

import re
import zlib
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from sinks.errors import SegmentUnreadable

VERSION = 1

_CHECK = re.compile(rb',"check":(\d{1,10})\}\Z')


@dataclass(frozen=True, slots=True)
class FailedItem:
    """An item without an artifact: why, as a stable code and for people (never with a value of its row)."""

    index: int
    code: str
    message: str


class SegmentEntry(NamedTuple):
    """An entry: size and SHA-256 of the artifact, CRC-32 of the bytes as stored (encrypted, if they are).

    A tuple: hundreds of thousands are made a minute, and a frozen dataclass takes four times as long.
    """

    index: int  # type: ignore[assignment] # hides tuple's method of this name, which nobody asks an item for
    size: int
    sha256: str
    stored_crc32: int


@dataclass(frozen=True, slots=True)
class Sidecar:
    """The facts of one segment, in index order; `frame_crc32` is of its ZIP without the entries' bytes."""

    frame_crc32: int
    entries: tuple[SegmentEntry, ...]
    failures: tuple[FailedItem, ...]

    @property
    def first_index(self) -> int:
        """The lowest index it says anything about; 0 when there is none."""
        return min((part[0].index for part in (self.entries, self.failures) if part), default=0)


def encode_sidecar(sidecar: Sidecar) -> bytes:
    """Return JSON whose last member is the CRC-32 of all before it."""
    entries = [list(entry) for entry in sidecar.entries]
    failures = [[item.index, item.code, item.message] for item in sidecar.failures]
    facts = {"version": VERSION, "frame": sidecar.frame_crc32, "entries": entries, "failures": failures}
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
    entries = tuple(SegmentEntry(*entry) for entry in facts["entries"])
    return Sidecar(facts["frame"], entries, tuple(FailedItem(*item) for item in facts["failures"]))
