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
    status: Status
    total: int
    succeeded: int
    failed: int
    cancelled: int
    blocked: str | None = Field(default=None, description="Why nothing moves, where something is waited for.")


class NoticeEnded(Event):
    """What became of a notice: `unknown` means it may have been sent and a person decides."""

    topics: ClassVar[tuple[str, ...]] = ("progress",)

    type: Literal["NoticeEnded"] = "NoticeEnded"
    notice: Literal["mail"]
    outcome: Literal["sent", "failed", "unknown", "waiting"]
    code: str | None = None
