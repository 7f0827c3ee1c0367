"""What is said on `dead-letters`: the bad record itself, unchanged, with this as its header `dead-letter`."""

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

HEADER = "dead-letter"


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
