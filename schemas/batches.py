"""What is said on `batches`, compacted: the last state of each batch, the one source of its status."""

from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from schemas.events import Attempt, Event, Kind
from schemas.faults import Fault
from schemas.progress import Status


class BatchState(Event):
    """Everything `show` and `batches` tell about a batch."""

    topics: ClassVar[tuple[str, ...]] = ("batches",)

    type: Literal["BatchState"] = "BatchState"
    kind: Kind = Field(description="The kind of work.")
    name: str = Field(description="What people call the batch.")
    status: Status = Field(
        description="Where the batch stands; `sealed`, `rejected`, `cancelled` and `failed` are final."
    )
    attempt: Attempt
    total: int | None = Field(default=None, ge=0, lt=2**31, description="null until intake has counted.")
    succeeded: int = Field(default=0, ge=0, lt=2**31, description="Items whose artifact is made.")
    failed: int = Field(default=0, ge=0, lt=2**31, description="Items that could not be done; failures.csv says why.")
    cancelled: int = Field(
        default=0, ge=0, lt=2**31, description="Items that were not done because the batch was cancelled."
    )
    archive: tuple[str, ...] = Field(default=(), description="Names of the archive's files inside the archive folder.")
    archive_bytes: int | None = Field(default=None, ge=0, description="Size of the archive, all its files together.")
    created_at: AwareDatetime = Field(description="When the batch was submitted, UTC.")
    completed_at: AwareDatetime | None = Field(default=None, description="When the last item had an outcome, UTC.")
    blocked: str | None = Field(
        default=None, description="What is away: disk, storage, broker … It goes on by itself when that is back."
    )
    waiting: str | None = Field(default=None, description="`window`: other batches have their turn; nothing is wrong.")
    faults: tuple[Fault, ...] = Field(default=(), description="Why the batch was rejected or has failed.")
