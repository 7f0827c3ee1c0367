"""The file system as pressrun needs it: writes that are whole, names that appear at once, and nothing left behind."""

import contextlib
import fcntl
import os
import re
import secrets
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from sinks.errors import FlushFailed, StorageFull, storage_errors

FILE_MODE = 0o600
FOLDER_MODE = 0o700

# One writev takes at most this many buffers (POSIX promises 16; Linux and macOS have 1,024).
BUFFERS_PER_WRITE = os.sysconf("SC_IOV_MAX")
# macOS refuses a writev of more than 2 GiB - 1 bytes; Linux writes a part of it.
BYTES_PER_WRITE = 1 << 30

_TEMPORARY = re.compile(r"\.(?P<final>.+)\.[0-9a-f]{16}\.partial")


def temporary_name(final: str) -> str:
    """Return a hidden name that no other writer uses and `sweep` recognises."""
    return f".{final}.{secrets.token_hex(8)}.partial"


class TemporaryFile:
    """A file that is gone when its block ends, unless it was renamed or linked to its final name.

    Its writer holds a lock on it, so a sweeper can tell it from one whose writer died, on any host that sees the lock.
    """

    def __init__(self, folder: Path, final: str) -> None:
        with storage_errors():
            self.path, self.fd = _create_locked(folder, final)
            while not os.fstat(self.fd).st_nlink:
                # A sweeper was faster than our lock, and took the file for a dead writer's.
                os.close(self.fd)
                self.path, self.fd = _create_locked(folder, final)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with storage_errors():
            try:
                os.close(self.fd)
            finally:
                self.path.unlink(missing_ok=True)

    def flush(self) -> None:
        """Wait until the bytes are on the disk."""
        flush(self.fd)


def _create_locked(folder: Path, final: str) -> tuple[Path, int]:
    path = folder / temporary_name(final)
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, FILE_MODE)
    fcntl.flock(fd, fcntl.LOCK_EX)
    return path, fd


def pass_by(_name: str) -> None:
    """A crash point at which nothing happens."""


def write_whole(fd: int, data: bytes | memoryview) -> int:
    """Write all of `data` and return its length; the system may take it in parts."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(fd, rest) :]
    return len(data)


def write_buffers(fd: int, buffers: Sequence[bytes | memoryview], *, at_once: int = BYTES_PER_WRITE) -> int:
    """Write all buffers one after the other in as few calls as the system allows; return the bytes written."""
    total = 0
    for start in range(0, len(buffers), BUFFERS_PER_WRITE):
        total += _write_batch(fd, buffers[start : start + BUFFERS_PER_WRITE], at_once)
    return total


def _write_batch(fd: int, buffers: Sequence[bytes | memoryview], at_once: int) -> int:
    expected = sum(map(len, buffers))
    written = os.writev(fd, buffers) if expected <= at_once else 0
    if written == expected:
        return expected
    for buffer in buffers:
        skipped = min(written, len(buffer))
        written -= skipped
        write_whole(fd, memoryview(buffer)[skipped:])
    return expected


def forget_pages(fd: int, start: int) -> None:
    """Ask the system to begin writing what a file has in memory from `start` on, and to keep none of it there.

    What is written once leaves the memory to others then, and each slice reuses the pages of those before it. On a
    virtual machine whose host hands out new pages at 8 µs each, 33 kB letters were written at 38,000/s so and at
    12,000/s without, and the fsync at the end took 10 ms, not 1.4 s. Only a hint; macOS has none like it.
    """
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(fd, start, 0, os.POSIX_FADV_DONTNEED)


def flush(fd: int) -> None:
    """Wait until a file or folder is on the disk.

    Raises FlushFailed: after a failed fsync Linux drops the dirty pages, and a second one would succeed without them.
    """
    try:
        with storage_errors():
            _flush(fd)
    except StorageFull:
        raise
    except Exception as error:
        raise FlushFailed from error


def _flush(fd: int) -> None:
    if sys.platform == "darwin":  # fsync leaves the data in the drive's cache there
        fcntl.fcntl(fd, fcntl.F_FULLFSYNC)
    else:
        os.fsync(fd)


def flush_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    with storage_errors():
        fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        flush(fd)
    finally:
        os.close(fd)


def is_there(path: Path) -> bool:
    """Tell whether there is a file or folder of this name; that it cannot be known is StorageUnavailable."""
    with storage_errors():
        return path.exists()


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, private to us and durable."""
    if is_there(folder):
        return
    make_folder(folder.parent)
    with storage_errors():
        folder.mkdir(FOLDER_MODE, exist_ok=True)
    flush_folder(folder.parent)


def link_if_absent(temporary: Path, final: Path) -> bool:
    """Give a whole file its final name; False when there is one of that name: of two writers one wins."""
    with storage_errors():
        try:
            os.link(temporary, final)
        except FileExistsError:
            return False
    return True


def open_to_read(path: Path) -> int:
    """Return a descriptor; a symbolic link in the last place is refused."""
    return os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)


def read_at(fd: int, start: int, length: int) -> bytes:
    """Return `length` bytes from `start`, fewer only where the file ends."""
    found = os.pread(fd, length, start)
    if not found or len(found) == length:
        return found
    # One call returns at most 2 GiB - 4 KiB, and a signal may cut it short.
    return found + read_at(fd, start + len(found), length - len(found))


def sweep(folder: Path, prefix: str = "") -> int:
    """Remove what dead writers left in a folder, for final names that start with `prefix`; return how much it was."""
    with storage_errors():
        return sum(_remove_if_abandoned(path) for path in _temporaries(folder, prefix))


def _temporaries(folder: Path, prefix: str) -> Iterator[Path]:
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        found = _TEMPORARY.fullmatch(path.name)
        if found and found["final"].startswith(prefix):
            yield path


def _remove_if_abandoned(path: Path) -> bool:
    try:
        fd = open_to_read(path)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        _remove(path)
        return True
    finally:
        os.close(fd)


def _remove(path: Path) -> None:
    if path.is_dir():
        remove_folder(path)
    else:
        path.unlink(missing_ok=True)


def remove_folder(folder: Path) -> None:
    """Remove a folder of plain files; another one doing the same is no error."""
    with contextlib.suppress(FileNotFoundError):
        for path in folder.iterdir():
            path.unlink(missing_ok=True)
        folder.rmdir()
