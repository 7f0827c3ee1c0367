"""The archive as it grows: entries copied as they are, their directory records spooled until the end."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO

from sinks.copying import copy_stretch
from sinks.directory import relocate
from sinks.errors import SegmentUnreadable
from sinks.filesystem import open_to_read, write_whole
from sinks.survey import StoredEntry
from sinks.zip_format import DirectoryExtent, Limits, NewEntry, central_record, end_records, local_header


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

    def add_content(self, entry: NewEntry, parts: Iterable[bytes]) -> None:
        """Append an entry that is in no segment; `parts` are what is stored for it."""
        self._copy_pending()
        header = local_header(entry, self._limits)
        self._directory.write(central_record(entry, self._offset, self._limits))
        write_whole(self._fd, header)
        for part in parts:
            write_whole(self._fd, part)
        self._offset += len(header) + entry.stored_size
        self._count += 1

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
