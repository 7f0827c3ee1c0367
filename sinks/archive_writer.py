"""The archive as it grows: entries copied as they are, their directory records spooled until the end."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import IO

from sinks.copying import copy_stretch
from sinks.directory import find_directory, iterate_records, relocate
from sinks.errors import SegmentUnreadable
from sinks.filesystem import open_to_read, read_at, write_whole
from sinks.survey import StoredEntry
from sinks.zip_format import DirectoryExtent, Limits, end_records


class ArchiveWriter:
    """Appends entries to an empty file; what lies together in a segment is copied together."""

    def __init__(self, fd: int, directory: IO[bytes], stop: Callable[[], bool], limits: Limits) -> None:
        self._fd = fd
        self._directory = directory
        self._stop = stop
        self._limits = limits
        self._offset = 0
        self._count = 0
        self._source: Path | None = None
        self._stretch = (0, 0)

    def add(self, source: Path, entry: StoredEntry) -> None:
        """Append an entry of a segment."""
        if source is not self._source or entry.start != self._stretch[1]:
            self._copy_pending()
            self._source, self._stretch = source, (entry.start, entry.start)
        self._stretch = (self._stretch[0], entry.end)
        self._directory.write(relocate(entry.record, self._offset, self._limits))
        self._offset += entry.end - entry.start
        self._count += 1

    def add_all(self, source: int) -> None:
        """Append all entries of a ZIP that is open as `source`."""
        self._copy_pending()
        extent = find_directory(source, os.fstat(source).st_size)
        for record in iterate_records(read_at(source, extent.offset, extent.size)):
            self._directory.write(relocate(record, self._offset + record.offset, self._limits))
        copy_stretch(source, 0, extent.offset, self._fd, self._stop)
        self._offset += extent.offset
        self._count += extent.count

    def finish(self) -> None:
        """Append the directory and the end records."""
        self._copy_pending()
        self._directory.flush()
        size = self._directory.tell()
        copy_stretch(self._directory.fileno(), 0, size, self._fd, self._stop)
        write_whole(self._fd, end_records(DirectoryExtent(self._offset, size, self._count), self._limits))

    def _copy_pending(self) -> None:
        if self._source is None:
            return
        try:
            source = open_to_read(self._source)
        except FileNotFoundError as error:
            raise SegmentUnreadable("A segment disappeared while it was copied.") from error
        try:
            copy_stretch(source, *self._stretch, self._fd, self._stop)
        finally:
            os.close(source)
        self._source = None
