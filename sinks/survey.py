"""What the segments of an attempt hold: each is read whole and checked, and a damaged one counts as absent."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from sinks.bitmaps import add, bitmap_length
from sinks.checksums import Checksums, read_checksums
from sinks.directory import CentralRecord, DirectoryDamagedError, find_directory, find_ends, iterate_records
from sinks.errors import SealingStopped, SegmentUnreadable, storage_errors
from sinks.filesystem import open_to_read, read_at
from sinks.segments import entry_name
from sinks.sidecar import FailedItem, Sidecar, decode_sidecar
from sinks.zip_format import AES_METHOD, STORED


@dataclass(frozen=True, slots=True)
class Segment:
    """A readable segment: its ZIP, and the lowest index it says anything about."""

    zip_path: Path
    first_index: int

    @property
    def name(self) -> str:
        """The name it was written under."""
        return self.zip_path.stem


@dataclass(frozen=True, slots=True)
class Survey:
    """The readable segments, the indexes that have an entry in one of them, and the names of the unreadable ones."""

    segments: tuple[Segment, ...]
    available: bytes
    unreadable: tuple[str, ...]


class StoredEntry(NamedTuple):
    """An entry of a segment: it lies from `start` to `end` (bytes, with its header) and its record describes it."""

    index: int  # type: ignore[assignment] # hides tuple's method of this name, which nobody asks an item for
    start: int
    end: int
    size: int
    sha256: str
    record: CentralRecord


def survey_segments(folder: Path, total: int, *, suffix: str, is_encrypted: bool, stop: Callable[[], bool]) -> Survey:
    """Read every segment in a folder; one with other names, or not encrypted as asked, counts as unreadable too.

    Raises SealingStopped between two of them, and the errors of storage.
    """
    available = bytearray(bitmap_length(total))
    segments: list[Segment] = []
    unreadable: list[str] = []
    for path in _list_segments(folder):
        if stop():
            raise SealingStopped
        try:
            sidecar = _check_segment(path, suffix, AES_METHOD if is_encrypted else STORED)
        except SegmentUnreadable:
            unreadable.append(path.stem)
            continue
        segments.append(Segment(path, sidecar.first_index))
        for entry in sidecar.entries:
            if entry.index < total:
                add(available, entry.index)
    return Survey(tuple(segments), bytes(available), tuple(unreadable))


def load_entries(segment: Segment) -> list[StoredEntry]:
    """Return the entries of a surveyed segment in index order."""
    sidecar = _load_sidecar(segment.zip_path)
    with _opened(segment.zip_path) as fd:
        records, _, directory_offset = _read_records(fd)
    ends = find_ends(records, directory_offset)
    return [
        StoredEntry(entry.index, record.offset, end, entry.size, entry.sha256, record)
        for entry, record, end in zip(sidecar.entries, records, ends, strict=True)
    ]


def load_failures(segment: Segment) -> tuple[FailedItem, ...]:
    """Return the failures of a surveyed segment in index order."""
    return _load_sidecar(segment.zip_path).failures


def _list_segments(folder: Path) -> list[Path]:
    with storage_errors():
        return sorted(path for path in folder.iterdir() if path.suffix == ".zip" and not path.name.startswith("."))


def _check_segment(path: Path, suffix: str, method: int) -> Sidecar:
    sidecar = _load_sidecar(path)
    with _opened(path) as fd:
        records, directory, directory_offset = _read_records(fd)
        checksums = read_checksums(fd, records, directory, directory_offset)
    expected = Checksums(sidecar.frame_crc32, [entry.stored_crc32 for entry in sidecar.entries])
    described = [(entry_name(entry.index, suffix).encode(), entry.size, method) for entry in sidecar.entries]
    if checksums != expected or [(record.name, record.size, record.method) for record in records] != described:
        raise SegmentUnreadable
    return sidecar


def _load_sidecar(zip_path: Path) -> Sidecar:
    with _opened(zip_path.with_suffix(".json")) as fd:
        return decode_sidecar(read_at(fd, 0, os.fstat(fd).st_size))


def _read_records(fd: int) -> tuple[list[CentralRecord], bytes, int]:
    extent = find_directory(fd, os.fstat(fd).st_size)
    directory = read_at(fd, extent.offset, extent.size)
    return list(iterate_records(directory)), directory, extent.offset


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    """Open a file of a segment; that it is absent or not what it should be is SegmentUnreadable."""
    with storage_errors():
        try:
            fd = open_to_read(path)
        except FileNotFoundError as error:
            raise SegmentUnreadable from error
        try:
            yield fd
        except DirectoryDamagedError as error:
            raise SegmentUnreadable from error
        finally:
            os.close(fd)
