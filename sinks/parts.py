"""The parts of artifacts, read back from segments and checked: a shared part once, tails by the hundred."""

import os
import zlib
from collections.abc import Iterator
from types import TracebackType
from typing import NamedTuple, Self

from sinks.errors import SegmentUnreadable
from sinks.filesystem import open_to_read, read_at
from sinks.sidecar import SegmentEntry, SharedPart
from sinks.survey import Segment
from sinks.windows import Window

# Nearly every batch has one; a few more are kept for those whose letters begin in several ways.
_SHARED_KEPT = 4


class _Known(NamedTuple):
    """A shared part as it was read, and the CRC-32 of these bytes."""

    data: bytes
    crc32: int


class PartReader:
    """Reads the parts of surveyed segments; one is open at a time, and the last shared parts are kept.

    What is handed out is what was checked: the survey read the same places, but the file may be another one since.
    """

    def __init__(self) -> None:
        self._segment: Segment | None = None
        self._fd = -1
        self._window = Window(-1)
        self._shared: dict[str, _Known] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._close()

    def read(self, segment: Segment, entry: SegmentEntry) -> Iterator[bytes]:
        """Yield an artifact in pieces, as it is to lie in the archive; they are taken before the next is read.

        Raises SegmentUnreadable, at the latest behind the last piece: when the file is not there or too short any more,
        or when the pieces have not the CRC-32 the sidecar says. Raises OSError.
        """
        if segment is not self._segment:
            self._open(segment)
        part = segment.shared[entry.shared]
        shared = self._shared.get(part.sha256) or self._read_shared(part)
        crc32 = shared.crc32
        yield shared.data
        for piece in self._window.read(entry.start, entry.start + entry.length):
            crc32 = zlib.crc32(piece, crc32)
            yield piece
        if crc32 != entry.crc32:
            raise SegmentUnreadable("An artifact changed while it was copied.")

    def _open(self, segment: Segment) -> None:
        self._close()
        try:
            self._fd = open_to_read(segment.zip_path)
        except FileNotFoundError as error:
            raise SegmentUnreadable("A segment disappeared while it was copied.") from error
        self._segment, self._window = segment, Window(self._fd)

    def _close(self) -> None:
        if self._segment is not None:
            self._segment = None
            os.close(self._fd)

    def _read_shared(self, part: SharedPart) -> _Known:
        data = read_at(self._fd, part.start, part.size)
        found = _Known(data, zlib.crc32(data))
        if (len(data), found.crc32) != (part.size, part.crc32):
            raise SegmentUnreadable("A segment changed while it was copied.")
        self._shared[part.sha256] = found
        if len(self._shared) > _SHARED_KEPT:
            del self._shared[next(iter(self._shared))]
        return found
