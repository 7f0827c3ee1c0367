"""What is said on `items-<kind>`: one record per item, and nothing else."""

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.events import Attempt, Digest, Event, Index


class RowFault(BaseModel):
    """Why a row of the list cannot be worked on; found by intake, told as the item's outcome."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    code: str = Field(description="Stable, snake_case.")
    message: str = Field(description="What is wrong, for people; never a value of the row.")


class ItemReleased(Event):
    """One item to be worked on; the plan says how."""

    topics: ClassVar[tuple[str, ...]] = ("items-letters",)

    type: Literal["ItemReleased"] = "ItemReleased"
    attempt: Attempt
    index: Index
    plan: Digest = Field(description="The plan that says how.")
    repair: int = Field(default=0, ge=0, description="0, or the n-th release of an item that was found missing.")
    values: tuple[Annotated[str, Field(max_length=100_000)] | None, ...] = Field(
        default=(), description="One value per variable of the plan, in its order; null: the design's default."
    )
    fault: RowFault | None = Field(default=None, description="Present: the row is faulty and has no values.")
