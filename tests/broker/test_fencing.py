"""A worker that lost its partitions without noticing writes nothing more: the broker refuses its epoch."""

import asyncio
from pathlib import Path

import pytest
from aiokafka.errors import ProducerFenced
from broker.apps import a_name, an_app, create_topics, produce, read_topic, running, until

from streams.app import BlockApp
from streams.devbroker import RunningBroker
from streams.fences import FencedProducer
from streams.lanes import Block

pytestmark = pytest.mark.broker


async def test_the_broker_refuses_an_older_epoch_once_a_newer_one_has_written(broker: RunningBroker) -> None:
    topic, fence = a_name("fenced"), a_name("fence")
    create_topics(broker.address, {topic: 1})
    old = FencedProducer(fence, bootstrap_servers=broker.address)
    new = FencedProducer(fence, bootstrap_servers=broker.address)
    await old.start()
    await old.send_and_wait(topic, b"of the old owner")
    await new.start()
    await new.send_and_wait(topic, b"of the new owner")

    with pytest.raises(ProducerFenced):
        await old.send_and_wait(topic, b"late")

    assert new.epoch == old.epoch + 1
    await asyncio.gather(old.stop(), new.stop())
    found = await asyncio.to_thread(read_topic, broker.address, topic)
    assert [record.value for record in found] == [b"of the old owner", b"of the new owner"]


async def test_a_body_that_goes_on_after_its_partition_was_taken_writes_no_row(
    broker: RunningBroker, tmp_path: Path
) -> None:
    topic, role = a_name("fenced"), a_name("zombie")
    changelog = f"pressrun-{role}-rows-changelog"
    create_topics(broker.address, {topic: 1, changelog: 1})
    produce(broker.address, topic, [(0, b"key", b"1")])
    failures: list[BaseException] = []
    woken = asyncio.Event()
    zombie = a_sleeping_app(broker, role, topic, tmp_path, woken, failures)
    heir = an_app(broker.address, role, tmp_path)
    heir.keep_table("rows", 1)
    async with running(zombie):
        await until(lambda: zombie.at_work, "the body at work")
        # Just what a successor in the group does first; the sleeper is told nothing of it.
        await heir.producer.start()
        await heir.take_over([0])

        woken.set()
        await until(lambda: failures, "the refusal")

    await heir.fences.stop()
    await heir.producer.stop()
    rows = await asyncio.to_thread(read_topic, broker.address, changelog)
    assert isinstance(failures[0], ProducerFenced)
    assert [row.value for row in rows if row.key == b"fence/0"] == [b"0", b"1"]
    assert [row for row in rows if row.key == b"row/1"] == []


def a_sleeping_app(
    broker: RunningBroker, role: str, topic: str, directory: Path, woken: asyncio.Event, failures: list[BaseException]
) -> BlockApp:
    """Writes a row for its one record, but only when it is woken."""
    app = an_app(broker.address, role, directory, failures)
    table = app.keep_table("rows", 1)

    async def work(block: Block) -> None:
        await woken.wait()
        table[b"row/1"] = b"of the zombie"
        await table.flushed()
        block.done()

    app.attach_body(topic, work)
    return app
