"""Faust Apps of ours, run inside a test on the real broker, with what they committed looked up from outside."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic

from streams.app import BlockApp, ClusterSettings, create_app
from streams.lanes import Block

Body = Callable[[Block], Awaitable[None]]
PATIENCE = 60.0


def a_name(prefix: str) -> str:
    return f"{prefix}-{uuid.uuid4().hex[:8]}"


def create_topics(address: str, topics: Mapping[str, int], config: Mapping[str, str] | None = None) -> None:
    admin: Any = KafkaAdminClient(bootstrap_servers=address)
    try:
        new = [NewTopic(name, partitions, 1, topic_configs=dict(config or {})) for name, partitions in topics.items()]
        admin.create_topics(new)
    finally:
        admin.close()


def produce(address: str, topic: str, records: Sequence[tuple[int, bytes, bytes]]) -> None:
    """Partition, key and value of each."""
    producer: Any = KafkaProducer(bootstrap_servers=address, acks="all")
    try:
        sent = [producer.send(topic, partition=partition, key=key, value=value) for partition, key, value in records]
        for future in sent:
            future.get(timeout=30)
    finally:
        producer.close()


def send(address: str, topic: str, records: Sequence[tuple[bytes | None, bytes]]) -> None:
    """Key and value of each, to the partition the key says."""
    producer: Any = KafkaProducer(bootstrap_servers=address, acks="all")
    try:
        for future in [producer.send(topic, key=key, value=value) for key, value in records]:
            future.get(timeout=30)
    finally:
        producer.close()


def read_topic(address: str, topic: str) -> list[Any]:
    """Every record of the topic as of now, partition by partition."""
    consumer: Any = KafkaConsumer(bootstrap_servers=address, group_id=None, auto_offset_reset="earliest")
    try:
        places = [TopicPartition(topic, number) for number in sorted(consumer.partitions_for_topic(topic))]
        consumer.assign(places)
        consumer.seek_to_beginning(*places)
        ends = consumer.end_offsets(places)
        found: list[Any] = []
        while any(consumer.position(place) < ends[place] for place in places):
            for records in consumer.poll(timeout_ms=250).values():
                found += records
        return found
    finally:
        consumer.close()


def committed(address: str, group: str, topic: str, partitions: int = 1) -> dict[int, int]:
    """Committed offset of each partition that has one."""
    admin: Any = KafkaAdminClient(bootstrap_servers=address)
    try:
        places = [TopicPartition(topic, number) for number in range(partitions)]
        found = admin.list_group_offsets({group: places})[group]
        return {place.partition: found[place].offset for place in places if found[place].offset >= 0}
    finally:
        admin.close()


def an_app(address: str, role: str, directory: Path, failures: list[BaseException] | None = None) -> BlockApp:
    """An App that notes fatal errors in place of ending the test's process."""
    seen = failures if failures is not None else []
    app = create_app(role, ClusterSettings(address, commit_interval=0.2), str(directory / a_name(role)))
    app.end_process = seen.append
    return app


@asynccontextmanager
async def running(app: BlockApp) -> AsyncIterator[BlockApp]:
    """The App, started; stopped at the end."""
    await app.start()
    try:
        yield app
    finally:
        await app.stop()


async def until(condition: Callable[[], object], what: str) -> None:
    """Wait for the condition; fails with `what` after a minute."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + PATIENCE
    while not condition():
        assert loop.time() < deadline, f"not in {PATIENCE:.0f} s: {what}"
        await asyncio.sleep(0.05)
