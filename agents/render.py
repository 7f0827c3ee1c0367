"""Makes the letters of a block: decode, stamp, one segment per batch, one result; a bad item is an outcome."""

import asyncio
from collections.abc import Sequence
from functools import partial
from itertools import groupby
from typing import Any

from agents.ports import Bench, Block, Carrier, Clock, Outbox, StreamApp, Workshop
from agents.reading import postpone
from pressrun.domain.errors import PlanDamaged
from pressrun.domain.setbacks import failed
from pressrun.domain.work import Outcome, Work, finished, give_up, make_letter
from schemas.decoding import BadRecord, decode_one
from schemas.errors import PressrunError
from schemas.events import Event
from schemas.items import ItemReleased
from schemas.results import ItemsFinished

TOPIC = "items-letters"
YIELD_EVERY = 32
"""Items, then the loop gets a turn, so that a slow design does not hold up heartbeats."""


def attach(app: StreamApp, *, outbox: Outbox, workshop: Workshop, clock: Clock) -> None:
    """Make this App a renderer of letters."""

    async def work(block: Block, make: Work = make_letter) -> None:
        read = [(record, item) for record in block.records if (item := await decode(block, record)) is not None]
        said = []
        for same, group in groupby(read, key=lambda pair: _same_work(pair[1])):
            try:
                bench = await asyncio.to_thread(workshop.open, same[2])
                items = await known(block, list(group), bench.total if bench else 0)
                result: Event | None = await finish(block, items, bench, make) if bench and items else None
            except PlanDamaged as error:
                result = failed(*same[:2], "plan", error, clock())
            except PressrunError as error:
                await postpone(block, error, outbox, clock, [same[:2]])
                return
            if result is not None:
                said.append(await outbox.begin(result, "results"))
        block.done_after(told(said)) if said else block.done()

    def told(said: Sequence["asyncio.Future[Any]"]) -> "asyncio.Future[Any]":
        acknowledged: asyncio.Future[Any] = asyncio.gather(*said)
        acknowledged.add_done_callback(lambda _: app.crashpoint("render.after_result"))
        return acknowledged

    async def decode(block: Block, record: Carrier) -> ItemReleased | None:
        try:
            return decode_one(ItemReleased, record.value)
        except BadRecord as error:
            await outbox.bury(record, block.place, error.reason_code, str(error), clock())
            return None

    async def known(block: Block, read: Sequence[tuple[Carrier, ItemReleased]], total: int) -> list[ItemReleased]:
        for record, _ in (pair for pair in read if pair[1].index >= total):
            await outbox.bury(record, block.place, "item_unknown", "its plan or its index is unknown", clock())
        # Released twice, it may be there twice.
        return list({item.index: item for _, item in read if item.index < total}.values())

    async def finish(block: Block, items: Sequence[ItemReleased], bench: Bench, make: Work) -> ItemsFinished | None:
        outcomes: list[Outcome] = []
        for start in range(0, len(items), YIELD_EVERY):
            outcomes += [make(bench.stamper, bench.variables, item) for item in items[start : start + YIELD_EVERY]]
            app.pulse.give()
            await asyncio.sleep(0)
        app.crashpoint("render.after_work")
        name = f"{items[0].index:07d}-{items[-1].index:07d}-p{block.place.partition}-o{block.first}-{app.life}"
        size = await asyncio.to_thread(workshop.store, items[0], name, outcomes)
        app.crashpoint("render.after_segment")
        return None if size is None else finished(items[0], outcomes, name, size, clock())

    app.attach_body(TOPIC, work, at_keys=True)
    app.condemn = partial(work, make=give_up)


def _same_work(item: ItemReleased) -> tuple[str, int, str, int]:
    return item.batch_id, item.attempt, item.plan, item.repair
