"""The checksums by which a segment is known to be whole: of each entry as stored, and of all that is around them."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from sinks.directory import CentralRecord, DirectoryDamagedError, find_ends
from sinks.filesystem import read_at

_WINDOW_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Checksums:
    """CRC-32s; the frame is the local headers of all entries one after the other, then the central directory."""

    frame: int
    stored: list[int]


class _Window:
    """Reads a file front to back in large pieces and hands out small ones."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._start = 0
        self._data = memoryview(b"")

    def view(self, start: int, end: int) -> memoryview:
        if start < self._start or end > self._start + len(self._data):
            self._start = start
            self._data = memoryview(read_at(self._fd, start, max(_WINDOW_BYTES, end - start)))
            if len(self._data) < end - start:
                raise DirectoryDamagedError("The file is shorter than its directory says.")
        return self._data[start - self._start : end - self._start]


def read_checksums(fd: int, records: Sequence[CentralRecord], directory: bytes, directory_offset: int) -> Checksums:
    """Read a whole ZIP whose entries lie one after the other in the order of its directory.

    Raises DirectoryDamagedError when they do not, or when the file is too short.
    """
    window, frame, stored = _Window(fd), 0, []
    for record, end in zip(records, find_ends(records, directory_offset), strict=True):
        data_start = end - record.stored_size
        if data_start <= record.offset:
            raise DirectoryDamagedError("Two entries overlap.")
        frame = zlib.crc32(window.view(record.offset, data_start), frame)
        stored.append(_read_crc32(window, data_start, end))
    return Checksums(zlib.crc32(directory, frame), stored)


def _read_crc32(window: _Window, start: int, end: int) -> int:
    crc32 = 0
    while start < end:
        stop = min(end, start + _WINDOW_BYTES)
        crc32 = zlib.crc32(window.view(start, stop), crc32)
        start = stop
    return crc32
