"""Time as a record: timers change no state, they send a Tick to their own partition."""

from typing import ClassVar, Literal

from schemas.events import Record


class Tick(Record):
    """Look again: time has passed, or the partition has just come to this worker."""

    topics: ClassVar[tuple[str, ...]] = ("results", "dispatch")

    type: Literal["Tick"] = "Tick"
