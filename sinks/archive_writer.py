"""The archive as it grows: entries gathered into large writes, their directory records spooled until the end."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from itertools import chain
from typing import IO

from sinks.errors import SealingStopped
from sinks.filesystem import BUFFERS_PER_WRITE, forget_pages, write_buffers
from sinks.zip_format import DirectoryExtent, Limits, NewEntry, central_record, end_records, local_header

# A disk of 100 MB/s takes 80 ms for it, so a process asked to end does not wait longer.
SLICE_BYTES = 8 << 20
# A disk of 2 GB/s has written that after 130 ms; looking further back on a slow one would cost more than it frees.
_FORGOTTEN_BYTES = 256 << 20
_BUFFER_BYTES = 1 << 20


class ArchiveWriter:
    """Appends entries to an empty file, a slice of some hundred letters at a time; stopping is asked before each.

    While two `threads` write and digest a slice, the next is gathered: most of the time is the system's and the
    digest's, and both let other threads run.
    """

    def __init__(
        self, fd: int, directory: IO[bytes], threads: Executor, stop: Callable[[], bool], limits: Limits
    ) -> None:
        self._fd = fd
        self._directory = directory
        self._threads = threads
        self._digest = hashlib.sha256()
        self._under_way: tuple[Future[None], ...] = ()
        self._stop = stop
        self._limits = limits
        self._offset = 0
        self._count = 0
        self._written = 0
        self._slice: list[bytes] = []
        self._slice_bytes = 0

    def add(self, entry: NewEntry, parts: Iterable[bytes]) -> None:
        """Append an entry; `parts` are what is stored for it. Raises SealingStopped and OSError."""
        header = local_header(entry, self._limits)
        self._directory.write(central_record(entry, self._offset, self._limits))
        self._gather(chain((header,), parts))
        self._offset += len(header) + entry.stored_size
        self._count += 1

    def finish(self) -> str:
        """Append the directory and the end records, write what is left, and return the file's hexadecimal SHA-256."""
        size = self._directory.tell()
        end = end_records(DirectoryExtent(self._offset, size, self._count), self._limits)
        self._gather(chain(read_spool(self._directory), (end,)))
        self._begin_slice()
        self._end_slice()
        return self._digest.hexdigest()

    def _gather(self, parts: Iterable[bytes]) -> None:
        for part in parts:
            self._slice.append(part)
            self._slice_bytes += len(part)
            if self._slice_bytes >= SLICE_BYTES or len(self._slice) == BUFFERS_PER_WRITE:
                self._begin_slice()

    def _begin_slice(self) -> None:
        self._end_slice()
        if self._stop():
            raise SealingStopped
        self._written += self._slice_bytes
        self._under_way = (
            self._threads.submit(_write_slice, self._fd, self._slice, self._written),
            self._threads.submit(_digest_slice, self._digest, self._slice),
        )
        self._slice, self._slice_bytes = [], 0

    def _end_slice(self) -> None:
        for work in self._under_way:
            work.result()


def _write_slice(fd: int, parts: Sequence[bytes], end: int) -> None:
    write_buffers(fd, parts)
    forget_pages(fd, max(0, end - _FORGOTTEN_BYTES))


def _digest_slice(digest: "hashlib._Hash", parts: Sequence[bytes]) -> None:
    # One long piece: each short one would have to wait for the interpreter's lock once more.
    digest.update(b"".join(parts))


def read_spool(spool: IO[bytes]) -> Iterator[bytes]:
    """Yield all that was written to a file, in pieces."""
    spool.seek(0)
    while part := spool.read(_BUFFER_BYTES):
        yield part
