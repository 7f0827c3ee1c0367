"""What is said on `dead-letters`: the bad record itself, unchanged, with this as its header `dead-letter`."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

HEADER = "dead-letter"


class DeadLetter(BaseModel):
    """Where a record came from and why it could not be used; nobody restarts because of it."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    type: Literal["DeadLetter"] = "DeadLetter"
    version: Literal[1] = 1
    topic: str
    partition: int
    offset: int
    code: str = Field(description="Stable reason: not_json, unknown_type, invalid, oversized, conflict …")
    reason: str = Field(description="For people; names fields, never values.")
    time: datetime
