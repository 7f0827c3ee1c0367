"""Keeps the intent to tell someone about a batch until it is known what became of it; telling happens outside."""

import asyncio

from agents.ports import Block, Clock, Contacts, IntentRunner, Outbox, StreamApp
from agents.reading import postpone, read_block
from schemas.decoding import Decoder
from schemas.errors import PressrunError
from schemas.events import Record
from schemas.progress import NoticeEnded
from schemas.results import BatchFailed, BatchRejected, BatchSealed

TOPIC = "progress"
TOLD = BatchSealed | BatchRejected | BatchFailed
DECODER = Decoder(BatchSealed, BatchRejected, BatchFailed, NoticeEnded, ignored=("BatchProgressed", "BatchCompleted"))
INTENT = b"intent/"


def attach(
    app: StreamApp,
    *,
    outbox: Outbox,
    contacts: Contacts,
    mailer: IntentRunner[TOLD],
    clock: Clock,
    partitions: int,
) -> None:
    """Make this App the notifier; `mailer` is woken whenever the intents may have changed."""
    table = app.keep_table("notices", partitions)

    def show_intents() -> None:
        rows = [row for key, row in list(table.items()) if key.startswith(INTENT)]
        events = [DECODER.decode(row) for row in rows]
        mailer.wake({event.id: event for event in events if isinstance(event, TOLD)})

    app.after_seek.append(show_intents)

    async def keep(event: Record) -> None:
        if isinstance(event, NoticeEnded) and event.outcome != "waiting":
            table.pop(INTENT + event.batch_id.encode(), None)
        if isinstance(event, TOLD) and await asyncio.to_thread(contacts.has_address, event.batch_id):
            table[INTENT + event.batch_id.encode()] = event.model_dump_json().encode()

    async def work(block: Block) -> None:
        try:
            async for _, event in read_block(block, DECODER, outbox, clock):
                await keep(event)
        except PressrunError as error:
            await postpone(block, error, outbox, clock)
            return
        await table.flushed()
        show_intents()
        block.done()

    app.attach_body(TOPIC, work)
