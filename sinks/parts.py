"""The parts of artifacts, read back from segments: a shared part once, tails by the hundred."""

import os
from collections.abc import Iterator
from itertools import chain
from types import TracebackType
from typing import Self

from sinks.errors import SegmentUnreadable
from sinks.filesystem import open_to_read, read_at
from sinks.sidecar import SegmentEntry, SharedPart
from sinks.survey import Segment
from sinks.windows import Window

# Nearly every batch has one; a few more are kept for those whose letters begin in several ways.
_SHARED_KEPT = 4


class PartReader:
    """Reads the parts of surveyed segments; one is open at a time, and the last shared parts are kept."""

    def __init__(self) -> None:
        self._segment: Segment | None = None
        self._fd = -1
        self._window = Window(-1)
        self._shared: dict[str, bytes] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._close()

    def read(self, segment: Segment, entry: SegmentEntry) -> Iterator[bytes | memoryview]:
        """Return an artifact in pieces, as it is to lie in the archive; they are taken before the next is read.

        Raises SegmentUnreadable and OSError, then or when a piece is taken.
        """
        if segment is not self._segment:
            self._open(segment)
        shared = self._find_shared(segment.shared[entry.shared])
        return chain((shared,), self._window.read(entry.start, entry.start + entry.length))

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

    def _find_shared(self, part: SharedPart) -> bytes:
        found = self._shared.get(part.sha256)
        if found is None:
            found = self._shared[part.sha256] = read_at(self._fd, part.start, part.size)
            if len(found) != part.size:
                raise SegmentUnreadable("A segment became shorter while it was copied.")
            if len(self._shared) > _SHARED_KEPT:
                del self._shared[next(iter(self._shared))]
        return found
