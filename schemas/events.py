"""The envelope every record on the log shares: type, version, id, time and batch id.

Within a version new fields may appear: readers ignore what they do not know (`extra="ignore"`), so a consumer one
version older still works. What is handed in at a door is read with `refuse_unknown_fields`. A version newer than the
reader's is no bad record: `schemas.decoding` raises `VersionTooNew` and the worker stops, for the record is not at
fault.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

BATCH_ID_PATTERN = r"^[a-z0-9][a-z0-9-]{7,63}$"

BatchId = Annotated[str, Field(pattern=BATCH_ID_PATTERN, description="The batch: lower case letters, digits, hyphens.")]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256, hexadecimal: a stored blob.")]
Index = Annotated[int, Field(ge=0, lt=2**31, description="An item's place in its batch, from 0.")]
Attempt = Annotated[int, Field(ge=1, lt=1000, description="1, 2, …: a retry of what failed is the next attempt.")]
Kind = Literal["letters"]
Priority = Literal["high", "normal", "low"]


class Record(BaseModel):
    """Anything on the log."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    topics: ClassVar[tuple[str, ...]] = ()
    """The topics it is said on."""

    type: str = Field(description="What is said; the one word by which readers choose.")
    version: Literal[1] = Field(default=1, description="Version of this type; a newer one stops older readers.")
    id: str = Field(max_length=200, description="The same fact has the same id, however often it is repeated.")
    time: AwareDatetime = Field(description="When it was first said, UTC.")


class Event(Record):
    """A fact or a command about one batch."""

    batch_id: BatchId


class IndexRange(BaseModel):
    """Consecutive indexes, both ends included."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    first: Index = Field(description="First index of the range.")
    last: Index = Field(description="Last index of the range, itself included.")
