"""Releases items in windows, never whole batches: the one scheduler, where priority, fairness and cancel live."""

import asyncio
from collections.abc import AsyncIterator

from agents.ports import Block, Clock, Lag, Outbox, Rows, Steady, StreamApp
from agents.reading import postpone, read_block
from pressrun.domain.items import encode_items
from pressrun.domain.missing import look_round, quiet, refusal
from pressrun.domain.moments import Moment
from pressrun.domain.releasing import MOST_PER_TURN, Release, take_turn
from pressrun.domain.schedule_rows import ScheduleKeeper
from pressrun.domain.schedules import Schedule
from pressrun.domain.setbacks import failed
from schemas.decoding import Decoder
from schemas.dispatch import BatchClosed, ItemsAnswered, ItemsMissing, WindowContinued
from schemas.errors import PressrunError
from schemas.events import Record
from schemas.results import BatchAccepted
from schemas.submissions import CancelBatch
from schemas.ticks import Tick

TOPIC = "dispatch"
ITEMS = "items-letters"
DECODER = Decoder(BatchAccepted, ItemsAnswered, ItemsMissing, CancelBatch, WindowContinued, BatchClosed, Tick)


def attach(
    app: StreamApp, *, outbox: Outbox, rows: Rows, lag: Lag, clock: Clock, steady: Steady, partitions: int, workers: int
) -> ScheduleKeeper:
    """Make this App the scheduler."""
    table = app.keep_table("schedule", partitions)
    keeper = ScheduleKeeper(table, workers)
    app.after_seek.append(keeper.forget)

    async def work(block: Block) -> None:
        now = Moment(clock(), steady())
        before = keeper.load(now.seconds)
        events = [event async for event in sift(block, before)]
        after, said, releases = take_turn(before, events, now, 0 if block.is_replayed else MOST_PER_TURN)
        try:
            for piece in releases:
                await send_out(piece)
                app.crashpoint("explode.after_window")
        except PressrunError as error:
            await postpone(block, error, outbox, clock, {(piece.batch_id, piece.attempt) for piece in releases})
            return
        if any(isinstance(event, Tick) for event in events):
            after, told = look_round(after, now, is_idle=bool(quiet(after, now.seconds)) and await lag() == 0)
            said = (*said, *told)
        if not block.is_replayed:
            await outbox.say_all((event, "results") for event in said)
        app.crashpoint("explode.said")
        keeper.store(after)
        await table.flushed()
        app.crashpoint("explode.stored")
        if sum(piece.length for piece in releases) >= MOST_PER_TURN // 2:
            await outbox.say(WindowContinued(id=f"continued/{block.first}", time=clock()), TOPIC)
        block.done()

    async def sift(block: Block, schedule: Schedule) -> AsyncIterator[Record]:
        async for record, event in read_block(block, DECODER, outbox, clock):
            if (bad := refusal(schedule, event, rows.partitions)) is not None:
                await outbox.bury(record, block.place, bad.code, bad.reason, clock())
            elif not isinstance(event, BatchAccepted) or rows.can_run(event):
                yield event

    async def send_out(piece: Release) -> None:
        try:
            lines = await asyncio.to_thread(rows.lines, piece.plan, piece.first, piece.last)
        except PressrunError as error:
            if error.retriable:
                raise
            await outbox.say(failed(piece.batch_id, piece.attempt, "rows", error, clock()), "results")
            return
        await outbox.release(ITEMS, piece.partition, encode_items(piece, lines, clock()))

    app.attach_body(TOPIC, work)
    return keeper
