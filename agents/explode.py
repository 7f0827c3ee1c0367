"""Releases items in windows, never whole batches: the one scheduler, where priority, fairness and cancel live."""

import asyncio

from agents.ports import Block, Clock, Lag, Outbox, Rows, StreamApp
from agents.reading import failed, postpone, read_block
from pressrun.domain.items import encode_items
from pressrun.domain.releasing import Release, take_turn
from pressrun.domain.schedule_rows import read_schedule, write_schedule
from pressrun.domain.scheduling import Schedule, ask_for_missing, quiet
from schemas.decoding import Decoder
from schemas.dispatch import BatchClosed, ItemsAnswered, ItemsMissing, WindowContinued
from schemas.errors import PressrunError
from schemas.results import BatchAccepted
from schemas.submissions import CancelBatch
from schemas.ticks import Tick

TOPIC = "dispatch"
ITEMS = "items-letters"
DECODER = Decoder(BatchAccepted, ItemsAnswered, ItemsMissing, CancelBatch, WindowContinued, BatchClosed, Tick)
MOST_PER_BODY = 4096
"""Items released by one body, so that it stays well under a heartbeat."""


class Scheduler:
    """The schedule between two blocks; read again from the rows when the partition comes."""

    schedule: Schedule | None = None

    def forget(self) -> None:
        self.schedule = None

    @property
    def is_busy(self) -> bool:
        return self.schedule is None or bool(self.schedule.running)


def attach(
    app: StreamApp, *, outbox: Outbox, rows: Rows, lag: Lag, clock: Clock, partitions: int, workers: int
) -> Scheduler:
    """Make this App the scheduler."""
    table = app.keep_table("schedule", partitions)
    keeper = Scheduler()
    app.after_seek.append(keeper.forget)

    async def work(block: Block) -> None:
        now = clock().timestamp()
        before = keeper.schedule or read_schedule(table, workers)
        events = [event async for _, event in read_block(block, DECODER, outbox, clock)]
        fresh = [event for event in events if not isinstance(event, BatchAccepted) or rows.can_run(event)]
        after, said, releases = take_turn(before, fresh, now, MOST_PER_BODY)
        try:
            for piece in releases:
                await send_out(piece)
        except PressrunError as error:
            await postpone(block, error, outbox, clock, {(piece.batch_id, piece.attempt) for piece in releases})
            return
        if any(isinstance(event, Tick) for event in events) and quiet(after, now) and await lag() == 0:
            after, asked = ask_for_missing(after, now)
            said = (*said, *asked)
        await outbox.say_all((event, "results") for event in said)
        write_schedule(table, before, after)
        await table.flushed()
        keeper.schedule = after
        if sum(piece.length for piece in releases) >= MOST_PER_BODY // 2:
            await outbox.say(WindowContinued(id=f"continued/{block.first}", time=clock()), TOPIC)
        block.done()

    async def send_out(piece: Release) -> None:
        try:
            lines = await asyncio.to_thread(rows.lines, piece.plan, piece.first, piece.last)
        except PressrunError as error:
            if error.retriable:
                raise
            await outbox.say(failed(piece.batch_id, piece.attempt, "rows", error, clock), "results")
            return
        await outbox.release(ITEMS, piece.partition, encode_items(piece, lines, clock()))

    app.attach_body(TOPIC, work)
    return keeper
