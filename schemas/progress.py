"""What is said on `progress`, the public topic (besides BatchRejected, BatchCompleted, BatchSealed and BatchFailed)."""

from typing import ClassVar, Literal

from pydantic import Field

from schemas.events import Attempt, Event

Status = Literal["submitted", "running", "closing", "sealed", "rejected", "cancelled", "failed"]


class BatchProgressed(Event):
    """Exact counts so far; they never go down within an attempt."""

    topics: ClassVar[tuple[str, ...]] = ("progress",)

    type: Literal["BatchProgressed"] = "BatchProgressed"
    attempt: Attempt
    status: Status = Field(description="Where the batch stands.")
    total: int = Field(description="Items in the batch.")
    succeeded: int = Field(description="Items whose artifact is made.")
    failed: int = Field(description="Items that could not be done.")
    cancelled: int = Field(description="Items that were not done because the batch was cancelled.")
    blocked: str | None = Field(default=None, description="Why nothing moves, where something is waited for.")


class NoticeEnded(Event):
    """What became of a notice: `unknown` means it may have been sent and a person decides."""

    topics: ClassVar[tuple[str, ...]] = ("progress",)

    type: Literal["NoticeEnded"] = "NoticeEnded"
    notice: Literal["mail"] = Field(description="The way the notice goes.")
    outcome: Literal["sent", "failed", "unknown", "waiting"] = Field(
        description="`sent`: the mail server took it; `failed`: it did not, for good; `unknown`: nobody can know; "
        "`waiting`: it is tried again."
    )
    code: str | None = Field(default=None, description="Stable reason where it was not sent.")
