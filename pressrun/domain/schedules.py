"""The schedule as it stands: the running batches, what of each is released and answered, and how much may be out.

What is outstanding is released minus answered, both absolute, so a crash leaks nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from schemas.events import IndexRange, Kind, Priority
from schemas.layouts import ROW_LENGTH, Layout

SHORTEST_RUN = 32
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

    def surely_released(self, answered: Sequence[int]) -> int:
        """The most items of which no more lie on any partition than were answered there, beginning at the first."""
        run, at = self.layout.run_length, self.released
        while at < self.total:
            end = min((at // run + 1) * run, self.total)
            partition = self.layout.partition_of(at)
            if self.lying_on(partition, end) > answered[partition]:
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


def with_batch(schedule: Schedule, batch: Running) -> Schedule:
    """The schedule with the batch as it is now."""
    return replace(schedule, running={**schedule.running, batch.batch_id: batch})


def without(schedule: Schedule, batch_id: str) -> Schedule:
    """The schedule when the batch has ended."""
    return replace(schedule, running={key: batch for key, batch in schedule.running.items() if key != batch_id})


def heard(schedule: Schedule, batch_id: str, seconds: float) -> Schedule:
    """The schedule with the batch's silence counted from now."""
    return with_batch(schedule, schedule.running[batch_id].model_copy(update={"quiet_since": seconds}))
