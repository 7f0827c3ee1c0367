"""What the scheduler knows of the running batches, how facts change it, and what counts as missing.

What is outstanding is released minus answered, both absolute, so a crash leaks nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict

from schemas.dispatch import BatchClosed, ItemsAnswered, ItemsMissing
from schemas.events import Event, IndexRange, Priority
from schemas.layouts import ROW_LENGTH, Layout
from schemas.results import BatchAccepted, FailedIndex, ItemsCancelled, ItemsFinished, MissingAsked
from schemas.submissions import CancelBatch

SHORTEST_RUN = 32
MISSING_AFTER_SECONDS = 30.0
MAX_REPAIRS = 3
WINDOW_SECONDS = 0.5
"""Work held outstanding: enough to keep workers busy over a round trip, short enough for a small batch to pass."""
LARGEST_WINDOW = 10_000
WINDOW_PER_WORKER = 64


class Running(BaseModel):
    """One batch in the scheduler's table."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    batch_id: str
    attempt: int
    priority: Priority
    total: int
    plan: str
    layout: Layout
    released: int = 0
    answered: tuple[int, ...]
    repairs: tuple[IndexRange, ...] = ()
    repair_round: int = 0
    quiet_since: float

    def released_on(self, partition: int) -> int:
        """Indexes below `released` that lie on the partition."""
        runs, rest = divmod(self.released, self.layout.run_length)
        place = (partition - self.layout.first_partition) % self.layout.partitions
        full = max((runs - place + self.layout.partitions - 1) // self.layout.partitions, 0)
        in_last_run = rest if runs % self.layout.partitions == place else 0
        return full * self.layout.run_length + in_last_run

    def outstanding_on(self, partition: int) -> int:
        return max(self.released_on(partition) - self.answered[partition], 0)

    @property
    def outstanding(self) -> int:
        return sum(self.outstanding_on(partition) for partition in range(self.layout.partitions))

    @property
    def has_more(self) -> bool:
        return bool(self.repairs) or self.released < self.total


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


def step(schedule: Schedule, event: Event, now: float) -> tuple[Schedule, tuple[Event, ...]]:
    """The schedule after the event, and what the counter is to be told; strangers' events change nothing."""
    if isinstance(event, BatchAccepted):
        return _admit(schedule, event, now), ()
    batch = schedule.running.get(event.batch_id)
    if batch is None:
        return schedule, ()
    match event:
        case ItemsAnswered():
            return _credit(schedule, batch, event, now), ()
        case CancelBatch():
            return _cancel(schedule, batch, now)
        case ItemsMissing():
            return _repair(schedule, batch, event, now)
        case BatchClosed():
            return _without(schedule, batch.batch_id), ()
        case _:
            return schedule, ()


def ask_for_missing(schedule: Schedule, now: float) -> tuple[Schedule, tuple[Event, ...]]:
    """Questions to the counter about every quiet batch; to be asked only while nothing lags."""
    asked = []
    for batch in quiet(schedule, now):
        asked.append(
            MissingAsked(
                id=f"{batch.batch_id}/{batch.attempt}/missing/{batch.repair_round}/{now:.0f}",
                time=datetime.fromtimestamp(now, UTC),
                batch_id=batch.batch_id,
                attempt=batch.attempt,
                released=batch.released,
            )
        )
        schedule = heard(schedule, batch.batch_id, now)
    return schedule, tuple(asked)


def quiet(schedule: Schedule, now: float) -> tuple[Running, ...]:
    """Batches with released items from which nothing was heard for 30 s x 2^rounds: missing, if nothing lags."""
    return tuple(
        batch
        for batch in schedule.running.values()
        if batch.outstanding
        and not batch.repairs
        and now - batch.quiet_since >= MISSING_AFTER_SECONDS * 2**batch.repair_round
    )


def heard(schedule: Schedule, batch_id: str, now: float) -> Schedule:
    """The schedule with the batch's silence counted from now."""
    return with_batch(schedule, schedule.running[batch_id].model_copy(update={"quiet_since": now}))


def _admit(schedule: Schedule, event: BatchAccepted, now: float) -> Schedule:
    if event.batch_id in schedule.running:
        return schedule
    batch = Running(
        batch_id=event.batch_id,
        attempt=event.attempt,
        priority=event.priority,
        total=event.total,
        plan=event.plan,
        layout=event.layout,
        answered=(0,) * event.layout.partitions,
        quiet_since=now,
    )
    return with_batch(schedule, batch)


def _credit(schedule: Schedule, batch: Running, event: ItemsAnswered, now: float) -> Schedule:
    if event.attempt != batch.attempt or len(event.answered) != batch.layout.partitions:
        return schedule
    answered = tuple(max(pair) for pair in zip(batch.answered, event.answered, strict=True))
    gained = sum(answered) - sum(batch.answered)
    if not gained:
        return schedule
    update = {"answered": answered, "quiet_since": now, "repair_round": 0}
    return replace(
        with_batch(schedule, batch.model_copy(update=update)),
        pace=schedule.pace.after(gained, now),
    )


def _cancel(schedule: Schedule, batch: Running, now: float) -> tuple[Schedule, tuple[Event, ...]]:
    if batch.released >= batch.total:
        return schedule, ()
    rest = IndexRange(first=batch.released, last=batch.total - 1)
    # Released or cancelled, every index is now out of the scheduler's hands.
    after = batch.model_copy(update={"released": batch.total})
    cancelled = ItemsCancelled(
        id=f"{batch.batch_id}/{batch.attempt}/cancelled/{rest.first}",
        time=datetime.fromtimestamp(now, UTC),
        batch_id=batch.batch_id,
        attempt=batch.attempt,
        ranges=(rest,),
    )
    return with_batch(schedule, after), (cancelled,)


def _repair(schedule: Schedule, batch: Running, event: ItemsMissing, now: float) -> tuple[Schedule, tuple[Event, ...]]:
    if event.attempt != batch.attempt or batch.repairs:
        return schedule, ()
    pieces = tuple(piece for span in event.ranges for piece in _pieces(span, batch.layout.run_length))
    if event.asked_by == "scheduler" and batch.repair_round >= MAX_REPAIRS:
        return heard(schedule, batch.batch_id, now), tuple(_give_up(batch, piece, now) for piece in pieces)
    update = {"repairs": pieces, "repair_round": batch.repair_round + 1, "quiet_since": now}
    return with_batch(schedule, batch.model_copy(update=update)), ()


def _give_up(batch: Running, piece: IndexRange, now: float) -> ItemsFinished:
    indexes = range(piece.first, piece.last + 1)
    return ItemsFinished(
        id=f"{batch.batch_id}/{batch.attempt}/undeliverable/{piece.first}-{piece.last}",
        time=datetime.fromtimestamp(now, UTC),
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
