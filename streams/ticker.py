"""Timers as records: a Tick on each assigned partition of a role's topic, while somebody needs one."""

import asyncio
import itertools
from collections.abc import Callable
from datetime import UTC, datetime

from schemas.ticks import Tick
from streams.app import BlockApp
from streams.outbox import Outbox


def attach_ticker(app: BlockApp, outbox: Outbox, topic: str, *, seconds: float, is_needed: Callable[[], bool]) -> None:
    """Tick every so many seconds while `is_needed`, and once whenever partitions have come."""
    arrived = asyncio.Event()
    app.after_seek.append(arrived.set)
    numbers = itertools.count()

    async def tick() -> None:
        now = datetime.now(UTC)
        for partition in app.fences:
            name = f"tick/{topic}/{partition}/{now.timestamp():.3f}/{next(numbers)}"
            await outbox.begin(Tick(id=name, time=now), topic, partition)

    @app.task
    async def tick_on() -> None:
        while not app.should_stop:
            try:
                await asyncio.wait_for(arrived.wait(), seconds)
            except TimeoutError:
                if not is_needed():
                    continue
            arrived.clear()
            await tick()
