"""Builders of the domain's words, each valid as it comes and changed by keyword."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from pressrun.domain.batches import Batch, step
from pressrun.domain.moments import Moment
from pressrun.domain.schedules import plan_layout
from schemas.completions import BatchCompleted
from schemas.dispatch import ItemsAnswered, ItemsMissing
from schemas.events import IndexRange, Priority
from schemas.faults import Fault
from schemas.items import ItemReleased
from schemas.results import (
    BatchAccepted,
    BatchFailed,
    BatchRejected,
    BatchSealed,
    FailedIndex,
    ItemsCancelled,
    ItemsFinished,
    MissingAsked,
)
from schemas.submissions import BatchSubmitted, CancelBatch

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
BATCH = "batch-0001"
PLAN = "ab" * 32
Spans = Sequence[tuple[int, int]]


def a_moment(seconds: float = 0.0) -> Moment:
    """So many seconds after NOW, by both clocks."""
    return Moment(NOW + timedelta(seconds=seconds), 1_000.0 + seconds)


def ranges(*spans: tuple[int, int]) -> tuple[IndexRange, ...]:
    return tuple(IndexRange(first=first, last=last) for first, last in spans)


def an_accepted(
    total: int = 10, batch_id: str = BATCH, priority: Priority = "normal", partitions: int = 8
) -> BatchAccepted:
    return BatchAccepted(
        id=f"{batch_id}/accepted",
        time=NOW,
        batch_id=batch_id,
        attempt=1,
        kind="letters",
        name="Spring",
        priority=priority,
        total=total,
        plan=PLAN,
        layout=plan_layout(total, partitions, 0),
        submitted_at=NOW,
    )


def a_batch(total: int = 10, batch_id: str = BATCH) -> Batch:
    batch, _ = step(None, an_accepted(total, batch_id))
    assert batch is not None
    return batch


def a_result(
    *succeeded: tuple[int, int],
    failed: Sequence[int] = (),
    batch_id: str = BATCH,
    attempt: int = 1,
    repair: int = 0,
) -> ItemsFinished:
    return ItemsFinished(
        id=f"{batch_id}/{attempt}/{succeeded}{failed}",
        time=NOW,
        batch_id=batch_id,
        attempt=attempt,
        succeeded=ranges(*succeeded),
        failures=tuple(FailedIndex(index=index, code="glyph_missing") for index in failed),
        segment="segment",
        repair=repair,
    )


def a_cancellation_of(*spans: tuple[int, int]) -> ItemsCancelled:
    return ItemsCancelled(id="cancelled", time=NOW, batch_id=BATCH, attempt=1, ranges=ranges(*spans))


def a_cancel(batch_id: str = BATCH) -> CancelBatch:
    return CancelBatch(id="cancel", time=NOW, batch_id=batch_id)


def a_question(released: int) -> MissingAsked:
    return MissingAsked(id="question", time=NOW, batch_id=BATCH, attempt=1, released=released)


def credits_of(*answered: int, batch_id: str = BATCH) -> ItemsAnswered:
    return ItemsAnswered(id="answered", time=NOW, batch_id=batch_id, attempt=1, answered=answered)


def a_report_of_missing(*spans: tuple[int, int], asked_by: str = "closer", name: str = "missing") -> ItemsMissing:
    return ItemsMissing.model_validate(
        {"id": name, "time": NOW, "batch_id": BATCH, "attempt": 1, "ranges": ranges(*spans), "asked_by": asked_by}
    )


def a_completion(total: int = 10, batch_id: str = BATCH) -> BatchCompleted:
    return BatchCompleted(
        id=f"{batch_id}/1/completed",
        time=NOW,
        batch_id=batch_id,
        attempt=1,
        total=total,
        succeeded=total,
        failed=0,
        cancelled=0,
        tally="cd" * 32,
        plan=PLAN,
    )


def a_sealing(total: int = 10, batch_id: str = BATCH) -> BatchSealed:
    return BatchSealed(
        id=f"{batch_id}/1/sealed",
        time=NOW,
        batch_id=batch_id,
        attempt=1,
        total=total,
        succeeded=total,
        failed=0,
        cancelled=0,
        archive=(f"{batch_id}-1.zip",),
        archive_bytes=1000,
        plan=PLAN,
    )


def a_failure(batch_id: str = BATCH) -> BatchFailed:
    fault = Fault(code="blob_corrupt", where="rows", message="damaged", remedy="submit it again")
    return BatchFailed(id=f"{batch_id}/1/failed", time=NOW, batch_id=batch_id, attempt=1, error=fault)


def a_rejection(batch_id: str = BATCH) -> BatchRejected:
    fault = Fault(code="list_empty", where="recipients", message="no rows", remedy="add some")
    return BatchRejected(id=f"{batch_id}/rejected", time=NOW, batch_id=batch_id, kind="letters", faults=(fault,))


def a_submission(batch_id: str = BATCH, plan: str | None = PLAN, notify: str | None = None) -> BatchSubmitted:
    return BatchSubmitted(
        id=f"{batch_id}/submitted", time=NOW, batch_id=batch_id, kind="letters", plan=plan, notify=notify
    )


def an_item(index: int = 3, batch_id: str = BATCH, plan: str = PLAN) -> ItemReleased:
    return ItemReleased(
        id=f"{batch_id}/1/{index}",
        time=NOW,
        batch_id=batch_id,
        attempt=1,
        index=index,
        plan=plan,
        values=("Ada", "https://example.com/1"),
    )
