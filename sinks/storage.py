"""Where pressrun keeps what is not on the log: blobs, one folder for each attempt of a batch, notes and archives."""

import os
import re
from collections.abc import Callable
from pathlib import Path

from sinks import blobs
from sinks.blobs import BlobWriter
from sinks.errors import BatchFolderMissing, UnsafeName, storage_errors
from sinks.filesystem import (
    TemporaryFile,
    flush_folder,
    is_there,
    link_if_absent,
    make_folder,
    open_to_read,
    pass_by,
    read_at,
    remove_folder,
    sweep,
    temporary_name,
    write_whole,
)

_BATCH_ID = re.compile(r"[a-z0-9][a-z0-9-]{7,63}")
# The dot keeps notes apart from the folders of attempts, which are digits.
_NOTE_NAME = re.compile(r"(?=.{1,120}\Z)[a-z0-9][a-z0-9-]*(\.[a-z0-9-]+)+")


class LocalStorage:
    """Storage in two local folders, `root` for what batches need and `archives` for what they leave.

    ```
    root/blobs/ab/<sha256>
    root/batches/<batch_id>/<attempt>/<segment>.zip and .json
    root/batches/<batch_id>/<note>
    archives/<batch_id>-<attempt>.zip
    ```
    Files have mode 0600, folders 0700. Nothing is readable under its final name before it is whole. All methods block
    and may be called by several threads and processes. They raise StorageFull or StorageUnavailable (both retriable),
    FlushFailed, and UnsafeName for ids and names that are not ours.

    `crashpoint` is told the name of each place passed at which tests let the process die.
    """

    def __init__(self, root: Path, archives: Path, *, crashpoint: Callable[[str], None] = pass_by) -> None:
        self.crashpoint = crashpoint
        self._blobs = root / "blobs"
        self._batches = root / "batches"
        self._archives = archives
        for folder in (self._blobs, self._batches, archives):
            make_folder(folder.absolute())

    def put_blob(self, data: bytes) -> str:
        """Keep bytes and return their hexadecimal SHA-256; the same bytes again heal what damage was done to them."""
        return blobs.put_blob(self._blobs, data, self.crashpoint)

    def blob_writer(self) -> BlobWriter:
        """Return a context manager that keeps what is written to it as one blob, or nothing after an exception."""
        return BlobWriter(self._blobs, self.crashpoint)

    def read_blob(self, digest: str) -> bytes:
        """Return a whole blob; raises BlobMissing, or BlobCorrupt when its bytes have another SHA-256."""
        return blobs.read_blob(self._blobs, digest)

    def read_range(self, digest: str, start: int, length: int) -> bytes:
        """Return `length` bytes from `start`, unchecked; raises BlobMissing, or BlobCorrupt when there are fewer."""
        return blobs.read_blob_range(self._blobs, digest, start, length)

    def blob_size(self, digest: str) -> int:
        """Return a blob's length in bytes; raises BlobMissing."""
        return blobs.blob_size(self._blobs, digest)

    def create_batch_folder(self, batch_id: str, attempt: int) -> Path:
        """Make the folder into which workers write segments, and return it; it may be there."""
        folder = self._attempt_path(batch_id, attempt)
        make_folder(folder)
        return folder

    def batch_folder(self, batch_id: str, attempt: int) -> Path | None:
        """Return the folder of an attempt, or None when there is none (any more): then there is no work either."""
        folder = self._attempt_path(batch_id, attempt)
        return folder if is_there(folder) else None

    def put_if_absent(self, batch_id: str, name: str, data: bytes) -> bool:
        """Write a note in a batch's folder; False when there is one of this name, which stays as it is.

        The note is on the disk when this returns, whoever wrote it. Raises BatchFolderMissing: a note that made the
        folder anew would let an effect of an erased batch happen twice.
        """
        path = self._note_path(batch_id, name)
        if not is_there(path.parent):
            raise BatchFolderMissing
        with TemporaryFile(path.parent, name) as temporary:
            with storage_errors():
                write_whole(temporary.fd, data)
            temporary.flush()
            is_ours = link_if_absent(temporary.path, path)
        flush_folder(path.parent)
        return is_ours

    def read_note(self, batch_id: str, name: str) -> bytes | None:
        """Return a note, or None when there is none."""
        with storage_errors():
            try:
                fd = open_to_read(self._note_path(batch_id, name))
            except FileNotFoundError:
                return None
            try:
                return read_at(fd, 0, os.fstat(fd).st_size)
            finally:
                os.close(fd)

    def remove_note(self, batch_id: str, name: str) -> None:
        """Remove a note; no note is no error."""
        path = self._note_path(batch_id, name)
        with storage_errors():
            path.unlink(missing_ok=True)
        flush_folder(path.parent)

    def remove_segments(self, batch_id: str, attempt: int) -> None:
        """Remove the folder of an attempt at once, so that a late worker finds none; no folder is no error."""
        folder = self._attempt_path(batch_id, attempt)
        leaving = folder.with_name(temporary_name(folder.name))
        with storage_errors():
            try:
                folder.rename(leaving)
            except FileNotFoundError:
                return
            remove_folder(leaving)

    def free_bytes(self) -> int:
        """Return the space left for us, of the fuller of the two file systems."""
        with storage_errors():
            states = [os.statvfs(folder) for folder in (self._batches, self._archives)]
        return min(state.f_bavail * state.f_frsize for state in states)

    def archive_path(self, batch_id: str, attempt: int) -> Path:
        """Return where the sealed archive of an attempt lies, or will lie."""
        return self._archives / f"{_checked_id(batch_id)}-{_checked_attempt(attempt)}.zip"

    def sweep_temporaries(self, batch_id: str) -> int:
        """Remove what dead writers left of a batch and its archives; return how many files and folders it was."""
        return self._sweep_batch(self._batches / _checked_id(batch_id)) + sweep(self._archives, f"{batch_id}-")

    def sweep_notes(self, batch_id: str) -> int:
        """Remove what dead writers left of a batch's notes; return how many files it was."""
        return sweep(self._batches / _checked_id(batch_id))

    def sweep_everything(self) -> int:
        """Remove what dead writers left anywhere; return how many files and folders it was."""
        batches = sum(map(self._sweep_batch, self._list_batches()))
        return batches + sweep(self._archives) + self.sweep_blob_temporaries()

    def list_attempts(self) -> list[tuple[str, int]]:
        """Return the batches and attempts that have a folder for segments."""
        folders = (path for batch in self._list_batches() for path in _list_attempts(batch))
        return [(path.parent.name, int(path.name)) for path in folders]

    def sweep_blob_temporaries(self) -> int:
        """Remove what dead writers of blobs left; return how many files it was."""
        return sweep(self._blobs)

    def _sweep_batch(self, folder: Path) -> int:
        return sum(map(sweep, [folder, *_list_attempts(folder)]))

    def _list_batches(self) -> list[Path]:
        with storage_errors():
            return [path for path in self._batches.iterdir() if _BATCH_ID.fullmatch(path.name)]

    def _attempt_path(self, batch_id: str, attempt: int) -> Path:
        return self._batches / _checked_id(batch_id) / str(_checked_attempt(attempt))

    def _note_path(self, batch_id: str, name: str) -> Path:
        if not _NOTE_NAME.fullmatch(name):
            raise UnsafeName("A note's name is lower-case letters, digits and hyphens with a suffix after a dot.")
        return self._batches / _checked_id(batch_id) / name


def _list_attempts(batch: Path) -> list[Path]:
    with storage_errors():
        return [path for path in batch.iterdir() if path.name.isdecimal()] if batch.is_dir() else []


def _checked_id(batch_id: str) -> str:
    if not _BATCH_ID.fullmatch(batch_id):
        raise UnsafeName("A batch id is 8 to 64 lower-case letters, digits and hyphens, the first no hyphen.")
    return batch_id


def _checked_attempt(attempt: int) -> int:
    if attempt < 1:
        raise UnsafeName("Attempts are counted from 1.")
    return attempt
