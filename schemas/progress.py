"""What is said on `progress`, the public topic (besides BatchRejected, BatchCompleted, BatchSealed and BatchFailed)."""

from typing import ClassVar, Literal

from pydantic import Field

from schemas.events import Attempt, Event
from schemas.notices import NoticeEvent, NoticeOutcome

Status = Literal["submitted", "running", "closing", "sealed", "rejected", "cancelled", "failed"]


class BatchProgressed(Event):
    """Exact counts so far; they never go down within an attempt."""

    topics: ClassVar[tuple[str, ...]] = ("progress",)

    type: Literal["BatchProgressed"] = "BatchProgressed"
    attempt: Attempt
    status: Status = Field(description="Where the batch stands.")
    total: int = Field(ge=0, lt=2**31, description="Items in the batch.")
    succeeded: int = Field(ge=0, lt=2**31, description="Items whose artifact is made.")
    failed: int = Field(ge=0, lt=2**31, description="Items that could not be done.")
    cancelled: int = Field(ge=0, lt=2**31, description="Items that were not done because the batch was cancelled.")
    blocked: str | None = Field(default=None, description="What is away, where nothing can move: disk, storage …")
    waiting: str | None = Field(default=None, description="`window`: other batches have their turn; nothing is wrong.")


class NoticeBegun(NoticeEvent):
    """A notice is handed over now: said before the act, so that a try that was cut off is known of."""

    topics: ClassVar[tuple[str, ...]] = ("progress",)

    type: Literal["NoticeBegun"] = "NoticeBegun"


class NoticeEnded(NoticeEvent):
    """What became of a try at a notice: `unknown` means it may have been sent and a person decides."""

    topics: ClassVar[tuple[str, ...]] = ("progress",)

    type: Literal["NoticeEnded"] = "NoticeEnded"
    outcome: NoticeOutcome = Field(
        description="`sent`: the server took it; `failed`: it did not, for good; `unknown`: nobody can know; "
        "`waiting`: it is tried again; a mail was certainly not sent."
    )
    code: str | None = Field(
        default=None,
        description="Stable reason where it was not sent; `settled` where a person said what became of it.",
    )
