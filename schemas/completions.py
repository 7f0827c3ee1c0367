"""What is said on `completions`, to the closer."""

from typing import ClassVar, Literal

from pydantic import Field

from schemas.events import Attempt, Digest, Event


class BatchCompleted(Event):
    """Every index of the attempt has an outcome; the tally blob says which."""

    topics: ClassVar[tuple[str, ...]] = ("completions", "progress")

    type: Literal["BatchCompleted"] = "BatchCompleted"
    attempt: Attempt
    total: int = Field(ge=0, lt=2**31, description="Items in the batch: the sum of the three counts.")
    succeeded: int = Field(ge=0, lt=2**31, description="Items whose artifact is made.")
    failed: int = Field(ge=0, lt=2**31, description="Items that could not be done.")
    cancelled: int = Field(ge=0, lt=2**31, description="Items that were not done because the batch was cancelled.")
    tally: Digest = Field(description="Blob of three bitmaps: succeeded, failed, cancelled.")
    plan: Digest = Field(description="The plan that was carried out.")


class ClosingEnded(Event):
    """The closer's note to itself: the archive is sealed and the intent can go."""

    topics: ClassVar[tuple[str, ...]] = ("completions",)

    type: Literal["ClosingEnded"] = "ClosingEnded"
    attempt: Attempt
