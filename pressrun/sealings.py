"""The last word about a batch in its folder, and how it is found again for an archive, without a broker."""

import re
from pathlib import Path

from pressrun.settings import Settings
from schemas.decoding import decode_one
from schemas.events import BATCH_ID_PATTERN
from schemas.results import BatchSealed

SEALED = "sealed.json"
"""Note in a batch's folder: the last word for every role; with it the batch is never run or announced again."""

FAILED = "failed.json"
"""Note in a batch's folder: its archive can never be made, and why; as final as the other."""

_ARCHIVE_NAME = re.compile(r"(?P<batch_id>.+)-[0-9]{1,3}\.zip")


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
