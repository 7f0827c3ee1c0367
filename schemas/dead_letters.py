"""What is said on `dead-letters`: bad records with the header `dead-letter`, and notes that one was published again.

A record is kept unchanged but for its own headers, which are not carried along. One too large to be carried is left
where it came from, and only its dead letter is here.
"""

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

HEADER = "dead-letter"
REPLAY_HEADER = "replay"
"""Header of an empty record without a key on `dead-letters`: a ReplayNoted."""
ORIGIN_HEADER = "replayed-from"
"""Header of a record that was published again: `dead-letters/<partition>/<offset>`."""


class DeadLetter(BaseModel):
    """Where a record came from and why it could not be used; nobody restarts because of it."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    type: Literal["DeadLetter"] = "DeadLetter"
    version: Literal[1] = Field(default=1, description="Version of this header.")
    topic: str = Field(description="The topic the record came from.")
    partition: int = Field(description="Its partition there.")
    offset: int = Field(description="Its offset there.")
    code: str = Field(description="Stable reason: not_json, unknown_type, invalid, oversized, conflict …")
    reason: str = Field(description="For people; names fields, never values.")
    time: AwareDatetime = Field(description="When it was put aside, UTC.")
    left_out: int = Field(
        default=0, ge=0, description="0, or the bytes of key and value that were left at the record's origin."
    )


class ReplayNoted(BaseModel):
    """Someone publishes a dead letter again: `begun` before the act, `done` when the broker has the record."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    type: Literal["ReplayNoted"] = "ReplayNoted"
    version: Literal[1] = Field(default=1, description="Version of this header.")
    id: str = Field(max_length=200, description="Names the replay: its two notes have the same.")
    letter: int = Field(ge=0, description="Offset of the dead letter.")
    state: Literal["begun", "done"] = Field(description="`begun` alone: nobody knows whether the record was published.")
    repaired: bool = Field(description="Whether another value was published in place of the record's own.")
    time: AwareDatetime = Field(description="When it was noted, UTC.")
