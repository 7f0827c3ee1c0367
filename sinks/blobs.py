"""Content-addressed bytes: `ab/<sha256>`, written once, whole or absent, checked when read."""

import hashlib
import os
import re
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from sinks.errors import BlobCorrupt, BlobMissing, StorageUnavailable, UnsafeName, storage_errors
from sinks.filesystem import (
    TemporaryFile,
    flush_folder,
    make_folder,
    open_to_read,
    pass_by,
    read_at,
    write_buffers,
)

_DIGEST = re.compile(r"[0-9a-f]{64}")
# Rows are written one by one (some 100 bytes); a system call for each would cost more than they do.
_BUFFERED_BYTES = 1 << 20


class BlobWriter:
    """Writes a blob from a stream; nothing of it stays when its block ends with an exception."""

    def __init__(self, blobs: Path, crashpoint: Callable[[str], None] = pass_by) -> None:
        self._blobs = blobs
        self._crashpoint = crashpoint
        self._hash = hashlib.sha256()
        self._pending: list[bytes] = []
        self._pending_bytes = 0
        self._size = 0
        self._digest: str | None = None
        self._temporary = TemporaryFile(blobs, "blob")

    def __enter__(self) -> Self:
        return self

    def write(self, data: bytes) -> int:
        """Append bytes and return the offset at which they start."""
        offset = self._size
        self._pending.append(data)
        self._pending_bytes += len(data)
        self._size += len(data)
        if self._pending_bytes >= _BUFFERED_BYTES:
            self._write_pending()
        return offset

    @property
    def digest(self) -> str:
        """The hexadecimal SHA-256 under which the blob can be read; known when the block has ended."""
        if self._digest is None:
            raise BlobMissing("A blob has its digest when its writer is closed.")
        return self._digest

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with self._temporary:
            if kind is None:
                self._publish()

    def _write_pending(self) -> None:
        for data in self._pending:
            self._hash.update(data)
        with storage_errors():
            write_buffers(self._temporary.fd, self._pending)
        self._pending, self._pending_bytes = [], 0

    def _publish(self) -> None:
        self._write_pending()
        self._temporary.flush()
        self._crashpoint("blob.written")
        digest = self._hash.hexdigest()
        final = blob_path(self._blobs, digest)
        make_folder(final.parent)
        if not _is_whole(self._blobs, digest):
            with storage_errors():
                self._temporary.path.rename(final)
        # Also when it was there: its writer may have lost power before this line.
        flush_folder(final.parent)
        self._digest = digest


def put_blob(blobs: Path, data: bytes, crashpoint: Callable[[str], None] = pass_by) -> str:
    """Keep bytes and return their digest; what is there already is read, and replaced when it is damaged."""
    digest = hashlib.sha256(data).hexdigest()
    if _is_whole(blobs, digest):
        # Its writer may have lost power before this line.
        flush_folder(blob_path(blobs, digest).parent)
        return digest
    with BlobWriter(blobs, crashpoint) as writer:
        writer.write(data)
    return writer.digest


def blob_path(blobs: Path, digest: str) -> Path:
    """Return where a blob lies; raises UnsafeName for anything but a hexadecimal SHA-256."""
    if not _DIGEST.fullmatch(digest):
        raise UnsafeName("A blob is named by the 64 hexadecimal digits of its SHA-256.")
    return blobs / digest[:2] / digest


def _is_whole(blobs: Path, digest: str) -> bool:
    """Tell whether a blob is there and has the bytes it is named by."""
    try:
        size = blob_size(blobs, digest)
        found = hashlib.sha256()
        for start in range(0, size, _BUFFERED_BYTES):
            found.update(read_blob_range(blobs, digest, start, min(_BUFFERED_BYTES, size - start)))
    except (BlobMissing, BlobCorrupt, StorageUnavailable):
        # Where nothing can be read at the moment, nothing can be renamed either, and that is said then.
        return False
    return found.hexdigest() == digest


def read_blob(blobs: Path, digest: str) -> bytes:
    """Return a whole blob; raises BlobMissing, or BlobCorrupt when its bytes have another SHA-256."""
    data = read_blob_range(blobs, digest, 0, blob_size(blobs, digest))
    if hashlib.sha256(data).hexdigest() != digest:
        raise BlobCorrupt
    return data


def read_blob_range(blobs: Path, digest: str, start: int, length: int) -> bytes:
    """Return `length` bytes from `start`, unchecked; raises BlobMissing, or BlobCorrupt when there are fewer."""
    path = blob_path(blobs, digest)
    with storage_errors():
        try:
            fd = open_to_read(path)
        except FileNotFoundError as error:
            raise BlobMissing from error
        try:
            data = read_at(fd, start, length)
        finally:
            os.close(fd)
    if len(data) != length:
        raise BlobCorrupt(f"A blob has {start + len(data)} bytes where {start + length} were expected.")
    return data


def blob_size(blobs: Path, digest: str) -> int:
    """Return a blob's length in bytes; raises BlobMissing."""
    path = blob_path(blobs, digest)
    with storage_errors():
        try:
            return path.stat().st_size
        except FileNotFoundError as error:
            raise BlobMissing from error
