"""Sealing: the segments of an attempt become one archive that is whole or absent, the same bytes whoever makes it.

An archive holds `{index:07d}.<suffix>` for each item that succeeded, in index order, then `manifest.json` (what these
entries are) and `failures.csv` (what is not there, and why).
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sinks.bitmaps import check_partition, subtract, to_ranges, unite
from sinks.contents import Written, write_archive
from sinks.errors import (
    ArchiveUnreadable,
    BatchFolderMissing,
    FlushFailed,
    PasswordMissing,
    PasswordWrong,
    SealingRefused,
    SealingStopped,
    SegmentUnreadable,
    SinkError,
    storage_errors,
)
from sinks.filesystem import TemporaryFile, flush_folder, is_there, link_if_absent
from sinks.sealing import Holes, Sealed, Sealing
from sinks.storage import LocalStorage
from sinks.survey import Survey, survey_segments
from sinks.verification import verify_archive
from sinks.zip_format import ZIP_LIMITS, Limits

__all__ = ["Holes", "Sealed", "Sealing", "seal_archive"]


def seal_archive(
    sealing: Sealing,
    storage: LocalStorage,
    *,
    stop: Callable[[], bool],
    fsync: bool = True,
    limits: Limits = ZIP_LIMITS,
) -> Sealed | Holes:
    """Make the archive of an attempt, or say which items have to be made again first; blocks, in slices.

    An archive that is there, or that another closer finishes first, is read, and returned as it is when it is whole and
    holds exactly the items that succeeded; else it is replaced. `stop` is asked before every 8 MiB. Raises
    SealingRefused when the bitmaps are not each index exactly once, SealingStopped, BatchFolderMissing, and the errors
    of storage; nothing of an unfinished archive stays. `fsync=False` gives up that the archive survives a power loss.
    """
    check_partition(sealing.total, sealing.succeeded, sealing.failed, sealing.cancelled)
    if sealing.password == b"":
        raise SealingRefused("An empty password protects nothing.")
    closing = _Closing(
        sealing, storage, storage.archive_path(sealing.batch_id, sealing.attempt), stop, fsync=fsync, limits=limits
    )
    # Where the archive is there now, another closer has won and removed the segments under our hands.
    try:
        result = _read_sealed(closing) or _seal(closing)
    except FlushFailed:
        raise
    except SinkError:
        sealed = _read_sealed(closing)
        if sealed is None:
            raise
        return sealed
    return result if isinstance(result, Sealed) else _read_sealed(closing) or result


@dataclass(frozen=True, slots=True)
class _Closing:
    sealing: Sealing
    storage: LocalStorage
    final: Path
    stop: Callable[[], bool]
    fsync: bool
    limits: Limits


def _seal(closing: _Closing) -> Sealed | Holes:
    """Survey and copy; a segment that changes in between counts as absent, and both are done again without it."""
    distrusted: set[str] = set()
    while True:
        survey = _survey(closing, distrusted)
        missing = to_ranges(_find_missing(closing.sealing, survey))
        if missing:
            return Holes(missing, survey.unreadable)
        try:
            return _write(closing, survey)
        except SegmentUnreadable as error:
            if error.segment is None or error.segment in distrusted:
                raise
            distrusted.add(error.segment)


def _survey(closing: _Closing, distrusted: set[str]) -> Survey:
    sealing = closing.sealing
    folder = closing.storage.batch_folder(sealing.batch_id, sealing.attempt)
    if folder is None:
        raise BatchFolderMissing
    return survey_segments(
        folder,
        sealing.total,
        suffix=sealing.suffix,
        is_encrypted=sealing.password is not None,
        stop=closing.stop,
        distrusted=distrusted,
    )


def _find_missing(sealing: Sealing, survey: Survey) -> bytes:
    missing = subtract(sealing.succeeded, survey.available)
    if sealing.wants_reasons and survey.unreadable:
        return unite(missing, subtract(sealing.failed, survey.explained))
    return missing


def _write(closing: _Closing, survey: Survey) -> Sealed:
    sealing, final, crashpoint = closing.sealing, closing.final, closing.storage.crashpoint
    with TemporaryFile(final.parent, final.name) as temporary:
        with storage_errors():
            written = write_archive(
                temporary.fd, sealing, survey.segments, final.parent, stop=closing.stop, limits=closing.limits
            )
            size = os.fstat(temporary.fd).st_size
        crashpoint("close.tmp_written")
        if closing.fsync:
            temporary.flush()
        crashpoint("close.flushed")
        if not link_if_absent(temporary.path, final):
            sealed = _read_sealed(closing)
            if sealed is not None:
                return sealed
            with storage_errors():
                temporary.path.rename(final)
        crashpoint("close.linked")
    if closing.fsync:
        flush_folder(final.parent)
    return _sealed(closing, size, written, survey.unreadable)


def _sealed(closing: _Closing, size: int, written: Written, unreadable: tuple[str, ...] = ()) -> Sealed:
    entries = int.from_bytes(closing.sealing.succeeded).bit_count()
    return Sealed(closing.final, size, entries, written.sha256, written.merkle_root, unreadable)


def _read_sealed(closing: _Closing) -> Sealed | None:
    """The archive that is there, if it is one of this attempt, undamaged, with exactly the items that succeeded."""
    sealing, final = closing.sealing, closing.final
    if not is_there(final):
        return None

    def go_on(_done: int, _all: int) -> None:
        if closing.stop():
            raise SealingStopped

    try:
        found = verify_archive(final, sealing.password, progress=go_on)
    except (ArchiveUnreadable, PasswordMissing, PasswordWrong):
        return None
    about = (found.batch_id, found.attempt, found.total, found.present)
    if found.faults or about != (sealing.batch_id, sealing.attempt, sealing.total, sealing.succeeded):
        return None
    if closing.fsync:
        # The closer that linked it may have lost power before it did this.
        flush_folder(final.parent)
    return _sealed(closing, found.size, Written(found.sha256, found.merkle_root))
