"""Keeps every notice and how far it has come; what is open is shown to the teller, which acts outside of the body."""

import asyncio
from typing import cast

from agents.ports import Block, Carrier, Clock, Contacts, IntentRunner, Outbox, Steady, StreamApp
from agents.reading import postpone, read_block
from pressrun.domain.moments import Moment
from pressrun.domain.notices import ROW, Heard, Notice, notice_of, read_notice, step, write_notice
from schemas.decoding import Decoder
from schemas.errors import PressrunError
from schemas.notices import NoticeKind
from schemas.progress import NoticeBegun, NoticeEnded
from schemas.results import BatchFailed, BatchRejected, BatchSealed
from schemas.submissions import ResendNotice, SettleNotice

TOPIC = "progress"
TOLD = (BatchSealed, BatchRejected, BatchFailed)
COMMANDS = (ResendNotice, SettleNotice)
DECODER = Decoder(*TOLD, *COMMANDS, NoticeBegun, NoticeEnded, ignored=("BatchProgressed", "BatchCompleted"))


def attach(
    app: StreamApp,
    *,
    outbox: Outbox,
    contacts: Contacts,
    teller: IntentRunner[Notice],
    clock: Clock,
    steady: Steady,
    partitions: int,
) -> None:
    """Make this App the notifier; `teller` is woken whenever the open notices may have changed."""
    table = app.keep_table("notices", partitions)
    open_notices: dict[bytes, Notice] = {}

    def read_rows() -> None:
        rows = [(key, read_notice(row)) for key, row in list(table.items()) if key.startswith(ROW)]
        open_notices.clear()
        open_notices.update((key, notice) for key, notice in rows if notice and notice.is_open)
        show()

    def show() -> None:
        teller.wake({notice.errand: notice for notice in open_notices.values()})

    app.after_seek.append(read_rows)

    async def hear(block: Block, record: Carrier, event: Heard) -> None:
        kinds = await asyncio.to_thread(contacts.ways, event.batch_id) if isinstance(event, TOLD) else [event.notice]
        for kind in kinds:
            await move(block, record, event, kind)

    async def move(block: Block, record: Carrier, event: Heard, kind: NoticeKind) -> None:
        key = ROW + notice_of(event, kind).encode()
        before = read_notice(table.get(key))
        if before is None and isinstance(event, COMMANDS):
            await outbox.bury(record, block.place, "unknown_notice", "there is no such notice", clock())
        after, said = step(before, event, Moment(clock(), steady()), kind)
        await outbox.say_all((word, TOPIC) for word in said)
        if after is None or after == before:
            return
        table[key] = write_notice(after)
        open_notices.pop(key, None)
        if after.is_open:
            open_notices[key] = after

    async def work(block: Block) -> None:
        try:
            async for record, event in read_block(block, DECODER, outbox, clock):
                await hear(block, record, cast("Heard", event))
        except PressrunError as error:
            await postpone(block, error, outbox, clock)
            return
        await table.flushed()
        app.crashpoint("notify.after_intent")
        show()
        block.done()

    app.attach_body(TOPIC, work)
