"""What goes into an archive: the entries that succeeded, then the manifest of them and the table of the others."""

import tempfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sinks import failures_table, manifest
from sinks.archive_writer import ArchiveWriter, read_spool
from sinks.bitmaps import add, contains, iterate, unite
from sinks.encryption import encrypt
from sinks.errors import SealingStopped, SegmentUnreadable
from sinks.manifest import ManifestWriter
from sinks.merge import merge_segments
from sinks.parts import PartReader
from sinks.sealing import Sealing
from sinks.segments import FailedItem
from sinks.survey import Segment, archive_entry, load_entries, load_failures
from sinks.zip_format import Limits, encrypted_entry, plain_entry

_BUFFER_BYTES = 1 << 20

_UNDELIVERABLE = ("undeliverable", "The work for this item did not come to an end, although it was tried again.")
_CANCELLED = ("cancelled", "The batch was cancelled before the work for this item was done.")

Stop = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Written:
    """What an archive is known by, both in hexadecimal: the SHA-256 of the file, the Merkle root of its manifest."""

    sha256: str
    merkle_root: str


def write_archive(
    fd: int, sealing: Sealing, segments: Sequence[Segment], spools: Path, *, stop: Stop, limits: Limits
) -> Written:
    """Write a whole archive to an empty file from segments that hold all it needs.

    The manifest, the table and the directory grow in files without a name in the folder `spools`, so that memory does
    not grow with the batch. Raises SealingStopped, OSError, and SegmentUnreadable with the name of a segment that is
    not any more what it was when it was surveyed.
    """
    with (
        _spool(spools) as directory,
        _spool(spools) as items,
        _spool(spools) as failures,
        ThreadPoolExecutor(2, "archive") as threads,
    ):
        writer = ArchiveWriter(fd, directory, threads, stop, limits)
        merkle_root = _write_entries(writer, items, sealing, segments)
        _write_failures(failures, sealing, segments, stop)
        _add_spool(writer, manifest.NAME, items, sealing.password, stop)
        _add_spool(writer, failures_table.NAME, failures, sealing.password, stop)
        return Written(writer.finish(), merkle_root)


def _write_entries(writer: ArchiveWriter, items: IO[bytes], sealing: Sealing, segments: Sequence[Segment]) -> str:
    listed = ManifestWriter(items, sealing.batch_id, sealing.attempt, sealing.total)
    is_encrypted = sealing.password is not None
    written = bytearray(len(sealing.succeeded))
    with PartReader() as reader:
        for segment, entry in merge_segments(segments, load_entries):
            if entry.index >= sealing.total or not contains(sealing.succeeded, entry.index):
                continue
            described = archive_entry(entry, sealing.suffix, is_encrypted=is_encrypted)
            try:
                writer.add(described, reader.read(segment, entry))
            except SegmentUnreadable as error:
                raise SegmentUnreadable(str(error), segment.name) from error
            listed.add(entry.index, described.name.decode(), entry.sha256, entry.size)
            add(written, entry.index)
    if (bytes(written), listed.count) != (sealing.succeeded, int.from_bytes(sealing.succeeded).bit_count()):
        raise SegmentUnreadable("The entries written are not the items that succeeded.")
    return listed.finish()


def _write_failures(target: IO[bytes], sealing: Sealing, segments: Sequence[Segment], stop: Stop) -> None:
    target.write(failures_table.render_header(sealing.columns))
    explaining = [segment for segment in segments if segment.has_failures]
    explained = (item for _, item in merge_segments(explaining, load_failures))
    item = next(explained, None)
    for index in iterate(unite(sealing.failed, sealing.cancelled)):
        if stop():
            raise SealingStopped
        while item is not None and item.index < index:
            item = next(explained, None)
        code, message = _explain(sealing, index, item)
        target.write(failures_table.render_row((str(index), code, message, *sealing.cells_of(index))))


def _explain(sealing: Sealing, index: int, item: FailedItem | None) -> tuple[str, str]:
    if contains(sealing.cancelled, index):
        return _CANCELLED
    return (item.code, item.message) if item is not None and item.index == index else _UNDELIVERABLE


@contextmanager
def _spool(folder: Path) -> Iterator[IO[bytes]]:
    """Open a file that has no name, so that nothing of it outlives the process."""
    with tempfile.TemporaryFile("w+b", _BUFFER_BYTES, dir=folder) as spool:
        yield spool


def _add_spool(writer: ArchiveWriter, name: str, spool: IO[bytes], password: bytes | None, stop: Stop) -> None:
    size, parts = spool.tell(), read_spool(spool)
    if password is None:
        writer.add(plain_entry(name, _read_crc32(spool, stop), size), parts)
    else:
        writer.add(encrypted_entry(name, size), encrypt(parts, password))


def _read_crc32(spool: IO[bytes], stop: Stop) -> int:
    crc32 = 0
    for part in read_spool(spool):
        if stop():
            raise SealingStopped
        crc32 = zlib.crc32(part, crc32)
    return crc32
