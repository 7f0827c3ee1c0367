"""Keeps the intent to close a batch until its archive is sealed; the sealing itself happens outside the body."""

import asyncio

from agents.ports import Block, Cleaner, Clock, IntentRunner, Outbox, StreamApp
from agents.reading import postpone, read_block
from pressrun.domain.closings import note, read_intents
from schemas.completions import BatchCompleted, ClosingEnded
from schemas.decoding import Decoder
from schemas.errors import PressrunError
from schemas.results import BatchFailed

TOPIC = "completions"
DECODER = Decoder(BatchCompleted, BatchFailed, ClosingEnded)


def attach(
    app: StreamApp,
    *,
    outbox: Outbox,
    closer: IntentRunner[BatchCompleted],
    cleaner: Cleaner,
    clock: Clock,
    partitions: int,
) -> None:
    """Make this App the closer; `closer` is woken whenever the intents may have changed."""
    table = app.keep_table("closings", partitions)

    def show_intents() -> None:
        closer.wake(read_intents(table))

    app.after_seek.append(show_intents)

    async def work(block: Block) -> None:
        ended = set()
        try:
            async for _, event in read_block(block, DECODER, outbox, clock):
                if isinstance(event, BatchFailed):
                    await asyncio.to_thread(cleaner, event)
                if isinstance(event, BatchCompleted | ClosingEnded | BatchFailed):
                    note(table, event)
                if isinstance(event, ClosingEnded):
                    ended.add(event.batch_id)
        except PressrunError as error:
            await postpone(block, error, outbox, clock)
            return
        await table.flushed()
        app.crashpoint("close.after_intent")
        # Ended and completed once more in the same block: to the runner it has to be gone before it comes again.
        closer.wake({name: event for name, event in read_intents(table).items() if event.batch_id not in ended})
        show_intents()
        block.done()

    app.attach_body(TOPIC, work)
