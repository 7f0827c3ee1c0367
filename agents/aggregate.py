"""Counts results by set membership and tells where each batch stands: the one writer of a batch's state."""

import asyncio

from agents.ports import Blobs, Block, Clock, Outbox, Steady, StreamApp
from agents.reading import postpone, read_block
from pressrun.domain.batches import Keep, Say
from pressrun.domain.counting import Counted, count
from pressrun.domain.ledger import Ledger
from pressrun.domain.moments import Moment
from schemas.decoding import Decoder
from schemas.errors import PressrunError
from schemas.results import EVENTS
from schemas.ticks import Tick

TOPIC = "results"
DECODER = Decoder(*EVENTS, Tick)


def attach(app: StreamApp, *, outbox: Outbox, blobs: Blobs, clock: Clock, steady: Steady, partitions: int) -> Ledger:
    """Make this App the aggregator; the ledger it returns knows the open batches."""
    table = app.keep_table("tallies", partitions)
    ledger = Ledger(table)
    app.after_seek.append(ledger.forget)

    async def work(block: Block) -> None:
        read = [pair async for pair in read_block(block, DECODER, outbox, clock)]
        counted = count(ledger, [event for _, event in read], Moment(clock(), steady()))
        if block.is_replayed:
            await store(block, counted)
            return
        try:
            for effect in counted.effects:
                if isinstance(effect, Keep):
                    await asyncio.to_thread(blobs.put_blob, effect.blob)
        except PressrunError as error:
            await postpone(block, error, outbox, clock)
            return
        app.crashpoint("aggregate.tally_kept")
        # Said before it is stored: a crash in between repeats it with the same ids; the other way it would be lost.
        await outbox.say_all((effect.event, effect.topic) for effect in counted.effects if isinstance(effect, Say))
        app.crashpoint("aggregate.said")
        for position, refusal in counted.refused:
            await outbox.bury(read[position][0], block.place, refusal.code, refusal.reason, clock())
        await store(block, counted)

    async def store(block: Block, counted: Counted) -> None:
        for batch in counted.batches:
            ledger.store(batch)
        app.crashpoint("aggregate.before_flush")
        await table.flushed()
        app.crashpoint("aggregate.stored")
        if not block.is_old_news:
            await outbox.say_all((shown.event, shown.topic) for shown in counted.shown)
            app.crashpoint("aggregate.shown")
        block.done()

    app.attach_body(TOPIC, work)
    return ledger
