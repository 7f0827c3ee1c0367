"""The catalogue on a real broker, and a group's lag."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from uuid import uuid4

import pytest
from kafka import KafkaConsumer, KafkaProducer, OffsetAndMetadata, TopicPartition

from streams.administration import (
    ClusterRefused,
    Difference,
    Replication,
    apply_topics,
    cluster_summary,
    connect,
    describe_topics,
    group_lag,
    missing_topics,
)
from streams.devbroker import RunningBroker
from streams.topics import CATALOGUE, Topic

pytestmark = pytest.mark.broker


@pytest.fixture
def catalogue(broker: RunningBroker) -> Iterator[tuple[Topic, ...]]:
    """The catalogue under names of this test, removed at the end: topics of the shared broker are never changed."""
    prefix = f"t{uuid4().hex[:8]}"
    topics = tuple(replace(topic, name=f"{prefix}-{topic.name}") for topic in CATALOGUE)
    yield topics
    with connect(broker.address) as admin:
        there = set(admin.list_topics()) & {topic.name for topic in topics}
        if there:
            admin.delete_topics(sorted(there))


def names(topics: Sequence[Topic]) -> tuple[str, ...]:
    return tuple(topic.name for topic in topics)


def a_topic(partitions: int) -> Topic:
    return replace(CATALOGUE[0], name=f"t{uuid4().hex[:8]}", partitions=partitions)


def write_records(address: str, topic: str, partition: int, count: int) -> None:
    producer = KafkaProducer(bootstrap_servers=address, acks="all")
    for _ in range(count):
        producer.send(topic, b"x", partition=partition)
    producer.flush()
    producer.close()


def commit(address: str, group: str, topic: str, partition: int, offset: int) -> None:
    consumer = KafkaConsumer(bootstrap_servers=address, group_id=group, enable_auto_commit=False)
    place = TopicPartition(topic, partition)
    consumer.assign([place])
    consumer.commit({place: OffsetAndMetadata(offset, "", -1)})
    consumer.close()


def test_a_first_apply_creates_everything_and_a_second_nothing(
    broker: RunningBroker, catalogue: tuple[Topic, ...]
) -> None:
    assert missing_topics(broker.address, topics=catalogue) == names(catalogue)

    first = apply_topics(broker.address, topics=catalogue)
    second = apply_topics(broker.address, topics=catalogue)

    assert (first.created, first.present, first.differing) == (names(catalogue), (), ())
    assert (second.created, second.present, second.differing) == ((), names(catalogue), ())
    assert missing_topics(broker.address, topics=catalogue) == ()


def test_topics_are_as_the_catalogue_wants_them(broker: RunningBroker, catalogue: tuple[Topic, ...]) -> None:
    apply_topics(broker.address, topics=catalogue)

    states = {state.name: state for state in describe_topics(broker.address, names(catalogue))}

    for topic in catalogue:
        state = states[topic.name]
        assert (state.partitions, state.replicas) == (topic.partitions, 1)
        assert state.settings["cleanup.policy"] == topic.cleanup
        assert state.settings["message.timestamp.type"] == "LogAppendTime"
        assert state.settings["min.insync.replicas"] == "1"


def test_what_differs_is_reported_and_left_alone(broker: RunningBroker, catalogue: tuple[Topic, ...]) -> None:
    apply_topics(broker.address, topics=catalogue)
    results = next(topic for topic in catalogue if topic.name.endswith("-results"))
    wanted = replace(results, partitions=6, retention_ms=1000)

    for _ in range(2):
        report = apply_topics(broker.address, topics=[wanted])

        assert report.created == ()
        assert set(report.differing) == {
            Difference(results.name, "partitions", "6", "4"),
            Difference(results.name, "retention.ms", "1000", "1209600000"),
        }


def test_only_what_is_missing_is_created_beside_what_is_there(
    broker: RunningBroker, catalogue: tuple[Topic, ...]
) -> None:
    apply_topics(broker.address, topics=catalogue[:3])

    report = apply_topics(broker.address, topics=catalogue)

    assert report.present == names(catalogue[:3])
    assert report.created == names(catalogue[3:])


def test_more_copies_than_brokers_are_refused_by_topic(broker: RunningBroker) -> None:
    topic = a_topic(partitions=1)

    with pytest.raises(ClusterRefused, match=topic.name):
        apply_topics(broker.address, topics=[topic], replication=Replication(factor=3, min_insync=2))


def test_topics_that_do_not_exist_are_not_described(broker: RunningBroker) -> None:
    assert describe_topics(broker.address, ["never-created"]) == ()


def test_lag_counts_from_the_commit_and_without_one_from_the_start_of_the_log(broker: RunningBroker) -> None:
    topic = a_topic(partitions=3)
    apply_topics(broker.address, topics=[topic])
    write_records(broker.address, topic.name, partition=0, count=10)
    write_records(broker.address, topic.name, partition=1, count=5)
    commit(broker.address, "readers", topic.name, partition=0, offset=7)

    assert group_lag(broker.address, "readers", topic.name) == {0: 3, 1: 5, 2: 0}


def test_records_that_are_gone_from_the_log_are_no_lag(broker: RunningBroker) -> None:
    topic = a_topic(partitions=2)
    apply_topics(broker.address, topics=[topic])
    for partition in (0, 1):
        write_records(broker.address, topic.name, partition, count=10)
    commit(broker.address, "late-readers", topic.name, partition=0, offset=2)
    with connect(broker.address) as admin:
        admin.delete_records({TopicPartition(topic.name, partition): 6 for partition in (0, 1)})

    assert group_lag(broker.address, "late-readers", topic.name) == {0: 4, 1: 4}


def test_the_lag_on_a_topic_that_does_not_exist_is_an_error(broker: RunningBroker) -> None:
    with pytest.raises(ClusterRefused, match="never-created"):
        group_lag(broker.address, "readers", "never-created")


def test_the_summary_names_the_brokers_and_the_version(broker: RunningBroker) -> None:
    summary = cluster_summary(broker.address)

    assert summary.brokers == (broker.address,)
    assert len(summary.cluster_id) == 22
    assert int(summary.version.split(".")[0]) >= 4
