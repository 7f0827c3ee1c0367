"""A group is assigned all it asks for, or its leader ends: a broker that is loading shows only some topics."""

from typing import Any

import pytest

from streams.app import ClusterSettings, create_app
from streams.assignor import WholeAssignor
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
