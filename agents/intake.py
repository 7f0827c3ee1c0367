"""Looks at submissions before anything is produced: what it accepts can be run, what it rejects is told all faults."""

import asyncio

from agents.ports import Block, Carrier, Clock, Contacts, Doorkeeper, Outbox, StreamApp
from agents.reading import postpone, read_block
from schemas.decoding import BadRecord, Decoder
from schemas.errors import PressrunError
from schemas.results import BatchAccepted, BatchReceived
from schemas.submissions import BatchSubmitted, CancelBatch, ResendNotice, SettleNotice

TOPIC = "submissions"
DECODER = Decoder(BatchSubmitted, CancelBatch, ResendNotice, SettleNotice)


def attach(app: StreamApp, *, outbox: Outbox, doorkeeper: Doorkeeper, contacts: Contacts, clock: Clock) -> None:
    """Make this App the intake."""

    async def work(block: Block) -> None:
        try:
            async for record, event in read_block(block, DECODER, outbox, clock):
                await admit(block, record, event)
        except PressrunError as error:
            await postpone(block, error, outbox, clock)
            return
        block.done()

    async def admit(block: Block, record: Carrier, event: object) -> None:
        try:
            if isinstance(event, BatchSubmitted):
                await decide(event)
            elif isinstance(event, CancelBatch):
                await cancel(event)
            elif isinstance(event, ResendNotice | SettleNotice):
                await pass_on(event)
        except BadRecord as error:
            await outbox.bury(record, block.place, error.reason_code, str(error), clock())

    async def decide(event: BatchSubmitted) -> None:
        await outbox.say(_received(event), "results")
        app.crashpoint("intake.received_said")
        decision = await asyncio.to_thread(doorkeeper.decide, event)
        app.crashpoint("intake.prepared")
        if decision is not None:
            await outbox.say(decision, "results")
            app.crashpoint("intake.result_said")
        # The counter knows the total before the first item can be released.
        if isinstance(decision, BatchAccepted):
            await outbox.say(decision, "dispatch")
            app.crashpoint("intake.dispatch_said")

    async def cancel(event: CancelBatch) -> None:
        await require_known(event.batch_id)
        await outbox.say(event, "dispatch")

    async def pass_on(event: ResendNotice | SettleNotice) -> None:
        await require_known(event.batch_id)
        # Which of its notices there are only the notifier knows; it buries what is about none of them.
        if event.notice not in await asyncio.to_thread(contacts.ways, event.batch_id):
            raise BadRecord("unknown_notice", "nobody is to be told of this batch")
        await outbox.say(event, "progress")

    async def require_known(batch_id: str) -> None:
        if not await asyncio.to_thread(doorkeeper.knows, batch_id):
            raise BadRecord("unknown_batch", "no such batch was submitted")

    app.attach_body(TOPIC, work)


def _received(event: BatchSubmitted) -> BatchReceived:
    return BatchReceived(
        id=f"{event.batch_id}/received", time=event.time, batch_id=event.batch_id, kind=event.kind, name=event.name
    )
