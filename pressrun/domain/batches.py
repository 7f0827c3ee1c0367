"""What one counter knows about a batch, and how every fact about it changes that: `step(batch, event, now)`."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TypeAlias

from pydantic import BaseModel, ConfigDict

from pressrun.domain.tally import Outcome, Tally, ranges_of
from schemas.batches import BatchState
from schemas.completions import BatchCompleted
from schemas.dispatch import BatchClosed, ItemsAnswered, ItemsMissing
from schemas.events import Event, IndexRange, Kind
from schemas.faults import Fault
from schemas.layouts import ROW_LENGTH, Layout
from schemas.progress import BatchProgressed, Status
from schemas.results import (
    BatchAccepted,
    BatchBlocked,
    BatchFailed,
    BatchReceived,
    BatchRejected,
    BatchSealed,
    ItemsCancelled,
    ItemsFinished,
    MissingAsked,
)

PROGRESS_INTERVAL = timedelta(seconds=0.25)
"""Between two progress events of one batch: fast enough for eyes, nothing next to the work."""

ENDED: frozenset[Status] = frozenset({"sealed", "rejected", "cancelled", "failed"})


class Head(BaseModel):
    """A batch without its tally, as it is kept in a table row."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    batch_id: str
    kind: Kind = "letters"
    name: str = ""
    status: Status = "submitted"
    attempt: int = 1
    total: int | None = None
    plan: str = ""
    layout: Layout | None = None
    created_at: datetime
    completed_at: datetime | None = None
    tally_digest: str = ""
    succeeded: int = 0
    failed: int = 0
    cancelled: int = 0
    archive: tuple[str, ...] = ()
    archive_bytes: int | None = None
    faults: tuple[Fault, ...] = ()
    blocked: str | None = None


