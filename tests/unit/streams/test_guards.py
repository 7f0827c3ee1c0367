"""Guards that need no broker to be seen: what a failed commit forgets, what a flush waits for, how producers do."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from faust.tables.recovery import ServiceStopped
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from streams.app import BlockApp, BlockTopic, BlockTransport, ClusterSettings, create_app
from streams.consumer import BlockConsumer
from streams.errors import BodyOvertaken, BodyUnfinished, RecoveryStuck
from streams.lanes import Block, Lane, Place
from streams.producer import StrictBuffer, StrictProducer
from streams.tables import FlushedTable, PatientRecovery

PLACE = TP("items", 0)


@pytest.fixture
async def app() -> Any:
    made = create_app("guards", ClusterSettings("127.0.0.1:1"), "unused")
    yield made
    if made._consumer is not None:
        made._consumer._thread.thread_loop.close()


def a_consumer_with_a_finished_block(app: BlockApp) -> tuple[BlockConsumer, Lane]:
    app.block_topics["items"] = False
    consumer: BlockConsumer = app.consumer
    lane = Lane(Place("items", 0), 0, on_change=lambda: None, on_failure=lambda _: None)
    consumer.lanes[PLACE] = lane
    consumer._committed_offset[PLACE] = None
    lane.hand_out([FakeRecord()]).done()
    return consumer, lane


def a_block(partition: int = 0) -> Block:
    lane = Lane(Place("items", partition), 0, on_change=lambda: None, on_failure=lambda _: None)
    return lane.hand_out([FakeRecord()])


class FakeRecord:
    offset, key, value, headers = 0, None, b"", ()


@pytest.fixture
def broker_says(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Answers to commits, in order."""
    answers: list[bool] = []

    async def commit(consumer: Any, offsets: Mapping[TP, int], *_: Any, **__: Any) -> bool:
        consumer._committed_offset.update(offsets)
        return answers.pop(0)

    monkeypatch.setattr(driver.Consumer, "_commit_offsets", commit)
    return answers


async def test_a_failed_commit_is_tried_again(app: BlockApp, broker_says: list[bool]) -> None:
    consumer, lane = a_consumer_with_a_finished_block(app)
    broker_says += [False, True]

    await consumer._commit_offsets({PLACE: 1})
    assert lane.committable() == 1
    assert consumer._should_commit(PLACE, 1)

    await consumer._commit_offsets({PLACE: 1})
    assert lane.committable() is None


async def test_leaving_a_body_acknowledges_nothing(app: BlockApp) -> None:
    consumer, _ = a_consumer_with_a_finished_block(app)
    app.topics._acking_topics.add("items")
    message = consumer._to_message(PLACE, _FullRecord())

    consumer.ack(message)

    assert message.acked
    assert not consumer._acked[PLACE]


class _FullRecord(FakeRecord):
    topic, partition, timestamp, timestamp_type, checksum = "items", 0, 1000, 0, None
    serialized_key_size = serialized_value_size = 0


async def test_a_table_waits_for_its_own_changelog_records(app: BlockApp) -> None:
    table = app.keep_table("rows", 4)
    producer = FakeFencedProducer()
    fences: Any = {3: producer}
    app.fences = fences
    app.at_work = a_block(partition=3)
    table[b"key"] = b"old"
    table[b"key"] = b"value"

    flushed = asyncio.create_task(table.flushed())
    await asyncio.sleep(0)
    assert not flushed.done()
    assert producer.sent == [("pressrun-guards-rows-changelog", 3, b"key", b"value")]
    producer.acknowledged.set_result(None)

    await flushed
    assert table.is_flushed


