"""The last word about a batch in its folder, and how it is found again for an archive, without a broker."""

import re
from pathlib import Path
from typing import TypeVar

from pressrun.settings import Settings
from schemas.decoding import decode_one
from schemas.events import BATCH_ID_PATTERN
from schemas.results import BatchFailed, BatchSealed
from sinks.storage import LocalStorage

SEALED = "sealed.json"
"""Note in a batch's folder: the last word for every role; with it the batch is never run or announced again."""

FAILED = "failed.json"
"""Note in a batch's folder: its archive can never be made, and why; as final as the other."""

_NAMES = {BatchSealed: SEALED, BatchFailed: FAILED}

EventT = TypeVar("EventT", BatchSealed, BatchFailed)

_ARCHIVE_NAME = re.compile(r"(?P<batch_id>.+)-[0-9]{1,3}\.zip")


def find_end(storage: LocalStorage, batch_id: str) -> BatchSealed | BatchFailed | None:
    """The last word about a batch, if it stands."""
    return _read_end(storage, batch_id, BatchSealed) or _read_end(storage, batch_id, BatchFailed)


def note_end(storage: LocalStorage, event: EventT) -> EventT:
    """The last word as it stands from now on; another process may have written it first, with another time.

    Only then may it be said and may the segments go. Raises BatchFolderMissing where there is no batch (any more), and
    the errors of storage.
    """
    storage.put_if_absent(event.batch_id, _NAMES[type(event)], event.model_dump_json().encode())
    return _read_end(storage, event.batch_id, type(event)) or event


def _read_end(storage: LocalStorage, batch_id: str, kind: type[EventT]) -> EventT | None:
    """The event in a note; a damaged note counts as absent, for all it says can be found out again."""
    note = storage.read_note(batch_id, _NAMES[kind])
    try:
        return None if note is None else kind.model_validate_json(note)
    except ValueError:
        return None


def has_ended(storage: LocalStorage, batch_id: str) -> bool:
    """Whether the last word about a batch stands: nothing of it is to be run, counted or said again."""
    return any(storage.read_note(batch_id, name) is not None for name in (SEALED, FAILED))


def read_sealing(path: Path) -> BatchSealed:
    """The BatchSealed record in a file, as it stands on `progress`; raises BadRecord and OSError."""
    return decode_one(BatchSealed, path.read_bytes())


def find_sealing(archive: Path, said: str, settings: Settings) -> BatchSealed | None:
    """What the data directory has about an archive: by the name of its file, else by the batch it says it is of.

    The name comes first: the archive of another batch in its place would speak for itself. Raises BadRecord, OSError.
    """
    named = _ARCHIVE_NAME.fullmatch(archive.name)
    for batch_id in (named["batch_id"] if named else "", said):
        path = settings.home / "batches" / batch_id / SEALED
        if re.fullmatch(BATCH_ID_PATTERN, batch_id) and path.is_file():
            return read_sealing(path)
    return None
