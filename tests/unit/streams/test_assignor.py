"""A group is assigned all it asks for, or its leader ends: a broker that is loading shows only some topics."""

from typing import Any

import pytest

from streams.app import ClusterSettings, create_app
from streams.assignor import WholeAssignor, whole_round_robin
from streams.consumer import WholeConsumerThread
from streams.errors import TopicMissing


class Cluster:
    def __init__(self, *topics: str) -> None:
        self.topics = topics

    def partitions_for_topic(self, topic: str) -> set[int] | None:
        return {0, 1} if topic in self.topics else None


class Member:
    subscription = ("results", "pressrun-aggregate-tallies-changelog")


async def test_a_group_is_assigned_all_topics_or_ends() -> None:
    app = create_app("assigned", ClusterSettings("127.0.0.1:1"), "unused")
    ended: list[BaseException] = []
    app.end_process = ended.append
    assignor: Any = app.assignor

    with pytest.raises(TopicMissing, match="tallies"):
        assignor._perform_assignment(Cluster("results"), {"leader": Member()})

    assert isinstance(assignor, WholeAssignor)
    assert [type(error) for error in ended] == [TopicMissing]


async def test_roles_without_a_table_are_assigned_all_topics_or_end_too() -> None:
    ended: list[BaseException] = []
    assignor = whole_round_robin(ended.append)
    members = {"leader": assignor.metadata(["submissions"])}

    with pytest.raises(TopicMissing, match="submissions"):
        assignor.assign(Cluster(), members)

    assert [type(error) for error in ended] == [TopicMissing]
    assert list(assignor.assign(Cluster("submissions"), members)) == ["leader"]


async def test_a_role_without_a_table_is_given_the_careful_assignor() -> None:
    app = create_app("tableless", ClusterSettings("127.0.0.1:1"), "unused")
    ended: list[BaseException] = []
    app.end_process = ended.append
    thread: Any = app.consumer._thread
    consumer = thread._create_worker_consumer(app.transport)
    (assignor,) = consumer._partition_assignment_strategy

    with pytest.raises(TopicMissing):
        assignor.assign(Cluster(), {"leader": assignor.metadata(["submissions"])})

    assert isinstance(thread, WholeConsumerThread)
    assert [type(error) for error in ended] == [TopicMissing]
    await consumer.stop()
    thread.thread_loop.close()
