"""How facts change the schedule: `step(schedule, event, now)`."""

from dataclasses import replace
from datetime import datetime

from pressrun.domain.missing import repair, wonder
from pressrun.domain.moments import Moment
from pressrun.domain.schedules import Running, Schedule, with_batch, without
from schemas.dispatch import BatchClosed, ItemsAnswered, ItemsMissing
from schemas.events import Event, IndexRange
from schemas.results import BatchAccepted, ItemsCancelled
from schemas.submissions import CancelBatch


def step(schedule: Schedule, event: Event, now: Moment) -> tuple[Schedule, tuple[Event, ...]]:
    """The schedule after the event, and what the counter is to be told; strangers' events change nothing."""
    if isinstance(event, BatchAccepted):
        return _admit(schedule, event, now.seconds), ()
    batch = schedule.running.get(event.batch_id)
    if batch is None:
        return schedule, wonder(event, now.time)
    match event:
        case ItemsAnswered():
            return _credit(schedule, batch, event, now.seconds), ()
        case CancelBatch():
            return _cancel(schedule, batch, now.time)
        case ItemsMissing():
            return repair(schedule, batch, event, now)
        case BatchClosed():
            return without(schedule, batch.batch_id), ()
        case _:
            return schedule, ()


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
    # More answers than releases: the row was lost. What is left out here is found missing later.
    released = batch.surely_released(answered)
    update = {"answered": answered, "released": released, "quiet_since": seconds, "repair_round": 0}
    batch = batch.model_copy(update=update)
    return replace(with_batch(schedule, batch), pace=schedule.pace.after(gained, seconds))


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
