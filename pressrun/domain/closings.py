"""What the closer keeps of a completed batch, and what follows from one try at sealing its archive."""

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from pressrun.domain.batches import MAX_RANGES, Say
from pressrun.domain.setbacks import blocked, failed
from schemas.completions import BatchCompleted, ClosingEnded
from schemas.dispatch import ItemsMissing
from schemas.errors import PressrunError
from schemas.events import IndexRange
from schemas.results import BatchFailed, BatchSealed

RETRY_SECONDS = 1.0
TRIES_UNTOLD = 30
REPAIR_SECONDS = 30.0
"""Until storage is looked at again after a repair was asked for; doubled each time, as the scheduler does it."""

INTENT = b"intent/"

Rows: TypeAlias = MutableMapping[bytes, bytes]


def note(rows: Rows, event: BatchCompleted | ClosingEnded | BatchFailed) -> None:
    """Change the closer's rows by an event: a completed batch is to be closed until its closing, or it, has ended."""
    key = INTENT + f"{event.batch_id}/{event.attempt}".encode()
    if isinstance(event, BatchCompleted):
        rows[key] = event.model_dump_json().encode()
    else:
        rows.pop(key, None)


def read_intents(rows: Mapping[bytes, bytes]) -> dict[str, BatchCompleted]:
    """The batches that are to be closed; a completion with another tally is another intent and replaces the first."""
    kept = [row for key, row in list(rows.items()) if key.startswith(INTENT)]
    return {f"{event.id}/{event.tally}": event for event in map(BatchCompleted.model_validate_json, kept)}


@dataclass(frozen=True, slots=True)
class Closing:
    """A batch being closed, as far as one closer's tries have come; a new closer begins anew.

    `asked` counts the repairs asked for, `told` is the reason of waiting that was said last, `untold` the tries since.
    """

    completed: BatchCompleted
    asked: int = 0
    told: str | None = None
    untold: int = 0


@dataclass(frozen=True, slots=True)
class Holes:
    """Result of a try: these indexes succeeded and are in no readable segment, ascending."""

    ranges: tuple[IndexRange, ...]


@dataclass(frozen=True, slots=True)
class Waits:
    """Result of a try: something is away for now; without a reason nobody needs to hear of it."""

    reason: str | None


Result: TypeAlias = BatchSealed | BatchFailed | Holes | Waits
"""An event means that it stands as a note in the batch's folder: whatever is tried later comes to the same."""


@dataclass(frozen=True, slots=True)
class RemoveSegments:
    """Effect: what the workers wrote for the attempt is no longer needed."""

    batch_id: str
    attempt: int


Effect: TypeAlias = Say | RemoveSegments


@dataclass(frozen=True, slots=True)
class Next:
    """What follows: effects in their order, then the next try after `seconds`; none when `closing` is None."""

    closing: Closing | None
    effects: tuple[Effect, ...] = ()
    seconds: float = 0.0


def judge(completed: BatchCompleted, error: PressrunError, time: datetime) -> Waits | BatchFailed:
    """What an error that ended a try means: a bad moment is waited for, anything else ends the batch as failed."""
    if error.retriable:
        return Waits(None if error.code == "sealing_stopped" else error.code)
    return failed(completed.batch_id, completed.attempt, "archive", error, time)


def follow(closing: Closing, result: Result, time: datetime) -> Next:
    """What follows from one try; every effect bears repetition, for a crash may come between any two of them."""
    completed = closing.completed
    remove = RemoveSegments(completed.batch_id, completed.attempt)
    match result:
        case BatchSealed():
            return Next(None, (remove, Say(result, "results"), _ended(completed, time)))
        case BatchFailed():
            return Next(None, (Say(result, "results"), remove, _ended(completed, time)))
        case Holes():
            seconds = REPAIR_SECONDS * float(2**closing.asked)
            return Next(replace(closing, asked=closing.asked + 1), (_missing(completed, result, time),), seconds)
        case Waits():
            return _wait(closing, result.reason, time)


def _wait(closing: Closing, reason: str | None, time: datetime) -> Next:
    """Said when it is new and every so many tries: said each second, `results` would never be read to its end."""
    if reason is None or (reason == closing.told and closing.untold + 1 < TRIES_UNTOLD):
        return Next(replace(closing, untold=closing.untold + 1), (), RETRY_SECONDS)
    told = replace(closing, told=reason, untold=0)
    completed = closing.completed
    said = Say(blocked(completed.batch_id, completed.attempt, reason, time), "results")
    return Next(told, (said,), RETRY_SECONDS)


def _ended(completed: BatchCompleted, time: datetime) -> Say:
    ended = ClosingEnded(
        id=f"{completed.batch_id}/{completed.attempt}/closing-ended",
        time=time,
        batch_id=completed.batch_id,
        attempt=completed.attempt,
    )
    return Say(ended, "completions")


def _missing(completed: BatchCompleted, holes: Holes, time: datetime) -> Say:
    missing = ItemsMissing(
        id=f"{completed.id}/holes",
        time=time,
        batch_id=completed.batch_id,
        attempt=completed.attempt,
        ranges=holes.ranges[:MAX_RANGES],
        asked_by="closer",
    )
    return Say(missing, "dispatch")
