"""Faust's assignor, which hands out all partitions or none: a broker that is still loading shows only some topics."""

from typing import TYPE_CHECKING, Any

from faust.assignor.partition_assignor import PartitionAssignor

from streams.errors import TopicMissing

if TYPE_CHECKING:
    from streams.app import BlockApp


class WholeAssignor(PartitionAssignor):
    """Ends the process where a subscribed topic is not to be seen (faust-streaming 0.15.3, partition_assignor.py:189).

    Stock Faust leaves such topics out, nobody joins again when they appear, and the group lives on without partitions.
    """

    app: "BlockApp"

    def _perform_assignment(self, cluster: Any, member_metadata: Any) -> Any:
        wanted = {topic for metadata in member_metadata.values() for topic in metadata.subscription}
        absent = sorted(topic for topic in wanted if not cluster.partitions_for_topic(topic))
        if absent:
            error = TopicMissing(f"the broker does not show {', '.join(absent)}")
            self.app.end_process(error)
            raise error
        return super()._perform_assignment(cluster, member_metadata)
