"""Puts records on their topics through the App's own idempotent producer; the futures are the acknowledgements."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from schemas.dead_letters import HEADER, DeadLetter
from schemas.events import Event, Record
from streams.app import BlockApp
from streams.errors import StreamError
from streams.lanes import Incoming, Place
from streams.producer import Entry, acknowledged


class Outbox:
    """What agents are given to speak with."""

    def __init__(self, app: BlockApp) -> None:
        self._app = app

    async def begin(self, record: Record, topic: str, partition: int | None = None) -> "asyncio.Future[Any]":
        """Send and return the acknowledgement; key is the batch's id, so one partition sees a batch in order."""
        if topic not in record.topics:
            raise StreamError(f"{record.type} is not said on {topic}")
        key = record.batch_id.encode() if isinstance(record, Event) else None
        value = record.model_dump_json(exclude_none=True).encode()
        return await self._send(topic, key, value, partition)

    async def say(self, record: Record, topic: str, partition: int | None = None) -> None:
        """Send and wait until the broker has it."""
        await (await self.begin(record, topic, partition))

    async def say_all(self, records: Iterable[tuple[Record, str]]) -> None:
        """Send in order, wait for all."""
        await acknowledged([await self.begin(record, topic) for record, topic in records])

    async def release(self, topic: str, partition: int, entries: Sequence[Entry]) -> None:
        """Put a run of items on its partition and wait until the broker has it."""
        await acknowledged(await self._app.producer.send_entries(topic, partition, entries))

    async def bury(self, record: Incoming, place: Place, code: str, reason: str, time: datetime) -> None:
        """Send a bad record, unchanged, to the dead letters, with where it came from and why it is there."""
        letter = DeadLetter(
            topic=place.topic,
            partition=place.partition,
            offset=record.offset,
            code=code,
            reason=reason,
            time=time,
        )
        headers = [(HEADER, letter.model_dump_json().encode())]
        await (await self._send("dead-letters", record.key, record.value, None, headers))

    async def _send(
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        partition: int | None,
        headers: Sequence[tuple[str, bytes]] = (),
    ) -> "asyncio.Future[Any]":
        client = self._app.producer._ensure_producer()  # noqa: SLF001 - Faust's own send costs 50 µs a record
        future: asyncio.Future[Any] = await client.send(
            topic, value=value, key=key, partition=partition, headers=list(headers)
        )
        return future
