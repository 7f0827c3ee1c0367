"""Counts results by set membership and tells where each batch stands: the one writer of a batch's state."""

import asyncio

from agents.ports import Blobs, Block, Clock, Outbox, StreamApp
from agents.reading import postpone, read_block
from pressrun.domain.batches import Keep, Say
from pressrun.domain.counting import count
from pressrun.domain.ledger import Ledger
from schemas.decoding import Decoder
from schemas.errors import PressrunError
from schemas.results import (
    BatchAccepted,
    BatchBlocked,
    BatchFailed,
    BatchReceived,
    BatchRejected,
    BatchSealed,
    ItemsCancelled,
    ItemsFinished,
    MissingAsked,
)
from schemas.ticks import Tick

TOPIC = "results"
DECODER = Decoder(
    BatchReceived,
    BatchAccepted,
    BatchRejected,
    ItemsFinished,
    ItemsCancelled,
    MissingAsked,
    BatchBlocked,
    BatchSealed,
    BatchFailed,
    Tick,
)


def attach(app: StreamApp, *, outbox: Outbox, blobs: Blobs, clock: Clock, partitions: int) -> Ledger:
    """Make this App the aggregator; the ledger it returns knows the open batches."""
    table = app.keep_table("tallies", partitions)
    ledger = Ledger(table)
    app.after_seek.append(ledger.forget)

    async def work(block: Block) -> None:
        read = [pair async for pair in read_block(block, DECODER, outbox, clock)]
        counted = count(ledger, [event for _, event in read], clock())
        try:
            for effect in counted.effects:
                if isinstance(effect, Keep):
                    await asyncio.to_thread(blobs.put_blob, effect.blob)
        except PressrunError as error:
            await postpone(block, error, outbox, clock)
            return
        # Said before it is stored: a crash in between repeats it with the same ids; the other way it would be lost.
        await outbox.say_all((effect.event, effect.topic) for effect in counted.effects if isinstance(effect, Say))
        for position, refusal in counted.refused:
            await outbox.bury(read[position][0], block.place, refusal.code, refusal.reason, clock())
        for batch in counted.batches:
            ledger.store(batch)
        await table.flushed()
        block.done()

    app.attach_body(TOPIC, work)
    return ledger
