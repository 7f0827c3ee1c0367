"""Faust's holes, each shown closed on the real broker: what is committed is done, what is not done comes again."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from broker.apps import a_name, an_app, committed, create_topics, produce, running, until
from kafka import TopicPartition
from kafka.admin import KafkaAdminClient

from streams.app import BlockApp
from streams.devbroker import RunningBroker
from streams.lanes import Block

pytestmark = pytest.mark.broker


def numbered(count: int, partitions: int = 1, per_key: int = 5, start: int = 0) -> list[tuple[int, bytes, bytes]]:
    return [
        (number % partitions, b"%d" % (number // per_key), b"%d" % number) for number in range(start, start + count)
    ]


def numbers(block: Block) -> list[int]:
    return [int(record.value or b"") for record in block.records]


async def test_a_commit_never_passes_an_unfinished_block(broker: RunningBroker, tmp_path: Path) -> None:
    topic, role = a_name("holes"), a_name("unfinished")
    create_topics(broker.address, {topic: 1})
    produce(broker.address, topic, numbered(15))
    seen: list[list[int]] = []
    never: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def work(block: Block) -> None:
        seen.append(numbers(block))
        if 0 in seen[-1]:
            block.done_after(never)
        else:
            block.done()

    app = an_app(broker.address, role, tmp_path)
    app.attach_body(topic, work, at_keys=True)
    async with running(app):
        await until(lambda: len(seen) == 3, "three blocks")
        await app.consumer.commit()
        assert await asyncio.to_thread(committed, broker.address, f"pressrun-{role}", topic) == {}
        never.set_result(None)
        await until(lambda: committed(broker.address, f"pressrun-{role}", topic) == {0: 15}, "the commit")

    assert seen == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9], [10, 11, 12, 13, 14]]


async def test_an_exception_in_a_body_commits_nothing_and_ends_the_process(
    broker: RunningBroker, tmp_path: Path
) -> None:
    topic, role = a_name("holes"), a_name("raising")
    create_topics(broker.address, {topic: 1})
    produce(broker.address, topic, numbered(10))
    failures: list[BaseException] = []

    async def work(block: Block) -> None:
        raise OSError(f"the effect of {block.first} did not happen")

    app = an_app(broker.address, role, tmp_path, failures)
    app.attach_body(topic, work)
    async with running(app):
        await until(lambda: failures, "the failure")
        await app.consumer.commit()

    assert isinstance(failures[0], OSError)
    assert committed(broker.address, f"pressrun-{role}", topic) == {}


async def test_a_fresh_group_loses_no_record_fetched_before_its_seek(broker: RunningBroker, tmp_path: Path) -> None:
    topic, role = a_name("holes"), a_name("fresh")
    create_topics(broker.address, {topic: 4, f"pressrun-{role}-rows-changelog": 4})
    produce(broker.address, topic, numbered(2_000, partitions=4))
    seen: list[int] = []
    app = a_counting_app(broker, role, topic, tmp_path, seen)

    async with running(app):
        await until(lambda: len(seen) >= 2_000, "all records")

    assert sorted(seen) == list(range(2_000))


async def test_restarts_with_a_backlog_and_a_changelog_lose_nothing(broker: RunningBroker, tmp_path: Path) -> None:
    topic, role = a_name("holes"), a_name("restart")
    create_topics(broker.address, {topic: 4, f"pressrun-{role}-rows-changelog": 4})
    seen: list[int] = []
    for life in range(3):
        produce(broker.address, topic, numbered(500, partitions=4, start=life * 500))
        app = a_counting_app(broker, role, topic, tmp_path, seen)
        async with running(app):
            await until(lambda life=life: len(seen) >= (life + 1) * 500, f"records of life {life}")  # type: ignore[misc] # bound early

    assert sorted(seen) == list(range(1_500))


async def test_a_rebalance_repeats_nothing_that_was_done(broker: RunningBroker, tmp_path: Path) -> None:
    topic, role = a_name("holes"), a_name("rebalance")
    create_topics(broker.address, {topic: 4, f"pressrun-{role}-rows-changelog": 4})
    produce(broker.address, topic, numbered(1_000, partitions=4))
    seen: list[int] = []
    first = a_counting_app(broker, role, topic, tmp_path, seen)
    # Only the commit before the revocation can save what was done.
    first.conf.broker_commit_interval = 3600.0
    second = a_counting_app(broker, role, topic, tmp_path, seen)

    async with running(first):
        await until(lambda: len(seen) == 1_000, "the first thousand")
        async with running(second):
            await until(lambda: lanes_of(first, topic) == lanes_of(second, topic) == 2, "two partitions each")
            await asyncio.to_thread(produce, broker.address, topic, numbered(100, partitions=4, start=1_000))
            await until(lambda: len(seen) >= 1_100, "the last hundred")

    assert sorted(seen) == list(range(1_100))


async def test_rows_of_a_partition_taken_away_are_dropped(broker: RunningBroker, tmp_path: Path) -> None:
    topic, role = a_name("holes"), a_name("rows")
    create_topics(broker.address, {topic: 2, f"pressrun-{role}-rows-changelog": 2})
    produce(broker.address, topic, numbered(20, partitions=2))
    first_seen: list[int] = []
    second_seen: list[int] = []
    first = a_counting_app(broker, role, topic, tmp_path, first_seen)
    second = a_counting_app(broker, role, topic, tmp_path, second_seen)

    async with running(first):
        await until(lambda: len(first_seen) == 20, "twenty records")
        assert rows_of(first) == set(range(20))
        async with running(second):
            await until(lambda: lanes_of(first, topic) == lanes_of(second, topic) == 1, "one partition each")
            await until(lambda: rows_of(first) | rows_of(second) == set(range(20)), "all rows somewhere")

            assert not rows_of(first) & rows_of(second)


async def test_a_block_put_back_comes_again_and_its_neighbours_go_on(broker: RunningBroker, tmp_path: Path) -> None:
    topic, role = a_name("holes"), a_name("later")
    create_topics(broker.address, {topic: 2})
    produce(broker.address, topic, numbered(40, partitions=2, per_key=10))
    tries: list[int] = []
    seen: list[int] = []

    async def work(block: Block) -> None:
        if block.place.partition == 0 and len(tries) < 3 and block.first == 0:
            tries.append(len(seen))
            block.later("storage_full", seconds=0.2)
            return
        seen.extend(numbers(block))
        block.done()

    app = an_app(broker.address, role, tmp_path)
    app.attach_body(topic, work, at_keys=True)
    async with running(app):
        await until(lambda: len(seen) == 40, "all records")

    assert len(tries) == 3
    assert sorted(seen) == list(range(40))
    evens = [number for number in seen if number % 2 == 0]
    assert evens == sorted(evens)


async def test_lost_table_state_is_noticed_and_the_topic_replayed(broker: RunningBroker, tmp_path: Path) -> None:
    topic, role = a_name("holes"), a_name("lost")
    changelog = f"pressrun-{role}-rows-changelog"
    create_topics(broker.address, {topic: 1})
    create_topics(broker.address, {changelog: 1}, {"cleanup.policy": "compact,delete"})
    produce(broker.address, topic, numbered(30))
    seen: list[int] = []
    async with running(a_counting_app(broker, role, topic, tmp_path, seen)):
        await until(lambda: committed(broker.address, f"pressrun-{role}", topic) == {0: 30}, "the commit")
    empty_topic(broker.address, changelog)

    again: list[int] = []
    app = a_counting_app(broker, role, topic, tmp_path, again)
    async with running(app):
        await until(lambda: len(again) == 30, "the replay")
        assert rows_of(app) == set(range(30))

    assert sorted(again) == list(range(30))


async def test_kept_table_state_is_not_replayed(broker: RunningBroker, tmp_path: Path) -> None:
    topic, role = a_name("holes"), a_name("kept")
    create_topics(broker.address, {topic: 1, f"pressrun-{role}-rows-changelog": 1})
    produce(broker.address, topic, numbered(30))
    seen: list[int] = []
    async with running(a_counting_app(broker, role, topic, tmp_path, seen)):
        await until(lambda: committed(broker.address, f"pressrun-{role}", topic) == {0: 30}, "the commit")
    produce(broker.address, topic, numbered(1, start=30))

    again: list[int] = []
    app = a_counting_app(broker, role, topic, tmp_path, again)
    async with running(app):
        await until(lambda: again, "the new record")
        assert rows_of(app) == set(range(31))

    assert again == [30]


def a_counting_app(broker: RunningBroker, role: str, topic: str, directory: Path, seen: list[int]) -> BlockApp:
    """Notes every number it works on, and keeps a row for each."""
    app = an_app(broker.address, role, directory)
    partitions = next(iter(partitions_of(broker.address, topic)))
    table = app.keep_table("rows", partitions)

    async def work(block: Block) -> None:
        for number in numbers(block):
            table[b"row/%d" % number] = b"1"
            seen.append(number)
        await table.flushed()
        block.done()

    app.attach_body(topic, work)
    return app


def partitions_of(address: str, topic: str) -> list[int]:
    admin: Any = KafkaAdminClient(bootstrap_servers=address)
    try:
        return [len(described["partitions"]) for described in admin.describe_topics([topic])]
    finally:
        admin.close()


def rows_of(app: BlockApp) -> set[int]:
    assert app.table is not None
    return {int(key[4:]) for key in list(app.table) if key.startswith(b"row/")}


def lanes_of(app: BlockApp, topic: str) -> int:
    return sum(1 for place in app.consumer.lanes if place.topic == topic)


def empty_topic(address: str, topic: str) -> None:
    admin: Any = KafkaAdminClient(bootstrap_servers=address)
    try:
        # -1 is the high watermark.
        admin.delete_records({TopicPartition(topic, 0): -1})
    finally:
        admin.close()
