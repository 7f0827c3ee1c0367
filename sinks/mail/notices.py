"""What a notice says about a batch, before it is put into words."""

from dataclasses import dataclass
from typing import Literal

from schemas.faults import Fault


@dataclass(frozen=True, slots=True)
class BatchNotice:
    """A notice to the person who submitted a batch: it is `ready`, or it `failed` as a whole.

    `archive` is where to get the archive (an http(s) URL, or a path), `archive_bytes` its size; `faults` are those a
    submission was rejected with; `reason` says in words why a batch failed otherwise.
    """

    notice_id: str
    kind: Literal["ready", "failed"]
    batch_id: str
    name: str
    total: int
    succeeded: int
    failed: int
    cancelled: int
    archive: str | None
    archive_bytes: int | None
    faults: tuple[Fault, ...]
    reason: str | None
    recipient: str
