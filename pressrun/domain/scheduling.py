"""What the scheduler knows of the running batches, how facts change it, and what counts as missing.

What is outstanding is released minus answered, both absolute, so a crash leaks nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from pressrun.domain.moments import Moment
from pressrun.domain.refusals import Refuse, refuse_outside
from schemas.dispatch import BatchClosed, ItemsAnswered, ItemsMissing
from schemas.events import Event, IndexRange, Kind, Priority, Record
from schemas.layouts import ROW_LENGTH, Layout
from schemas.results import BatchAccepted, BatchWaiting, FailedIndex, ItemsCancelled, ItemsFinished, MissingAsked
from schemas.submissions import CancelBatch

SHORTEST_RUN = 32
MISSING_AFTER_SECONDS = 30.0
MAX_REPAIRS = 3
STARVED_SECONDS = 5.0
WINDOW_SECONDS = 0.5
"""Work held outstanding: enough to keep workers busy over a round trip, short enough for a small batch to pass."""
LARGEST_WINDOW = 10_000
WINDOW_PER_WORKER = 64


class Running(BaseModel):
    """One batch in the scheduler's table."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    batch_id: str
    attempt: int
    kind: Kind = "letters"
    name: str = ""
    submitted_at: datetime
    priority: Priority
    total: int
    plan: str
    layout: Layout
    released: int = 0
    answered: tuple[int, ...]
    repairs: tuple[IndexRange, ...] = ()
    repair_round: int = 0
    asked: str = ""
    """Id of the question about missing items that waits for its answer; each answer counts once."""
    quiet_since: float

    def released_on(self, partition: int) -> int:
        """Indexes below `released` that lie on the partition."""
        return self.lying_on(partition, self.released)

    def lying_on(self, partition: int, end: int) -> int:
        """Indexes below `end` that lie on the partition."""
        runs, rest = divmod(end, self.layout.run_length)
        place = (partition - self.layout.first_partition) % self.layout.partitions
        full = max((runs - place + self.layout.partitions - 1) // self.layout.partitions, 0)
        in_last_run = rest if runs % self.layout.partitions == place else 0
        return full * self.layout.run_length + in_last_run

    def outstanding_on(self, partition: int) -> int:
        """Released and not answered; what waits to be released again is out no more."""
        lost = sum(
            span.last - span.first + 1 for span in self.repairs if self.layout.partition_of(span.first) == partition
        )
        return max(self.released_on(partition) - self.answered[partition] - lost, 0)

    @property
    def outstanding(self) -> int:
        return sum(self.outstanding_on(partition) for partition in range(self.layout.partitions))

    @property
    def has_more(self) -> bool:
        return bool(self.repairs) or self.released < self.total

    @property
    def surely_released(self) -> int:
        """The most items of which no more than were answered lie on any partition, beginning at the first."""
        run, at = self.layout.run_length, self.released
        while at < self.total:
            end = min((at // run + 1) * run, self.total)
            partition = self.layout.partition_of(at)
            if self.lying_on(partition, end) > self.answered[partition]:
                break
            at = end
        return at


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast items are being answered, over the last second or so."""

    per_second: float = 0.0
    since: float = 0.0
    answered: int = 0

    def after(self, answered: int, now: float) -> "Pace":
        """The pace with this many more answers; measured over at least a tenth of a second."""
        total, seconds = self.answered + answered, now - self.since
        if seconds > 5:
            return Pace(self.per_second, now, 0)
        if seconds < 0.1:
            return replace(self, answered=total)
        return Pace(0.5 * self.per_second + 0.5 * total / seconds, now, 0)


@dataclass(frozen=True, slots=True)
class Schedule:
    """All running batches, whose turn it is, and the measured pace (which need not survive a crash)."""

    running: Mapping[str, Running] = field(default_factory=dict)
    workers: int = 2
    pace: Pace = Pace()
    deficits: Mapping[Priority, float] = field(default_factory=dict)
    last_turn: Mapping[Priority, str] = field(default_factory=dict)

    @property
    def window(self) -> int:
        """How many items may be outstanding at once."""
        least = max(WINDOW_PER_WORKER * self.workers, ROW_LENGTH if not self.pace.per_second else 0)
        return int(min(max(self.pace.per_second * WINDOW_SECONDS, least), LARGEST_WINDOW))

    @property
    def outstanding(self) -> int:
        return sum(batch.outstanding for batch in self.running.values())


def plan_layout(total: int, partitions: int, first_partition: int) -> Layout:
    """Runs of total / (4 x partitions), between 32 and 1,024, so that small batches are shared by all workers."""
    wanted = min(max(total // (4 * partitions), SHORTEST_RUN), ROW_LENGTH)
    return Layout(
        partitions=partitions,
        run_length=1 << (wanted.bit_length() - 1),
        first_partition=first_partition % partitions,
    )


def step(schedule: Schedule, event: Event, now: Moment) -> tuple[Schedule, tuple[Event, ...]]:
    """The schedule after the event, and what the counter is to be told; strangers' events change nothing."""
    if isinstance(event, BatchAccepted):
        return _admit(schedule, event, now.seconds), ()
    batch = schedule.running.get(event.batch_id)
    if batch is None:
        return schedule, _wonder(event, now.time)
    match event:
        case ItemsAnswered():
            return _credit(schedule, batch, event, now.seconds), ()
        case CancelBatch():
            return _cancel(schedule, batch, now.time)
        case ItemsMissing():
            return _repair(schedule, batch, event, now)
        case BatchClosed():
            return _without(schedule, batch.batch_id), ()
        case _:
            return schedule, ()


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


def heard(schedule: Schedule, batch_id: str, seconds: float) -> Schedule:
    """The schedule with the batch's silence counted from now."""
    return with_batch(schedule, schedule.running[batch_id].model_copy(update={"quiet_since": seconds}))


def _admit(schedule: Schedule, event: BatchAccepted, seconds: float) -> Schedule:
    if event.batch_id in schedule.running:
        return schedule
    batch = Running(
        batch_id=event.batch_id,
        attempt=event.attempt,
        kind=event.kind,
        name=event.name,
        submitted_at=event.submitted_at,
        priority=event.priority,
        total=event.total,
        plan=event.plan,
        layout=event.layout,
        answered=(0,) * event.layout.partitions,
        quiet_since=seconds,
    )
    return with_batch(schedule, batch)


def _credit(schedule: Schedule, batch: Running, event: ItemsAnswered, seconds: float) -> Schedule:
    if event.attempt != batch.attempt or len(event.answered) != batch.layout.partitions:
        return schedule
    answered = tuple(
        min(max(before, now), batch.lying_on(partition, batch.total))
        for partition, (before, now) in enumerate(zip(batch.answered, event.answered, strict=True))
    )
    gained = sum(answered) - sum(batch.answered)
    if not gained:
        return schedule
    update = {"answered": answered, "quiet_since": seconds, "repair_round": 0}
    batch = batch.model_copy(update=update)
    # More answers than releases: the row was lost. What is left out here is found missing later.
    batch = batch.model_copy(update={"released": batch.surely_released})
    return replace(with_batch(schedule, batch), pace=schedule.pace.after(gained, seconds))


def _wonder(event: Event, time: datetime) -> tuple[Event, ...]:
    """Credits of a batch that is not in the schedule: its row was lost, or it has ended; the counter knows."""
    return (_question(event.batch_id, event.attempt, 0, time),) if isinstance(event, ItemsAnswered) else ()


def _waiting(batch: Running, time: datetime) -> BatchWaiting:
    return BatchWaiting(
        id=f"{batch.batch_id}/{batch.attempt}/waiting/{batch.released}",
        time=time,
        batch_id=batch.batch_id,
        attempt=batch.attempt,
        reason="window",
    )


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


def _cancel(schedule: Schedule, batch: Running, time: datetime) -> tuple[Schedule, tuple[Event, ...]]:
    if batch.released >= batch.total:
        return schedule, ()
    rest = IndexRange(first=batch.released, last=batch.total - 1)
    # Released or cancelled, every index is now out of the scheduler's hands.
    after = batch.model_copy(update={"released": batch.total})
    cancelled = ItemsCancelled(
        id=f"{batch.batch_id}/{batch.attempt}/cancelled/{rest.first}",
        time=time,
        batch_id=batch.batch_id,
        attempt=batch.attempt,
        ranges=(rest,),
    )
    return with_batch(schedule, after), (cancelled,)


def _repair(schedule: Schedule, batch: Running, event: ItemsMissing, now: Moment) -> tuple[Schedule, tuple[Event, ...]]:
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


def with_batch(schedule: Schedule, batch: Running) -> Schedule:
    return replace(schedule, running={**schedule.running, batch.batch_id: batch})


def _without(schedule: Schedule, batch_id: str) -> Schedule:
    return replace(schedule, running={key: batch for key, batch in schedule.running.items() if key != batch_id})