async def test_a_body_that_leaves_rows_unflushed_ends_the_process(
    app: BlockApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures: list[BaseException] = []
    app.end_process = failures.append
    table = app.keep_table("rows", 4)
    block = a_block()

    async def forgetful(block: Block) -> None:
        table[b"key"] = b"value"
        block.done()

    monkeypatch.setattr(table, "mark", lambda _partition: None)
    with pytest.raises(BodyUnfinished):
        await app._work_on(block, forgetful)

    assert [type(failure) for failure in failures] == [BodyUnfinished]


async def test_partitions_that_come_while_a_body_is_at_work_end_the_process(app: BlockApp) -> None:
    failures: list[BaseException] = []
    app.end_process = failures.append
    app.at_work = a_block()

    await app.take_over([])

    assert [type(failure) for failure in failures] == [BodyOvertaken]


class FakeFencedProducer:
    """Notes what is sent; acknowledges when the test says so."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, int, bytes, bytes | None]] = []
        self.acknowledged: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def send(self, topic: str, *, key: bytes, value: bytes | None, partition: int) -> "asyncio.Future[None]":
        self.sent.append((topic, partition, key, value))
        return self.acknowledged


async def test_producers_wait_for_all_replicas_and_double_nothing(app: BlockApp) -> None:
    assert isinstance(app.producer, StrictProducer)
    assert isinstance(app.producer.buffer, StrictBuffer)
    assert {**app.producer._settings_default(), **app.producer._settings_extra()}["enable_idempotence"]
    assert app.producer._settings_extra()["acks"] == "all"


async def test_every_part_of_the_app_is_ours(app: BlockApp) -> None:
    assert isinstance(app.consumer, BlockConsumer)
    assert isinstance(app.transport, BlockTransport)
    assert isinstance(app.tables.recovery, PatientRecovery)
    assert isinstance(app.keep_table("rows", 1), FlushedTable)


async def test_recovery_stops_the_flow_before_anything_is_resumed(
    app: BlockApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    flow: list[bool] = []

    async def stock(recovery: Any, generation_id: int = 0) -> None:
        assert generation_id == 7
        flow.append(recovery.app.consumer.flow_active)

    monkeypatch.setattr("faust.tables.recovery.Recovery.on_recovery_completed", stock)

    await app.tables.recovery.on_recovery_completed(7)

    assert flow == [False]


async def test_recovery_that_outlasts_its_timeout_goes_on_while_the_broker_is_away(
    app: BlockApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[BaseException] = []
    came_back = asyncio.Event()
    looks = iter([False, True, False, False])

    async def answers() -> bool:
        answer = next(looks, None)
        if answer is None:
            came_back.set()
        return bool(answer)

    monkeypatch.setattr(app, "broker_answers", answers)
    monkeypatch.setattr(app, "end_process", ended.append)

    await app.tables.recovery._wait(came_back.wait(), timeout=0.01)

    assert came_back.is_set()
    assert ended == []


async def test_recovery_that_does_not_end_beside_a_broker_that_answers_ends_the_process(
    app: BlockApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[BaseException] = []
    never = asyncio.get_running_loop().create_future()

    async def answers() -> bool:
        return True

    monkeypatch.setattr(app, "broker_answers", answers)
    monkeypatch.setattr(app, "end_process", ended.append)

    with pytest.raises(ServiceStopped):
        await app.tables.recovery._wait(never, timeout=0.01)

    assert [type(error) for error in ended] == [RecoveryStuck]
    assert never.cancelled()


async def test_a_recovery_that_is_stopped_stops(app: BlockApp, monkeypatch: pytest.MonkeyPatch) -> None:
    async def look() -> bool:
        raise AssertionError("nobody asks for the broker of a process that stops")

    monkeypatch.setattr(app, "broker_answers", look)
    app.tables.recovery._stopped.set()

    with pytest.raises(ServiceStopped):
        await app.tables.recovery._wait(asyncio.get_running_loop().create_future(), timeout=5)


async def test_nothing_of_faust_listens_or_makes_topics(app: BlockApp) -> None:
    assert not app.conf.web_enabled
    assert not app.conf.topic_allow_declare
    assert app.conf.topic_disable_leader


async def test_a_block_reaches_its_agent_without_a_codec(app: BlockApp, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a codec was asked")

    monkeypatch.setattr(app.serializers, "loads_key", refuse)
    monkeypatch.setattr(app.serializers, "loads_value", refuse)
    channel = BlockTopic(app, topics=["items"], key_type=bytes, value_type=bytes)
    block = Lane(Place("items", 0), 0, on_change=lambda: None, on_failure=lambda _: None).hand_out([FakeRecord()])
    record = _FullRecord()
    message = app.consumer._to_message(PLACE, record)
    message.value = block

    event = await channel.decode(message)

    assert event.value is block
