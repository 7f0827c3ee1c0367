"""What is said on `results`: everything the one counter of a batch has to know, keyed by batch."""

from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from schemas.events import Attempt, Digest, Event, Index, IndexRange, Kind, Priority
from schemas.faults import Fault
from schemas.layouts import Layout

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class BatchReceived(Event):
    """A submission was read and is being looked at."""

    topics: ClassVar[tuple[str, ...]] = ("results",)

    type: Literal["BatchReceived"] = "BatchReceived"
    kind: Kind = Field(description="The kind of work.")
    name: str = Field(description="What people call the batch.")


class BatchAccepted(Event):
    """Intake found nothing wrong: the batch will run, and will end."""

    topics: ClassVar[tuple[str, ...]] = ("results", "dispatch")

    type: Literal["BatchAccepted"] = "BatchAccepted"
    attempt: Attempt
    kind: Kind = Field(description="The kind of work.")
    name: str = Field(description="What people call the batch.")
    priority: Priority = Field(description="Its share of the workers; `low` still moves.")
    total: int = Field(ge=1, lt=2**31, description="Items in the batch.")
    plan: Digest = Field(description="The plan intake made.")
    layout: Layout = Field(description="How its indexes lie on the partitions of the items topic.")
    submitted_at: AwareDatetime = Field(description="When the batch was submitted, UTC.")


class BatchRejected(Event):
    """Intake found faults in the list or the design; nothing was produced."""

    topics: ClassVar[tuple[str, ...]] = ("results", "progress")

    type: Literal["BatchRejected"] = "BatchRejected"
    kind: Kind = Field(description="The kind of work.")
    faults: tuple[Fault, ...] = Field(min_length=1, description="Everything that was found, not only the first.")


class FailedIndex(BaseModel):
    """An item whose outcome is `failed`; its message stays in storage, for it is for the batch's owner only."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    index: Index
    code: str = Field(description="Stable, snake_case; failures.csv has the same.")


class ItemsFinished(Event):
    """A worker's outcomes for one block of one batch: which indexes succeeded, which failed."""

    topics: ClassVar[tuple[str, ...]] = ("results",)

    type: Literal["ItemsFinished"] = "ItemsFinished"
    attempt: Attempt
    succeeded: tuple[IndexRange, ...] = Field(default=(), description="Indexes whose artifact is in the segment.")
    failures: tuple[FailedIndex, ...] = Field(default=(), description="Indexes that could not be done.")
    segment: str | None = Field(default=None, description="Name of the segment that holds the artifacts.")
    size: int = Field(default=0, ge=0, description="Bytes of that segment.")
    repair: int = Field(default=0, ge=0, description="Greater than 0: the answer to a repair.")


class ItemsCancelled(Event):
    """Indexes the scheduler will not release any more."""

    topics: ClassVar[tuple[str, ...]] = ("results",)

    type: Literal["ItemsCancelled"] = "ItemsCancelled"
    attempt: Attempt
    ranges: tuple[IndexRange, ...] = Field(description="The indexes, ascending.")


class MissingAsked(Event):
    """The scheduler asks which of the first `released` indexes have no outcome; with 0, what the batch is at all."""

    topics: ClassVar[tuple[str, ...]] = ("results",)

    type: Literal["MissingAsked"] = "MissingAsked"
    attempt: Attempt
    released: int = Field(ge=0, description="Indexes below this were released.")


class BatchBlocked(Event):
    """Something the batch needs is away; it waits and goes on by itself."""

    topics: ClassVar[tuple[str, ...]] = ("results",)

    type: Literal["BatchBlocked"] = "BatchBlocked"
    attempt: Attempt
    reason: str = Field(description="Stable code: storage_full, storage_unavailable …")


class BatchWaiting(Event):
    """The batch has its turn to come: nothing is wrong, others fill the window."""

    topics: ClassVar[tuple[str, ...]] = ("results",)

    type: Literal["BatchWaiting"] = "BatchWaiting"
    attempt: Attempt
    reason: str = Field(description="What is waited for: window.")


class BatchSealed(Event):
    """The archive is whole, on disk and final."""

    topics: ClassVar[tuple[str, ...]] = ("results", "progress")

    type: Literal["BatchSealed"] = "BatchSealed"
    attempt: Attempt
    status: Literal["sealed", "cancelled"] = Field(
        default="sealed", description="`cancelled`: some items were cancelled; what was made is in the archive."
    )
    total: int = Field(ge=0, lt=2**31, description="Items in the batch: the sum of the three counts.")
    succeeded: int = Field(ge=0, lt=2**31, description="Items in the archive.")
    failed: int = Field(ge=0, lt=2**31, description="Items in failures.csv that could not be done.")
    cancelled: int = Field(ge=0, lt=2**31, description="Items in failures.csv that were cancelled.")
    archive: tuple[str, ...] = Field(description="Names of the archive's files inside the archive folder.")
    archive_bytes: int = Field(ge=0, description="Size of the archive, all its files together.")
    archive_sha256: tuple[Sha256, ...] = Field(default=(), description="SHA-256 of each of these files, hexadecimal.")
    merkle_root: Sha256 | None = Field(
        default=None, description="Merkle root of the manifest (RFC 6962), hexadecimal: what each entry is."
    )
    plan: Digest = Field(description="The plan that was carried out.")


class BatchFailed(Event):
    """The batch cannot end as it should; says why."""

    topics: ClassVar[tuple[str, ...]] = ("results", "progress", "completions")

    type: Literal["BatchFailed"] = "BatchFailed"
    attempt: Attempt
    error: Fault = Field(description="What stands in the way, and what to do.")


EVENTS: tuple[type[Event], ...] = (
    BatchReceived,
    BatchAccepted,
    BatchRejected,
    ItemsFinished,
    ItemsCancelled,
    MissingAsked,
    BatchBlocked,
    BatchWaiting,
    BatchSealed,
    BatchFailed,
)
"""All of them, for the one who reads them."""
