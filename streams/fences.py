"""One writer for each partition of a role: whoever takes it raises its epoch, and the broker refuses all older ones.

A process that was stopped and comes back goes on in the middle of a body, and neither a check nor a timeout can stop
what it is about to send. The broker can: it keeps, for each producer id and partition, the highest epoch that has
written, and refuses lower ones (InvalidProducerEpoch). InitProducerId with a transactional id hands out the same
producer id with the next epoch to whoever asks. No transaction is ever begun: only the epoch is wanted.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.client import CoordinationType
from aiokafka.partitioner import murmur2
from aiokafka.producer.sender import InitPIDHandler, Sender
from aiokafka.protocol.transaction import InitProducerIdRequest

TRANSACTION_TIMEOUT_MS = 60_000
"""Has to be sent and is never used: nothing is begun."""


class _FenceHandler(InitPIDHandler):
    """Asks for a producer id by the fence's name (aiokafka 0.14, producer/sender.py:417)."""

    def create_request(self) -> Any:
        return InitProducerIdRequest(transactional_id=self._sender.fence, transaction_timeout_ms=TRANSACTION_TIMEOUT_MS)


class _FencedSender(Sender):
    """A sender whose producer id belongs to a fence; its records are in no transaction (producer/sender.py:194)."""

    def __init__(self, *args: Any, fence: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fence = fence

    async def _maybe_wait_for_pid(self) -> None:
        while not self._txn_manager.has_pid():
            node = await self._find_coordinator(CoordinationType.TRANSACTION, self.fence)
            if not await _FenceHandler(self).do(node):
                await self.client.force_metadata_update()


class FencedProducer(AIOKafkaProducer):
    """An idempotent producer that fences off every earlier one of the same fence."""

    def __init__(self, fence: str, **options: Any) -> None:
        super().__init__(enable_idempotence=True, acks="all", **options)
        # Its class is hard-coded in the constructor (producer/producer.py:312).
        self._sender = _FencedSender(
            self.client,
            acks=-1,
            txn_manager=self._txn_manager,
            retry_backoff_ms=options.get("retry_backoff_ms", 100),
            message_accumulator=self._message_accumulator,
            request_timeout_ms=self._request_timeout_ms,
            fence=fence,
        )

    @property
    def epoch(self) -> int:
        """How often the fence was raised before; higher ones win."""
        return int(self._txn_manager._pid_and_epoch.epoch)  # noqa: SLF001 - aiokafka shows it nowhere else


class Fences:
    """The fenced producers of one process, by partition of the role's input topic."""

    def __init__(self, role: str, create: Callable[[str], FencedProducer]) -> None:
        self._role = role
        self._create = create
        self._producers: dict[int, FencedProducer] = {}
        self._leaving: set[asyncio.Task[None]] = set()

    def __getitem__(self, partition: int) -> FencedProducer:
        """The producer of a partition this process holds; raises KeyError for others."""
        return self._producers[partition]

    def __iter__(self) -> Iterator[int]:
        return iter(tuple(self._producers))

    async def raise_for(self, partitions: Iterable[int]) -> None:
        """Hold exactly these partitions from now on; what anyone sent for them before can no longer be written."""
        held = set(partitions)
        for partition in self._producers.keys() - held:
            self._leave(self._producers.pop(partition))
        for partition in sorted(held):
            producer = self._create(f"{self._role}-{partition}")
            await producer.start()
            before = self._producers.pop(partition, None)
            self._producers[partition] = producer
            if before is not None:
                self._leave(before)

    async def stop(self) -> None:
        """Everything sent is acknowledged, every connection is closed."""
        await asyncio.gather(*(producer.stop() for producer in self._producers.values()), *self._leaving)
        self._producers.clear()

    def _leave(self, producer: FencedProducer) -> None:
        task = asyncio.create_task(producer.stop())
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)


def partition_of(key: str, partitions: int) -> int:
    """Where Kafka's default partitioner puts a key (aiokafka/partitioner.py:24)."""
    return int((murmur2(key.encode()) & 0x7FFFFFFF) % partitions)
