"""Makes the letters of a block: decode, stamp, one segment per batch, one result; a bad item is an outcome."""

import asyncio
from collections.abc import Sequence
from itertools import groupby

from agents.ports import Bench, Block, Carrier, Clock, Outbox, StreamApp, Workshop
from agents.reading import postpone
from pressrun.domain.work import Outcome, finished, make_letter
from schemas.decoding import BadRecord, decode_one
from schemas.errors import PressrunError
from schemas.items import ItemReleased
from schemas.results import ItemsFinished

TOPIC = "items-letters"
ITEMS_BETWEEN_YIELDS = 32
"""Then the loop gets a turn, so that a slow design does not hold up heartbeats."""


def attach(app: StreamApp, *, outbox: Outbox, workshop: Workshop, clock: Clock) -> None:
    """Make this App a renderer of letters."""

    async def work(block: Block) -> None:
        read = [(record, item) for record in block.records if (item := await decode(block, record)) is not None]
        said = []
        for same, group in groupby(read, key=lambda pair: _same_work(pair[1])):
            try:
                bench = await asyncio.to_thread(workshop.open, same[2])
                items = await known(block, list(group), bench.total if bench else 0)
                result = await finish(block, items, bench) if bench and items else None
            except PressrunError as error:
                await postpone(block, error, outbox, clock, [same[:2]])
                return
            if result is not None:
                said.append(await outbox.begin(result, "results"))
        block.done_after(asyncio.gather(*said)) if said else block.done()

    async def decode(block: Block, record: Carrier) -> ItemReleased | None:
        try:
            return decode_one(ItemReleased, record.value)
        except BadRecord as error:
            await outbox.bury(record, block.place, error.reason_code, str(error), clock())
            return None

    async def known(block: Block, read: Sequence[tuple[Carrier, ItemReleased]], total: int) -> list[ItemReleased]:
        items = [item for _, item in read if item.index < total]
        if len(items) < len(read):
            for record, _ in (pair for pair in read if pair[1].index >= total):
                await outbox.bury(record, block.place, "item_unknown", "its plan or its index is unknown", clock())
        return items

    async def finish(block: Block, items: Sequence[ItemReleased], bench: Bench) -> ItemsFinished | None:
        stamper, variables = bench.stamper, bench.variables
        outcomes: list[Outcome] = []
        for start in range(0, len(items), ITEMS_BETWEEN_YIELDS):
            outcomes += [make_letter(stamper, variables, item) for item in items[start : start + ITEMS_BETWEEN_YIELDS]]
            await asyncio.sleep(0)
        name = f"{items[0].index:07d}-{items[-1].index:07d}-p{block.place.partition}-o{block.first}"
        size = await asyncio.to_thread(workshop.store, items[0], name, outcomes)
        return None if size is None else finished(items[0], outcomes, name, size, clock())

    app.attach_body(TOPIC, work, at_keys=True)


def _same_work(item: ItemReleased) -> tuple[str, int, str, int]:
    return item.batch_id, item.attempt, item.plan, item.repair
