"""What counts as missing, who waits for a turn, and what the scheduler asks the counter about them."""

from collections.abc import Iterable
from datetime import datetime

from pressrun.domain.moments import Moment
from pressrun.domain.refusals import Refuse, refuse_outside
from pressrun.domain.schedules import Running, Schedule, heard, with_batch
from schemas.dispatch import ItemsAnswered, ItemsMissing
from schemas.events import Event, IndexRange, Record
from schemas.results import BatchAccepted, BatchWaiting, FailedIndex, ItemsFinished, MissingAsked

MISSING_AFTER_SECONDS = 30.0
MAX_REPAIRS = 3
STARVED_SECONDS = 5.0


def look_round(schedule: Schedule, now: Moment, *, is_idle: bool) -> tuple[Schedule, tuple[Event, ...]]:
    """What a tick leads to: who waits for a turn is told, and while nothing lags, who is silent is asked about."""
    schedule, told = starved(schedule, now)
    if not is_idle:
        return schedule, told
    schedule, asked = ask_for_missing(schedule, now)
    return schedule, (*told, *asked)


def refusal(schedule: Schedule, event: Record, partitions: int) -> Refuse | None:
    """Why a record on `dispatch` is a bad one: it would release what does not exist, or to where nothing is."""
    if isinstance(event, BatchAccepted) and event.layout.partitions != partitions:
        return Refuse("layout_invalid", f"layout.partitions: the items topic has {partitions}")
    if isinstance(event, ItemsMissing) and (batch := schedule.running.get(event.batch_id)) is not None:
        return refuse_outside(batch.total, event.ranges)
    return None


def ask_for_missing(schedule: Schedule, now: Moment) -> tuple[Schedule, tuple[Event, ...]]:
    """Questions to the counter about every quiet batch; to be asked only while nothing lags."""
    asked: list[Event] = []
    for batch in quiet(schedule, now.seconds):
        # A counter that never heard of the batch learns of it here.
        question = _question(batch.batch_id, batch.attempt, batch.released, now.time)
        asked += (_acceptance(batch), question)
        update = {"asked": question.id, "quiet_since": now.seconds}
        schedule = with_batch(schedule, batch.model_copy(update=update))
    return schedule, tuple(asked)


def quiet(schedule: Schedule, seconds: float) -> tuple[Running, ...]:
    """Batches with released items from which nothing was heard for 30 s x 2^rounds: missing, if nothing lags."""
    return tuple(
        batch
        for batch in schedule.running.values()
        if batch.outstanding and seconds - batch.quiet_since >= MISSING_AFTER_SECONDS * 2**batch.repair_round
    )


def starved(schedule: Schedule, now: Moment) -> tuple[Schedule, tuple[Event, ...]]:
    """Word to the counter of every batch that has had no turn for 5 s: nothing of it is out, and more is to come."""
    told: list[Event] = []
    for batch in schedule.running.values():
        if batch.has_more and not batch.outstanding and now.seconds - batch.quiet_since >= STARVED_SECONDS:
            schedule = heard(schedule, batch.batch_id, now.seconds)
            told.append(_waiting(batch, now.time))
    return schedule, tuple(told)


def repair(schedule: Schedule, batch: Running, event: ItemsMissing, now: Moment) -> tuple[Schedule, tuple[Event, ...]]:
    """What is missing is to be released again; after three times in vain it is given up."""
    is_due = not batch.repairs if event.asked_by == "closer" else event.id == f"{batch.asked}/answer"
    if event.attempt != batch.attempt or not is_due:
        return schedule, ()
    batch = batch.model_copy(update={"asked": ""})
    out = [span.model_copy(update={"last": min(span.last, batch.released - 1)}) for span in event.ranges]
    pieces = tuple(piece for span in out for piece in _pieces(span, batch.layout.run_length))
    if not pieces:
        return schedule, ()
    if event.asked_by == "scheduler" and batch.repair_round >= MAX_REPAIRS:
        return heard(with_batch(schedule, batch), batch.batch_id, now.seconds), tuple(
            _give_up(batch, piece, now.time) for piece in pieces
        )
    update = {"repairs": pieces, "repair_round": batch.repair_round + 1, "quiet_since": now.seconds}
    return with_batch(schedule, batch.model_copy(update=update)), ()


def _give_up(batch: Running, piece: IndexRange, time: datetime) -> ItemsFinished:
    indexes = range(piece.first, piece.last + 1)
    return ItemsFinished(
        id=f"{batch.batch_id}/{batch.attempt}/undeliverable/{piece.first}-{piece.last}",
        time=time,
        batch_id=batch.batch_id,
        attempt=batch.attempt,
        failures=tuple(FailedIndex(index=index, code="undeliverable") for index in indexes),
    )


def _pieces(span: IndexRange, run_length: int) -> Iterable[IndexRange]:
    """The range cut where runs end, for each run has its own partition."""
    first = span.first
    while first <= span.last:
        last = min(span.last, (first // run_length + 1) * run_length - 1)
        yield IndexRange(first=first, last=last)
        first = last + 1


def wonder(event: Event, time: datetime) -> tuple[Event, ...]:
    """Credits of a batch that is not in the schedule: its row was lost, or it has ended; the counter knows."""
    return (_question(event.batch_id, event.attempt, 0, time),) if isinstance(event, ItemsAnswered) else ()


def _question(batch_id: str, attempt: int, released: int, time: datetime) -> MissingAsked:
    return MissingAsked(
        id=f"{batch_id}/{attempt}/missing/{released}/{time.timestamp():.0f}",
        time=time,
        batch_id=batch_id,
        attempt=attempt,
        released=released,
    )


def _acceptance(batch: Running) -> BatchAccepted:
    return BatchAccepted(
        id=f"{batch.batch_id}/accepted",
        time=batch.submitted_at,
        batch_id=batch.batch_id,
        attempt=batch.attempt,
        kind=batch.kind,
        name=batch.name,
        priority=batch.priority,
        total=batch.total,
        plan=batch.plan,
        layout=batch.layout,
        submitted_at=batch.submitted_at,
    )


def _waiting(batch: Running, time: datetime) -> BatchWaiting:
    return BatchWaiting(
        id=f"{batch.batch_id}/{batch.attempt}/waiting/{batch.released}",
        time=time,
        batch_id=batch.batch_id,
        attempt=batch.attempt,
        reason="window",
    )
