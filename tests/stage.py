"""A stage for one agent without a broker: Faust's own test context, real blocks, and ports that note what they get."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from builders import NOW

from schemas.events import Record
from streams.app import BlockApp
from streams.lanes import Block, Lane, Place

STRANGER = "batch-of-another-partition"
"""Records of this batch belong on partition 7."""


@dataclass(frozen=True)
class Fetched:
    offset: int
    value: bytes | None
    key: bytes | None = b"key"
    headers: Sequence[tuple[str, bytes]] = ()


class Rows(dict[bytes, bytes]):
    """A table whose broker acknowledges at once."""

    async def flushed(self) -> None:
        await asyncio.sleep(0)


class BrokerlessApp(BlockApp):
    """An App of ours whose table is a dictionary."""

    rows: Rows

    def keep_table(self, name: str, partitions: int) -> Any:
        assert name
        assert partitions > 0
        self.rows = Rows()
        return self.rows


@dataclass
class NotingOutbox:
    """Notes what is said, where; acknowledges at once."""

    said: list[tuple[str, Record]] = field(default_factory=list)
    released: list[tuple[str, int, list[tuple[bytes, bytes]]]] = field(default_factory=list)
    buried: list[tuple[int, str]] = field(default_factory=list)

    async def begin(self, record: Record, topic: str, partition: int | None = None) -> "asyncio.Future[None]":
        assert topic in record.topics, f"{record.type} is not said on {topic}"
        assert partition is None or partition >= 0
        self.said.append((topic, record))
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        future.set_result(None)
        return future

    async def say(self, record: Record, topic: str, partition: int | None = None) -> None:
        await self.begin(record, topic, partition)

    async def say_all(self, records: Iterable[tuple[Record, str]]) -> None:
        for record, topic in records:
            await self.begin(record, topic)

    async def release(self, topic: str, partition: int, entries: Sequence[tuple[bytes, bytes]]) -> None:
        self.released.append((topic, partition, list(entries)))

    @staticmethod
    def home_of(batch_id: str) -> int | None:
        """Every record on the stage is where it belongs, but a stranger's."""
        return 7 if batch_id == STRANGER else None

    async def bury(self, record: Fetched, place: Place, code: str, reason: str, time: datetime) -> None:
        assert place.topic
        assert reason
        assert time == NOW
        self.buried.append((record.offset, code))

    def topics_of(self, kind: type[Record]) -> list[str]:
        return [topic for topic, record in self.said if isinstance(record, kind)]

    def events(self, kind: type[Record]) -> list[Any]:
        return [record for _, record in self.said if isinstance(record, kind)]


@dataclass
class Stage:
    """One App with one agent to be attached to it."""

    app: BrokerlessApp
    outbox: NotingOutbox = field(default_factory=NotingOutbox)
    failures: list[BaseException] = field(default_factory=list)
    lane: Lane = field(init=False)

    def __post_init__(self) -> None:
        self.lane = Lane(Place("topic", 0), 0, on_change=lambda: None, on_failure=self.failures.append)
        self.app.end_process = self.failures.append

    seconds: float = 1_000.0
    """What the steady clock shows; tests let it pass."""

    @staticmethod
    def clock() -> datetime:
        return NOW

    def steady(self) -> float:
        return self.seconds

    @asynccontextmanager
    async def playing(self) -> AsyncIterator["Stage"]:
        """The attached agent, in Faust's test context."""
        (agent,) = self.app.agents.values()
        try:
            async with agent.test_context() as played:
                self._played = played
                yield self
        finally:
            self._close_loops()

    def _close_loops(self) -> None:
        """Faust makes a loop for the consumer's thread as soon as anyone mentions the consumer; nobody runs it here."""
        if self.app._consumer is not None:
            self.app._consumer._thread.thread_loop.close()

    async def give(self, *values: Record | bytes | None) -> Block:
        """One block of these records; returns when the body has said what became of it."""
        start = self.lane.position
        fetched = [
            Fetched(start + number, value.model_dump_json().encode() if isinstance(value, Record) else value)
            for number, value in enumerate(values)
        ]
        block = self.lane.hand_out(fetched)
        try:
            await self._played.put(block)
        except Exception:
            # Faust's test context raises what the agent raised; ours has noted it as the end of the process.
            if not self.failures:
                raise
        deadline = asyncio.get_running_loop().time() + 10
        while not (block.finished or block.is_stale or self.failures):
            assert asyncio.get_running_loop().time() < deadline, "the body said nothing of its block"
            await asyncio.sleep(0.001)
        return block


def a_stage() -> Stage:
    return Stage(BrokerlessApp("stage", broker="kafka://127.0.0.1:1", web_enabled=False))
