"""What the segments of an attempt hold: each is read whole and checked, and a damaged one counts as absent."""

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sinks.bitmaps import add, bitmap_length
from sinks.checksums import Checksums, Stretch, read_checksums
from sinks.errors import SealingStopped, SegmentUnreadable, storage_errors
from sinks.filesystem import open_to_read, read_at
from sinks.segments import entry_name
from sinks.sidecar import FailedItem, SegmentEntry, SharedPart, Sidecar, decode_sidecar
from sinks.zip_format import NewEntry, encrypted_entry, plain_entry


@dataclass(frozen=True, slots=True)
class Segment:
    """A readable segment: its ZIP, the lowest index it says anything about, and what is needed of its sidecar."""

    zip_path: Path
    first_index: int
    shared: tuple[SharedPart, ...] = ()
    has_failures: bool = True

    @property
    def name(self) -> str:
        """The name it was written under."""
        return self.zip_path.stem


@dataclass(frozen=True, slots=True)
class Survey:
    """The readable segments, the indexes that have an entry or a failure in them, and unreadable ones by name."""

    segments: tuple[Segment, ...]
    available: bytes
    explained: bytes
    unreadable: tuple[str, ...]


def survey_segments(
    folder: Path,
    total: int,
    *,
    suffix: str,
    is_encrypted: bool,
    stop: Callable[[], bool],
    distrusted: Collection[str] = (),
) -> Survey:
    """Read every segment in a folder; one of another suffix, or not encrypted as asked, counts as unreadable too.

    So does one whose name is `distrusted`: it was read well before, and then otherwise. Raises SealingStopped between
    two of them, and the errors of storage.
    """
    available, explained = bytearray(bitmap_length(total)), bytearray(bitmap_length(total))
    segments: list[Segment] = []
    unreadable: list[str] = []
    for path in _list_segments(folder):
        if stop():
            raise SealingStopped
        sidecar = None if path.stem in distrusted else _read_segment(path, suffix, is_encrypted=is_encrypted)
        if sidecar is None:
            unreadable.append(path.stem)
            continue
        segments.append(Segment(path, sidecar.first_index, sidecar.shared, bool(sidecar.failures)))
        _add_indexes(available, sidecar.entries, total)
        _add_indexes(explained, sidecar.failures, total)
    return Survey(tuple(segments), bytes(available), bytes(explained), tuple(unreadable))


def _add_indexes(bitmap: bytearray, items: Iterable[SegmentEntry] | Iterable[FailedItem], total: int) -> None:
    for item in items:
        if item.index < total:
            add(bitmap, item.index)


def archive_entry(entry: SegmentEntry, suffix: str, *, is_encrypted: bool) -> NewEntry:
    """Return what an artifact of a segment is as an entry of an archive."""
    name = entry_name(entry.index, suffix)
    return encrypted_entry(name, entry.size) if is_encrypted else plain_entry(name, entry.crc32, entry.size)


def load_entries(segment: Segment) -> Sequence[SegmentEntry]:
    """Return the entries of a surveyed segment in index order; raises SegmentUnreadable with its name."""
    return _load_again(segment).entries


def load_failures(segment: Segment) -> Sequence[FailedItem]:
    """Return the failures of a surveyed segment in index order; raises SegmentUnreadable with its name."""
    return _load_again(segment).failures


def _list_segments(folder: Path) -> list[Path]:
    with storage_errors():
        return sorted(path for path in folder.iterdir() if path.suffix == ".zip" and not path.name.startswith("."))


def _read_segment(path: Path, suffix: str, *, is_encrypted: bool) -> Sidecar | None:
    try:
        return _check_segment(path, suffix, is_encrypted=is_encrypted)
    except SegmentUnreadable:
        return None


def _check_segment(path: Path, suffix: str, *, is_encrypted: bool) -> Sidecar:
    sidecar = _load_sidecar(path)
    if (sidecar.suffix, sidecar.is_encrypted) != (suffix, is_encrypted):
        raise SegmentUnreadable
    stretches = [Stretch(part.start, part.start + part.size, 0) for part in sidecar.shared]
    before = [part.crc32 for part in sidecar.shared]
    stretches += [Stretch(entry.start, entry.start + entry.length, before[entry.shared]) for entry in sidecar.entries]
    with _opened(path) as fd:
        found = read_checksums(fd, os.fstat(fd).st_size, stretches)
    if found != Checksums(sidecar.frame_crc32, before + [entry.crc32 for entry in sidecar.entries]):
        raise SegmentUnreadable
    return sidecar


def _load_again(segment: Segment) -> Sidecar:
    try:
        return _load_sidecar(segment.zip_path)
    except SegmentUnreadable as error:
        raise SegmentUnreadable(str(error), segment.name) from error


def _load_sidecar(zip_path: Path) -> Sidecar:
    with _opened(zip_path.with_suffix(".json")) as fd:
        return decode_sidecar(read_at(fd, 0, os.fstat(fd).st_size))


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    """Open a file of a segment; that it is absent is SegmentUnreadable."""
    with storage_errors():
        try:
            fd = open_to_read(path)
        except FileNotFoundError as error:
            raise SegmentUnreadable from error
        try:
            yield fd
        finally:
            os.close(fd)
