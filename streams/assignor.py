"""Assignors that hand out all partitions or none: a broker that is still loading shows only some topics.

Stock ones leave such topics out, nobody joins again when they appear, and the group lives on without partitions.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from faust.assignor.partition_assignor import PartitionAssignor

from streams.errors import TopicMissing

if TYPE_CHECKING:
    from streams.app import BlockApp

EndProcess = Callable[[BaseException], None]


class WholeAssignor(PartitionAssignor):
    """For roles that keep a table (faust-streaming 0.15.3, partition_assignor.py:189)."""

    app: "BlockApp"

    def _perform_assignment(self, cluster: Any, member_metadata: Any) -> Any:
        require_all(cluster, member_metadata, self.app.end_process)
        return super()._perform_assignment(cluster, member_metadata)


def whole_round_robin(end_process: EndProcess) -> type[RoundRobinPartitionAssignor]:
    """For the other roles, which Faust gives aiokafka's (transport/drivers/aiokafka.py:579; roundrobin.py:67)."""

    class WholeRoundRobin(RoundRobinPartitionAssignor):
        @classmethod
        def assign(cls, cluster: Any, members: Any) -> Any:
            require_all(cluster, members, end_process)
            return super().assign(cluster, members)

    return WholeRoundRobin


def require_all(cluster: Any, members: Any, end_process: EndProcess) -> None:
    """End the process where a subscribed topic is not to be seen; raises TopicMissing where that does not end it."""
    wanted = {topic for metadata in members.values() for topic in metadata.subscription}
    absent = sorted(topic for topic in wanted if not cluster.partitions_for_topic(topic))
    if absent:
        error = TopicMissing(f"the broker does not show {', '.join(absent)}")
        end_process(error)
        raise error
