"""Puts records on their topics, by the fence of the partition they come from; the futures are the acknowledgements."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from schemas.dead_letters import HEADER, DeadLetter
from schemas.decoding import MAX_RECORD_BYTES
from schemas.events import Event, Record
from streams.app import BlockApp
from streams.errors import StreamError
from streams.lanes import Block, Incoming, Place
from streams.producer import Entry, send_entries

LONGEST_KEPT_KEY = 1024
"""Bytes of the key of a dead letter whose value is left at its origin."""


class Outbox:
    """What agents are given to speak with."""

    def __init__(self, app: BlockApp) -> None:
        self._app = app

    async def begin(self, record: Record, topic: str, partition: int | None = None) -> "asyncio.Future[Any]":
        """Send and return the acknowledgement; key is the batch's id, so one partition sees a batch in order."""
        if topic not in record.topics:
            raise StreamError(f"{record.type} is not said on {topic}")
        value = record.model_dump_json(exclude_none=True).encode()
        if isinstance(record, Event):
            return await self._send(topic, record.batch_id.encode(), value, partition, self.home_of(record.batch_id))
        return await self._send(topic, None, value, partition, partition)

    async def say(self, record: Record, topic: str, partition: int | None = None) -> None:
        """Send and wait until the broker has it."""
        with self._app.pulse.of_wait():
            await (await self.begin(record, topic, partition))

    async def say_all(self, records: Iterable[tuple[Record, str]]) -> None:
        """Send in order, wait for all."""
        with self._app.pulse.of_wait():
            await asyncio.gather(*[await self.begin(record, topic) for record, topic in records])

    async def release(self, topic: str, partition: int, entries: Sequence[Entry]) -> None:
        """Put a run of items on its partition and wait until the broker has it."""
        with self._app.pulse.of_wait():
            await self._app.acknowledged(await send_entries(self._client(0), topic, partition, entries))

    def home_of(self, batch_id: str) -> int | None:
        """The partition of the role's topic where records of the batch belong; None where any may bring them."""
        return self._app.home_of(batch_id)

    async def bury(self, record: Incoming, place: Place, code: str, reason: str, time: datetime) -> None:
        """Send a bad record to the dead letters, unchanged, with where it came from and why it is there.

        A large one stays where it is, and only its key goes. Raises DeadLetterFlood where most records are bad.
        """
        self._app.limit.bury()
        key, value, left_out = record.key, record.value, 0
        size = len(key or b"") + len(value or b"")
        if size > MAX_RECORD_BYTES:
            key, value, left_out = (key or b"")[:LONGEST_KEPT_KEY], None, size
        letter = DeadLetter(
            topic=place.topic,
            partition=place.partition,
            offset=record.offset,
            code=code,
            reason=reason,
            time=time,
            left_out=left_out,
        )
        headers = [(HEADER, letter.model_dump_json().encode())]
        with self._app.pulse.of_wait():
            await (await self._send("dead-letters", key, value, None, place.partition, headers))

    async def give_up(self, block: Block) -> None:
        """What is done with a record that ended worker after worker, where it has no outcome of its own."""
        reason = "workers ended, one after the other, with this record in hand"
        for record in block.records:
            await self.bury(record, block.place, "work_crashed", reason, datetime.now(UTC))
        block.done()

    async def _send(
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        partition: int | None,
        home: int | None,
        headers: Sequence[tuple[str, bytes]] = (),
    ) -> "asyncio.Future[Any]":
        future: asyncio.Future[Any] = await self._client(home or 0).send(
            topic, value=value, key=key, partition=partition, headers=list(headers)
        )
        self._app.acknowledgements.expect(future)
        return future

    def _client(self, home: int) -> Any:
        """Faust's own client where no state is kept (its send costs 50 µs a record), else that of the fence.

        Raises KeyError, which ends the process, for a partition that was taken away: nothing may be said for it.
        """
        if self._app.table is None:
            return self._app.producer._ensure_producer()  # noqa: SLF001 - it is the started client
        return self._app.fences[home]
