"""Sealing: the segments of an attempt become one archive that is whole or absent, the same bytes whoever makes it.

An archive holds `{index:07d}.<suffix>` for each item that succeeded, in index order, then `manifest.json` (what these
entries are) and `failures.csv` (what is not there, and why).
"""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sinks.bitmaps import check_partition, subtract, to_ranges
from sinks.contents import write_archive
from sinks.directory import DirectoryDamagedError, find_directory
from sinks.errors import (
    ArchiveUnreadable,
    BatchFolderMissing,
    FlushFailed,
    SealingRefused,
    SealingStopped,
    SinkError,
    storage_errors,
)
from sinks.filesystem import TemporaryFile, flush_folder, is_there, link_if_absent, open_to_read, read_at
from sinks.sealing import Holes, Sealed, Sealing
from sinks.storage import LocalStorage
from sinks.survey import survey_segments
from sinks.zip_format import ZIP_LIMITS, Limits

__all__ = ["Holes", "Sealed", "Sealing", "seal_archive"]

_BUFFER_BYTES = 1 << 20
_OWN_ENTRIES = 2


def seal_archive(
    sealing: Sealing,
    storage: LocalStorage,
    *,
    stop: Callable[[], bool],
    fsync: bool = True,
    digest: bool = False,
    limits: Limits = ZIP_LIMITS,
) -> Sealed | Holes:
    """Make the archive of an attempt, or say which items have to be made again first; blocks, in slices.

    An archive that is there, or that another closer finishes first, is returned as it is. `stop` is asked before every
    8 MiB. Raises SealingRefused when the bitmaps are not each index exactly once, SealingStopped, BatchFolderMissing,
    SegmentUnreadable when a segment changes meanwhile, and the errors of storage; nothing of an unfinished archive
    stays. `fsync=False` gives up that the archive survives a loss of power.
    """
    check_partition(sealing.total, sealing.succeeded, sealing.failed, sealing.cancelled)
    if sealing.password == b"":
        raise SealingRefused("An empty password protects nothing.")
    final = storage.archive_path(sealing.batch_id, sealing.attempt)
    if is_there(final):
        return _read_sealed(final, stop, fsync=fsync, digest=digest)
    # Where the archive is there now, another closer has won and removed the segments under our hands.
    try:
        result = _seal(_Closing(sealing, final, stop, fsync, digest, limits), storage)
    except FlushFailed:
        raise
    except SinkError:
        if not is_there(final):
            raise
    else:
        if isinstance(result, Sealed) or not is_there(final):
            return result
    return _read_sealed(final, stop, fsync=fsync, digest=digest)


@dataclass(frozen=True, slots=True)
class _Closing:
    sealing: Sealing
    final: Path
    stop: Callable[[], bool]
    fsync: bool
    digest: bool
    limits: Limits


def _seal(closing: _Closing, storage: LocalStorage) -> Sealed | Holes:
    sealing, final = closing.sealing, closing.final
    folder = storage.batch_folder(sealing.batch_id, sealing.attempt)
    if folder is None:
        raise BatchFolderMissing
    is_encrypted = sealing.password is not None
    survey = survey_segments(folder, sealing.total, suffix=sealing.suffix, is_encrypted=is_encrypted, stop=closing.stop)
    missing = to_ranges(subtract(sealing.succeeded, survey.available))
    if missing:
        return Holes(missing, survey.unreadable)
    with TemporaryFile(final.parent, final.name) as temporary:
        with storage_errors():
            write_archive(
                temporary.fd, sealing, survey.segments, final.parent, stop=closing.stop, limits=closing.limits
            )
            size = os.fstat(temporary.fd).st_size
        sha256 = _read_digest(temporary.fd, closing.stop) if closing.digest else None
        if closing.fsync:
            temporary.flush()
        is_ours = link_if_absent(temporary.path, final)
    if not is_ours:
        return _read_sealed(final, closing.stop, fsync=closing.fsync, digest=closing.digest)
    if closing.fsync:
        flush_folder(final.parent)
    return Sealed(final, size, sha256, int.from_bytes(sealing.succeeded).bit_count(), survey.unreadable)


def _read_digest(fd: int, stop: Callable[[], bool]) -> str:
    digest, position = hashlib.sha256(), 0
    with storage_errors():
        while part := read_at(fd, position, _BUFFER_BYTES):
            if stop():
                raise SealingStopped
            digest.update(part)
            position += len(part)
    return digest.hexdigest()


def _read_sealed(final: Path, stop: Callable[[], bool], *, fsync: bool, digest: bool) -> Sealed:
    with storage_errors():
        fd = open_to_read(final)
        try:
            size = os.fstat(fd).st_size
            entries = find_directory(fd, size).count - _OWN_ENTRIES
            sha256 = _read_digest(fd, stop) if digest else None
        except DirectoryDamagedError as error:
            raise ArchiveUnreadable from error
        finally:
            os.close(fd)
    if fsync:
        # The closer that linked it may have lost power before it did this.
        flush_folder(final.parent)
    return Sealed(final, size, sha256, entries)
