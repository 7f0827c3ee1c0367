"""What is said on `batches`, compacted: the last state of each batch, the one source of its status."""

from datetime import datetime
from typing import ClassVar, Literal

from pydantic import Field

from schemas.events import Attempt, Event, Kind
from schemas.faults import Fault
from schemas.progress import Status


class BatchState(Event):
    """Everything `show` and `batches` tell about a batch."""

    topics: ClassVar[tuple[str, ...]] = ("batches",)

    type: Literal["BatchState"] = "BatchState"
    kind: Kind
    name: str
    status: Status
    attempt: Attempt
    total: int | None = Field(default=None, description="None until intake has counted.")
    succeeded: int = 0
    failed: int = 0
    cancelled: int = 0
    archive: tuple[str, ...] = Field(default=(), description="Names of the archive's files inside the archive folder.")
    archive_bytes: int | None = None
    created_at: datetime
    completed_at: datetime | None = None
    blocked: str | None = Field(default=None, description="What is waited for; it goes on by itself.")
    faults: tuple[Fault, ...] = ()
