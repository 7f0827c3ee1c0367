"""What one counter knows about a batch, and how every fact about it changes that: `step(batch, event, now)`."""

import math
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import Literal, TypeAlias

from pressrun.domain.heads import (
    Head,
    acceptance_of,
    closure_of,
    completion_of,
    credits_of,
    progress_of,
    state_of,
)
from pressrun.domain.moments import Moment
from pressrun.domain.refusals import Refuse, refuse_outside
from pressrun.domain.tally import OUTCOMES, Tally, ranges_of
from schemas.dispatch import ItemsMissing
from schemas.events import Event
from schemas.progress import Status
from schemas.results import (
    BatchAccepted,
    BatchBlocked,
    BatchFailed,
    BatchReceived,
    BatchRejected,
    BatchSealed,
    BatchWaiting,
    ItemsCancelled,
    ItemsFinished,
    MissingAsked,
)

PROGRESS_INTERVAL_SECONDS = 0.25
"""Between two progress events of one batch: fast enough for eyes, nothing next to the work."""

ENDED: frozenset[Status] = frozenset({"sealed", "rejected", "cancelled", "failed"})

_LONG_AGO = -math.inf


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as its counter sees it; `announced_at` only spaces progress events and is not kept."""

    head: Head
    tally: Tally = field(default_factory=Tally)
    announced_at: float = _LONG_AGO

    @property
    def is_open(self) -> bool:
        return self.head.status not in ENDED


@dataclass(frozen=True, slots=True)
class Say:
    """Effect: put the event on the topic."""

    event: Event
    topic: str


@dataclass(frozen=True, slots=True)
class Show:
    """Effect: put the event on the topic once the rows are stored: told before, counts could go down after a crash."""

    event: Event
    topic: str


@dataclass(frozen=True, slots=True)
class Keep:
    """Effect: store the bytes as a blob before anything is said."""

    blob: bytes


Effect: TypeAlias = Say | Show | Keep | Refuse
Step: TypeAlias = tuple[Batch | None, tuple[Effect, ...]]


def step(batch: Batch | None, event: Event) -> Step:
    """The batch after the event, and what is to be done because of it; repeated events change nothing.

    `report` follows once per batch and block, however many results the block held.
    """
    match event:
        case BatchReceived():
            return _receive(batch, event)
        case BatchAccepted():
            return _accept(batch, event)
        case BatchRejected():
            return _reject(batch, event)
        case ItemsFinished():
            return _finish_items(batch, event)
        case MissingAsked():
            return _tell_missing(batch, event)
        case _ if batch is None:
            return None, (Refuse("unknown_batch", "no such batch is known here"),)
        case ItemsCancelled():
            return _cancel_items(batch, event)
        case BatchBlocked():
            return _hold(batch, event, "blocked")
        case BatchWaiting():
            return _hold(batch, event, "waiting")
        case BatchSealed():
            return _seal(batch, event)
        case BatchFailed():
            return _fail(batch, event)
        case _:
            return batch, (Refuse("unknown_type", "the counter does not read this type"),)


def report(batch: Batch, now: Moment) -> tuple[Batch, tuple[Effect, ...]]:
    """Tell where the batch stands: completion at once, credits every time, progress four times a second."""
    head = batch.head
    if head.status != "running" or head.total is None:
        return batch, ()
    is_due = now.seconds - batch.announced_at >= PROGRESS_INTERVAL_SECONDS
    announced_at = now.seconds if is_due else batch.announced_at
    batch = replace(batch, head=_counted(head, batch.tally), announced_at=announced_at)
    if batch.tally.is_complete(head.total):
        return _complete(batch, now)
    shown = _standing(batch.head, now.time) if is_due else ()
    return batch, (Say(credits_of(batch.head, batch.tally), "dispatch"), *shown)


def look_again(batch: Batch, now: Moment) -> tuple[Batch, tuple[Effect, ...]]:
    """What is repeated after recovery and on every tick, so that nothing said once and lost stays lost."""
    if batch.head.status == "closing":
        # The closer may have missed it, or found the tally damaged; readers of progress were told before it was stored.
        kept = (Keep(_bitmaps(batch)),) if _is_tally_whole(batch) else ()
        return batch, (*kept, Say(completion_of(batch.head), "completions"))
    return report(batch, now)


def _receive(batch: Batch | None, event: BatchReceived) -> Step:
    if batch is not None:
        return batch, ()
    head = Head(batch_id=event.batch_id, kind=event.kind, name=event.name, created_at=event.time)
    return Batch(head), (Show(state_of(head, event.time), "batches"),)


def _accept(batch: Batch | None, event: BatchAccepted) -> Step:
    batch = batch or Batch(Head(batch_id=event.batch_id, created_at=event.submitted_at))
    if batch.head.total is not None or not batch.is_open:
        return batch, ()
    head = batch.head.model_copy(
        update={
            "status": "running",
            "kind": event.kind,
            "name": event.name,
            "priority": event.priority,
            "attempt": event.attempt,
            "total": event.total,
            "plan": event.plan,
            "layout": event.layout,
            "created_at": event.submitted_at,
        }
    )
    return replace(batch, head=head, announced_at=_LONG_AGO), ()


def _reject(batch: Batch | None, event: BatchRejected) -> Step:
    if batch is not None and (batch.head.total is not None or not batch.is_open):
        return batch, ()
    created = batch.head.created_at if batch else event.time
    name = batch.head.name if batch else ""
    head = Head(
        batch_id=event.batch_id,
        kind=event.kind,
        name=name,
        status="rejected",
        created_at=created,
        completed_at=event.time,
        faults=event.faults,
    )
    return Batch(head), _ended(event, head)


def _finish_items(batch: Batch | None, event: ItemsFinished) -> Step:
    batch = batch or Batch(Head(batch_id=event.batch_id, created_at=event.time))
    failed = ranges_of(sorted({failure.index for failure in event.failures}))
    refusal = refuse_outside(batch.head.total, (*event.succeeded, *failed))
    if refusal:
        return batch, (refusal,)
    if not batch.is_open or event.attempt != batch.head.attempt:
        return batch, ()
    if batch.head.status == "closing":
        return batch, _completed(batch.head) if event.repair else ()
    tally = batch.tally.answer("succeeded", event.succeeded).answer("failed", failed)
    return replace(batch, tally=tally, head=_moving(batch.head)), ()


def _cancel_items(batch: Batch, event: ItemsCancelled) -> Step:
    if batch.head.status != "running" or event.attempt != batch.head.attempt:
        return batch, ()
    refusal = refuse_outside(batch.head.total, event.ranges)
    if refusal:
        return batch, (refusal,)
    return replace(batch, tally=batch.tally.answer("cancelled", event.ranges)), ()


def _tell_missing(batch: Batch | None, event: MissingAsked) -> Step:
    if batch is None:
        # Somebody's credits for a batch that never was make the scheduler ask: the question is no bad record.
        return None, ()
    head = batch.head
    if head.total is None or event.attempt != head.attempt:
        return batch, ()
    if not batch.is_open:
        return batch, (Say(closure_of(head), "dispatch"),)
    if event.released == 0:
        return batch, (Say(acceptance_of(head), "dispatch"), Say(credits_of(head, batch.tally), "dispatch"))
    ranges = batch.tally.missing(min(event.released, head.total))
    if not ranges:
        return batch, (Say(credits_of(head, batch.tally), "dispatch"),)
    missing = ItemsMissing(
        id=f"{event.id}/answer",
        time=event.time,
        batch_id=head.batch_id,
        attempt=head.attempt,
        ranges=ranges[:MAX_RANGES],
        asked_by="scheduler",
    )
    return batch, (Say(missing, "dispatch"),)


MAX_RANGES = 4096
"""Ranges in one record: about 100 kB; what is left is found by the next look."""


def _hold(batch: Batch, event: BatchBlocked | BatchWaiting, how: Literal["blocked", "waiting"]) -> Step:
    """Note why the batch does not move; the next outcome of an item clears it."""
    if event.reason == TALLY_ABSENT and not _is_tally_whole(batch):
        # Nobody can store it again: rows are missing here too, and are asked for as in any running batch.
        return replace(batch, head=batch.head.model_copy(update={"status": "running", "completed_at": None})), ()
    reason = PLAIN_REASONS.get(event.reason, event.reason)
    if not _concerns(batch, event) or getattr(batch.head, how) == reason:
        return batch, ()
    head = _counted(batch.head.model_copy(update={how: reason}), batch.tally)
    return replace(batch, head=head), _standing(head, event.time)


TALLY_ABSENT = "tally_absent"
"""What a batch waits for whose stored tally cannot be read."""


def _is_tally_whole(batch: Batch) -> bool:
    """Whether the rows here are still those a closing batch was completed by."""
    return batch.head.status != "closing" or sha256(_bitmaps(batch)).hexdigest() == batch.head.tally_digest


PLAIN_REASONS = {"storage_full": "disk", "storage_unavailable": "storage"}
"""Codes of errors in the words people are shown."""


def _moving(head: Head) -> Head:
    held = head.blocked or head.waiting
    return head.model_copy(update={"blocked": None, "waiting": None}) if held else head


def _seal(batch: Batch, event: BatchSealed) -> Step:
    if not _concerns(batch, event):
        return batch, ()
    update = {
        "status": event.status,
        "archive": event.archive,
        "archive_bytes": event.archive_bytes,
        # Counted by the closer from the tally it sealed: results of this very block may not be counted here yet.
        "succeeded": event.succeeded,
        "failed": event.failed,
        "cancelled": event.cancelled,
        "completed_at": batch.head.completed_at or event.time,
    }
    head = _moving(batch.head).model_copy(update=update)
    return Batch(head), (*_ended(event, head), Say(closure_of(head), "dispatch"))


def _concerns(batch: Batch, event: BatchBlocked | BatchWaiting | BatchSealed | BatchFailed) -> bool:
    return batch.is_open and event.attempt == batch.head.attempt


def _fail(batch: Batch, event: BatchFailed) -> Step:
    if not _concerns(batch, event):
        return batch, ()
    head = batch.head.model_copy(
        update={"status": "failed", "faults": (event.error,), "completed_at": batch.head.completed_at or event.time}
    )
    return Batch(head), (*_ended(event, head), Say(event, "completions"), Say(closure_of(head), "dispatch"))


def _complete(batch: Batch, now: Moment) -> tuple[Batch, tuple[Effect, ...]]:
    bitmaps = _bitmaps(batch)
    update = {"status": "closing", "completed_at": now.time, "tally_digest": sha256(bitmaps).hexdigest()}
    head = batch.head.model_copy(update=update)
    batch = replace(batch, head=head, announced_at=now.seconds)
    return batch, (
        Keep(bitmaps),
        *_completed(head),
        Say(credits_of(head, batch.tally), "dispatch"),
        *_standing(head, now.time),
    )


def _bitmaps(batch: Batch) -> bytes:
    """The tally as the closer reads it: three bitmaps, one after the other."""
    total = batch.head.total
    assert total is not None
    return b"".join(batch.tally.bitmap(outcome, total) for outcome in OUTCOMES)


def _counted(head: Head, tally: Tally) -> Head:
    counts = tally.counts
    update = {"succeeded": counts.succeeded, "failed": counts.failed, "cancelled": counts.cancelled}
    return head.model_copy(update=update)


def _completed(head: Head) -> tuple[Effect, ...]:
    completed = completion_of(head)
    return Say(completed, "completions"), Say(completed, "progress")


def _ended(event: Event, head: Head) -> tuple[Effect, ...]:
    return Say(event, "progress"), Say(state_of(head, event.time), "batches")


def _standing(head: Head, time: datetime) -> tuple[Effect, ...]:
    return Show(progress_of(head, time), "progress"), Show(state_of(head, time), "batches")
