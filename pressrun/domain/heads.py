"""The head of a batch, what its counter knows besides the tally, and the events that tell of it."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from pressrun.domain.tally import Tally
from schemas.batches import BatchState
from schemas.completions import BatchCompleted
from schemas.dispatch import BatchClosed, ItemsAnswered
from schemas.events import Kind, Priority
from schemas.faults import Fault
from schemas.layouts import Layout
from schemas.progress import BatchProgressed, Status
from schemas.results import BatchAccepted


class Head(BaseModel):
    """A batch without its tally, as it is kept in a table row."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    batch_id: str
    kind: Kind = "letters"
    name: str = ""
    priority: Priority = "normal"
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
    waiting: str | None = None


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
        waiting=head.waiting,
    )


def progress_of(head: Head, time: datetime) -> BatchProgressed:
    """The counts as they are now."""
    answered = head.succeeded + head.failed + head.cancelled
    held = head.blocked or head.waiting
    return BatchProgressed(
        id=f"{head.batch_id}/{head.attempt}/{head.status}/{answered}" + (f"/{held}" if held else ""),
        time=time,
        batch_id=head.batch_id,
        attempt=head.attempt,
        status=head.status,
        total=head.total or 0,
        succeeded=head.succeeded,
        failed=head.failed,
        cancelled=head.cancelled,
        blocked=head.blocked,
        waiting=head.waiting,
    )


def completion_of(head: Head) -> BatchCompleted:
    """The word that every index has an outcome; only of a head that is closing."""
    assert head.total is not None
    assert head.completed_at is not None
    return BatchCompleted(
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


def credits_of(head: Head, tally: Tally) -> ItemsAnswered:
    """How many are answered on each partition; only of a head whose layout is known."""
    assert head.layout is not None
    return ItemsAnswered(
        id=f"{head.batch_id}/{head.attempt}/answered/{tally.counts.answered}",
        time=head.created_at,
        batch_id=head.batch_id,
        attempt=head.attempt,
        answered=tally.answered_by_partition(head.layout),
    )


def closure_of(head: Head) -> BatchClosed:
    """The word that nothing more is to be released."""
    return BatchClosed(
        id=f"{head.batch_id}/{head.attempt}/closed",
        time=head.created_at,
        batch_id=head.batch_id,
        attempt=head.attempt,
    )


def acceptance_of(head: Head) -> BatchAccepted:
    """What intake once said, for a scheduler that has lost it; only of a head whose total is known."""
    assert head.total is not None
    assert head.layout is not None
    return BatchAccepted(
        id=f"{head.batch_id}/accepted",
        time=head.created_at,
        batch_id=head.batch_id,
        attempt=head.attempt,
        kind=head.kind,
        name=head.name,
        priority=head.priority,
        total=head.total,
        plan=head.plan,
        layout=head.layout,
        submitted_at=head.created_at,
    )