_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as its counter sees it; `announced_at` only spaces progress events and is not kept."""

    head: Head
    tally: Tally = field(default_factory=Tally)
    announced_at: datetime = _LONG_AGO

    @property
    def is_open(self) -> bool:
        return self.head.status not in ENDED


@dataclass(frozen=True, slots=True)
class Say:
    """Effect: put the event on the topic."""

    event: Event
    topic: str


@dataclass(frozen=True, slots=True)
class Keep:
    """Effect: store the bytes as a blob before anything is said."""

    blob: bytes


@dataclass(frozen=True, slots=True)
class Refuse:
    """Effect: the record that carried the event is a bad record."""

    code: str
    reason: str


Effect: TypeAlias = Say | Keep | Refuse
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
        case ItemsCancelled() | MissingAsked() | BatchBlocked() | BatchSealed() | BatchFailed() if batch is None:
            return None, (Refuse("unknown_batch", "no such batch is known here"),)
        case ItemsCancelled():
            return _cancel_items(_known(batch), event)
        case MissingAsked():
            return _tell_missing(_known(batch), event)
        case BatchBlocked():
            return _block(_known(batch), event)
        case BatchSealed():
            return _seal(_known(batch), event)
        case BatchFailed():
            return _fail(_known(batch), event)
        case _:
            return batch, (Refuse("unknown_type", "the counter does not read this type"),)


def report(batch: Batch, now: datetime) -> tuple[Batch, tuple[Effect, ...]]:
    """Tell where the batch stands: completion at once, credits every time, progress four times a second."""
    head = batch.head
    if head.status != "running" or head.total is None:
        return batch, ()
    batch = replace(batch, head=_counted(head, batch.tally))
    if batch.tally.is_complete(head.total):
        return _complete(batch, now)
    effects: list[Effect] = [_credits(batch)]
    if now - batch.announced_at >= PROGRESS_INTERVAL:
        batch = replace(batch, announced_at=now)
        effects += _standing(batch.head, now)
    return batch, tuple(effects)


def look_again(batch: Batch, now: datetime) -> tuple[Batch, tuple[Effect, ...]]:
    """What is repeated after recovery and on every tick, so that nothing said once and lost stays lost."""
    if batch.head.status == "closing":
        # The closer may have missed it; readers of progress were told before it was stored.
        return batch, _completed(batch.head)[:1]
    return report(batch, now)


def state_of(head: Head, time: datetime) -> BatchState:
    """The public state of a batch."""
    return BatchState(
        id=f"{head.batch_id}/state",
        time=time,
        batch_id=head.batch_id,
        kind=head.kind,
        name=head.name,
        status=head.status,
        attempt=head.attempt,
        total=head.total,
        succeeded=head.succeeded,
        failed=head.failed,
        cancelled=head.cancelled,
        archive=head.archive,
        archive_bytes=head.archive_bytes,
        created_at=head.created_at,
        completed_at=head.completed_at,
        faults=head.faults,
        blocked=head.blocked,
    )


def _known(batch: Batch | None) -> Batch:
    assert batch is not None
    return batch


def _receive(batch: Batch | None, event: BatchReceived) -> Step:
    if batch is not None:
        return batch, ()
    head = Head(batch_id=event.batch_id, kind=event.kind, name=event.name, created_at=event.time)
    return Batch(head), (Say(state_of(head, event.time), "batches"),)


def _accept(batch: Batch | None, event: BatchAccepted) -> Step:
    batch = batch or Batch(Head(batch_id=event.batch_id, created_at=event.submitted_at))
    if batch.head.total is not None or not batch.is_open:
        return batch, ()
    head = batch.head.model_copy(
        update={
            "status": "running",
            "kind": event.kind,
            "name": event.name,
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
    refusal = _outside(batch.head, (*event.succeeded, *failed))
    if refusal:
        return batch, (refusal,)
    if not batch.is_open or event.attempt != batch.head.attempt:
        return batch, ()
    if batch.head.status == "closing":
        return batch, _completed(batch.head) if event.repair else ()
    tally = batch.tally.answer("succeeded", event.succeeded).answer("failed", failed)
    return replace(batch, tally=tally, head=batch.head.model_copy(update={"blocked": None})), ()


def _cancel_items(batch: Batch, event: ItemsCancelled) -> Step:
    if batch.head.status != "running" or event.attempt != batch.head.attempt:
        return batch, ()
    refusal = _outside(batch.head, event.ranges)
    if refusal:
        return batch, (refusal,)
    return replace(batch, tally=batch.tally.answer("cancelled", event.ranges)), ()


def _tell_missing(batch: Batch, event: MissingAsked) -> Step:
    head = batch.head
    if head.total is None or event.attempt != head.attempt:
        return batch, ()
    if not batch.is_open:
        return batch, (_closed(head),)
    ranges = batch.tally.missing(min(event.released, head.total))
    if not ranges:
        return batch, (_credits(batch),)
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


def _block(batch: Batch, event: BatchBlocked) -> Step:
    if not batch.is_open or batch.head.blocked == event.reason:
        return batch, ()
    head = batch.head.model_copy(update={"blocked": event.reason})
    return replace(batch, head=head), _standing(head, event.time)


def _seal(batch: Batch, event: BatchSealed) -> Step:
    if not batch.is_open:
        return batch, ()
    update = {
        "status": event.status,
        "archive": event.archive,
        "archive_bytes": event.archive_bytes,
        "blocked": None,
    }
    head = batch.head.model_copy(update=update)
    return Batch(head), (*_ended(event, head), _closed(head))


def _fail(batch: Batch, event: BatchFailed) -> Step:
    if not batch.is_open:
        return batch, ()
    head = batch.head.model_copy(
        update={"status": "failed", "faults": (event.error,), "completed_at": batch.head.completed_at or event.time}
    )
    return Batch(head), (*_ended(event, head), _closed(head))


def _complete(batch: Batch, now: datetime) -> tuple[Batch, tuple[Effect, ...]]:
    total = batch.head.total
    assert total is not None
    outcomes: Sequence[Outcome] = ("succeeded", "failed", "cancelled")
    bitmaps = b"".join(batch.tally.bitmap(outcome, total) for outcome in outcomes)
    update = {"status": "closing", "completed_at": now, "tally_digest": sha256(bitmaps).hexdigest()}
    head = batch.head.model_copy(update=update)
    batch = replace(batch, head=head, announced_at=now)
    return batch, (Keep(bitmaps), *_completed(head), _credits(batch), *_standing(head, now))


def _counted(head: Head, tally: Tally) -> Head:
    counts = tally.counts
    update = {"succeeded": counts.succeeded, "failed": counts.failed, "cancelled": counts.cancelled}
    return head.model_copy(update=update)


def _ended(event: Event, head: Head) -> tuple[Effect, ...]:
    return Say(event, "progress"), Say(state_of(head, event.time), "batches")


def _standing(head: Head, now: datetime) -> tuple[Effect, ...]:
    return Say(_progressed(head, now), "progress"), Say(state_of(head, now), "batches")


def _credits(batch: Batch) -> Effect:
    head = batch.head
    assert head.layout is not None
    answered = ItemsAnswered(
        id=f"{head.batch_id}/{head.attempt}/answered/{batch.tally.counts.answered}",
        time=head.created_at,
        batch_id=head.batch_id,
        attempt=head.attempt,
        answered=batch.tally.answered_by_partition(head.layout),
    )
    return Say(answered, "dispatch")


def _progressed(head: Head, now: datetime) -> BatchProgressed:
    answered = head.succeeded + head.failed + head.cancelled
    return BatchProgressed(
        id=f"{head.batch_id}/{head.attempt}/{head.status}/{answered}" + (f"/{head.blocked}" if head.blocked else ""),
        time=now,
        batch_id=head.batch_id,
        attempt=head.attempt,
        status=head.status,
        total=head.total or 0,
        succeeded=head.succeeded,
        failed=head.failed,
        cancelled=head.cancelled,
        blocked=head.blocked,
    )


def _completed(head: Head) -> tuple[Effect, ...]:
    assert head.total is not None
    assert head.completed_at is not None
    completed = BatchCompleted(
        id=f"{head.batch_id}/{head.attempt}/completed",
        time=head.completed_at,
        batch_id=head.batch_id,
        attempt=head.attempt,
        total=head.total,
        succeeded=head.succeeded,
        failed=head.failed,
        cancelled=head.cancelled,
        tally=head.tally_digest,
        plan=head.plan,
    )
    return Say(completed, "completions"), Say(completed, "progress")


def _closed(head: Head) -> Effect:
    closed = BatchClosed(
        id=f"{head.batch_id}/{head.attempt}/closed",
        time=head.created_at,
        batch_id=head.batch_id,
        attempt=head.attempt,
    )
    return Say(closed, "dispatch")


def _outside(head: Head, ranges: Sequence[IndexRange]) -> Refuse | None:
    """Indexes the batch cannot have; while its total is unknown a range may be as wide as a bitmap row."""
    for span in ranges:
        if span.last < span.first:
            return Refuse("range_reversed", "a range ends before it begins")
        if head.total is None and span.last - span.first >= ROW_LENGTH:
            return Refuse("range_too_wide", "a range is wider than a run can be")
        if head.total is not None and span.last >= head.total:
            return Refuse("index_outside", "an index is not in the batch")
    return None
