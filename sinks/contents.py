"""What goes into an archive: the entries that succeeded, then the manifest of them and the table of the others."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sinks import failures_table, manifest
from sinks.archive_writer import ArchiveWriter
from sinks.bitmaps import contains, iterate, unite
from sinks.errors import SealingStopped
from sinks.manifest import ManifestWriter
from sinks.merge import merge_segments
from sinks.sealing import Sealing
from sinks.segments import FailedItem, entry_name
from sinks.small_zip import ZipSource, write_small_zip
from sinks.survey import Segment, load_entries, load_failures
from sinks.zip_format import Limits

_BUFFER_BYTES = 1 << 20

_UNDELIVERABLE = ("undeliverable", "The work for this item did not come to an end, although it was tried again.")
_CANCELLED = ("cancelled", "The batch was cancelled before the work for this item was done.")

Stop = Callable[[], bool]


def write_archive(
    fd: int, sealing: Sealing, segments: Sequence[Segment], spools: Path, *, stop: Stop, limits: Limits
) -> None:
    """Write a whole archive to an empty file from segments that hold all it needs.

    The manifest, the table and the directory grow in files without a name in the folder `spools`, so that memory does
    not grow with the batch. Raises SealingStopped, SegmentUnreadable and OSError.
    """
    with _spool(spools) as directory, _spool(spools) as items, _spool(spools) as failures:
        writer = ArchiveWriter(fd, directory, stop, limits)
        _write_entries(writer, items, sealing, segments)
        _write_failures(failures, sealing, segments, stop)
        with _spool(spools) as own:
            sources = [_zip_source(manifest.NAME, items, stop), _zip_source(failures_table.NAME, failures, stop)]
            write_small_zip(own, sources, sealing.password)
            own.flush()
            writer.add_all(own.fileno())
        writer.finish()


def _write_entries(writer: ArchiveWriter, items: IO[bytes], sealing: Sealing, segments: Sequence[Segment]) -> None:
    listed = ManifestWriter(items, sealing.batch_id, sealing.attempt, sealing.total)
    for segment, entry in merge_segments(segments, load_entries):
        if entry.index < sealing.total and contains(sealing.succeeded, entry.index):
            writer.add(segment.zip_path, entry)
            listed.add(entry.index, entry_name(entry.index, sealing.suffix), entry.sha256, entry.size)
    listed.finish()


def _write_failures(target: IO[bytes], sealing: Sealing, segments: Sequence[Segment], stop: Stop) -> None:
    target.write(failures_table.render_header(sealing.columns))
    explained = (item for _, item in merge_segments(segments, load_failures))
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


def _zip_source(name: str, spool: IO[bytes], stop: Stop) -> ZipSource:
    size = spool.tell()
    spool.seek(0)
    return ZipSource(name, size, _read_parts(spool, stop))


def _read_parts(source: IO[bytes], stop: Stop) -> Iterator[bytes]:
    while part := source.read(_BUFFER_BYTES):
        if stop():
            raise SealingStopped
        yield part
