"""What is released next, to which partition: windows dealt fairly among the running batches.

Items are released in runs of consecutive indexes on one partition. Shares are dealt by deficit round robin: priorities
by weight, batches of one priority in turn, one run (or what the window leaves of it) as the quantum.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from pressrun.domain.moments import Moment
from pressrun.domain.schedules import SHORTEST_RUN, Running, Schedule, with_batch
from pressrun.domain.scheduling import step
from schemas.events import Event, IndexRange, Priority, Record
from schemas.layouts import ROW_LENGTH

WEIGHTS: Mapping[Priority, int] = {"high": 8, "normal": 4, "low": 1}

MOST_PER_TURN = 4096
"""Items released by one body, so that it stays well under a heartbeat."""

SHARE_OF_REPAIRS = 0.25
"""Of the window, for a batch of which items were found missing and none was answered since."""


@dataclass(frozen=True, slots=True)
class Release:
    """Effect: put these items on this partition; `repair` > 0 where they were out before."""

    batch_id: str
    attempt: int
    plan: str
    partition: int
    first: int
    last: int
    repair: int = 0

    @property
    def length(self) -> int:
        return self.last - self.first + 1


def take_turn(
    schedule: Schedule, events: Iterable[Record], now: Moment, at_most: int
) -> tuple[Schedule, tuple[Event, ...], tuple[Release, ...]]:
    """One block of `dispatch`: the schedule after it, what the counter is told, what is released."""
    said: list[Event] = []
    for event in events:
        if isinstance(event, Event):
            schedule, told = step(schedule, event, now)
            said += told
    schedule, releases = release(schedule, now.seconds, at_most)
    return schedule, tuple(said), releases


def release(schedule: Schedule, now: float, at_most: int) -> tuple[Schedule, tuple[Release, ...]]:
    """What the window has room for now, at most so many items, in fair order."""
    releases: list[Release] = []
    outstanding = _outstanding_by_partition(schedule)
    room = min(schedule.window - sum(outstanding.values()), at_most)
    # Slivers would cost a record batch, a segment and a result each.
    smallest = max(schedule.window // 16, 1)
    while room >= smallest:
        batch = _next_turn(schedule, outstanding)
        if batch is None:
            break
        piece = _next_piece(batch, min(room, ROW_LENGTH))
        releases.append(piece)
        room -= piece.length
        outstanding[piece.partition] = outstanding.get(piece.partition, 0) + piece.length
        schedule = with_batch(_charged(schedule, batch, piece.length), _after_piece(batch, piece, now))
    return schedule, tuple(releases)


def _next_piece(batch: Running, at_most: int) -> Release:
    if batch.repairs:
        span, repair = batch.repairs[0], max(batch.repair_round, 1)
    else:
        end = min((batch.released // batch.layout.run_length + 1) * batch.layout.run_length, batch.total)
        span, repair = IndexRange(first=batch.released, last=min(end, batch.released + at_most) - 1), 0
    return Release(
        batch_id=batch.batch_id,
        attempt=batch.attempt,
        plan=batch.plan,
        partition=batch.layout.partition_of(span.first),
        first=span.first,
        last=span.last,
        repair=repair,
    )


def _after_piece(batch: Running, piece: Release, now: float) -> Running:
    if piece.repair:
        return batch.model_copy(update={"repairs": batch.repairs[1:], "quiet_since": now})
    return batch.model_copy(update={"released": piece.last + 1, "quiet_since": now})


def _next_turn(schedule: Schedule, outstanding: Mapping[int, int]) -> Running | None:
    """The batch whose turn it is among those that have something to release and room on its partition."""
    bound = _partition_bound(schedule)
    ready: dict[Priority, list[Running]] = {}
    for batch in schedule.running.values():
        # What was lost before may be lost again: it shall not take the window from all others.
        is_within_share = not batch.repair_round or batch.outstanding < schedule.window * SHARE_OF_REPAIRS
        if batch.has_more and is_within_share and outstanding.get(_next_piece(batch, 1).partition, 0) < bound:
            ready.setdefault(batch.priority, []).append(batch)
    if not ready:
        return None
    priority = max(ready, key=lambda name: (schedule.deficits.get(name, 0.0), WEIGHTS[name]))
    return _after_last(ready[priority], schedule.last_turn.get(priority, ""))


def _after_last(batches: list[Running], last: str) -> Running:
    in_order = sorted(batches, key=lambda batch: batch.batch_id)
    return next((batch for batch in in_order if batch.batch_id > last), in_order[0])


def _charged(schedule: Schedule, batch: Running, length: int) -> Schedule:
    """What was released is charged to its priority; what all priorities in want earn is dealt by weight."""
    wanting = {other.priority for other in schedule.running.values() if other.has_more}
    weights = sum(WEIGHTS[name] for name in wanting)
    deficits = {name: schedule.deficits.get(name, 0.0) + length * WEIGHTS[name] / weights for name in wanting}
    deficits[batch.priority] = deficits.get(batch.priority, 0.0) - length
    turns = {**schedule.last_turn, batch.priority: batch.batch_id}
    return replace(schedule, deficits=deficits, last_turn=turns)


def _partition_bound(schedule: Schedule) -> int:
    """Twice a partition's share of the window, so that a dead worker's partitions cannot fill all of it."""
    partitions = max((batch.layout.partitions for batch in schedule.running.values()), default=1)
    return max(2 * schedule.window // partitions, SHORTEST_RUN)


def _outstanding_by_partition(schedule: Schedule) -> dict[int, int]:
    outstanding: dict[int, int] = {}
    for batch in schedule.running.values():
        for partition in range(batch.layout.partitions):
            outstanding[partition] = outstanding.get(partition, 0) + batch.outstanding_on(partition)
    return outstanding
