"""What is said on `dispatch`, to the one scheduler (besides BatchAccepted, CancelBatch and Tick)."""

from typing import ClassVar, Literal

from pydantic import Field

from schemas.events import Attempt, Event, Index, IndexRange, Record


class ItemsAnswered(Event):
    """Credits, absolute: how many indexes of the batch have an outcome, per partition of the items topic."""

    topics: ClassVar[tuple[str, ...]] = ("dispatch",)

    type: Literal["ItemsAnswered"] = "ItemsAnswered"
    attempt: Attempt
    answered: tuple[Index, ...] = Field(description="Answered indexes by items partition.")


class ItemsMissing(Event):
    """Released indexes that have no outcome, or no artifact in storage: they are to be released again."""

    topics: ClassVar[tuple[str, ...]] = ("dispatch",)

    type: Literal["ItemsMissing"] = "ItemsMissing"
    attempt: Attempt
    ranges: tuple[IndexRange, ...] = Field(description="The indexes, ascending.")
    asked_by: Literal["scheduler", "closer"] = Field(description="Who found them missing.")


class WindowContinued(Record):
    """The scheduler's note to itself: there was more to release than fits one short body."""

    topics: ClassVar[tuple[str, ...]] = ("dispatch",)

    type: Literal["WindowContinued"] = "WindowContinued"


class BatchClosed(Event):
    """Nothing more is to be released for this batch."""

    topics: ClassVar[tuple[str, ...]] = ("dispatch",)

    type: Literal["BatchClosed"] = "BatchClosed"
    attempt: Attempt
