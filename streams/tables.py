"""Faust's tables, made safe: changelog writes can be awaited, rows know their partition, lost state is noticed.

Line numbers are of faust-streaming 0.15.3.
"""

import asyncio
from typing import TYPE_CHECKING, Any

from faust.tables.manager import TableManager
from faust.tables.recovery import Recovery, ServiceStopped
from faust.tables.table import Table
from faust.types import TP

from streams.errors import RecoveryStuck, StreamError

if TYPE_CHECKING:
    from streams.app import BlockApp

MARKER = b"marker/"
"""Key prefix of the row that says: this partition's state was here."""

FENCE = b"fence/"
"""Key prefix of the row by which a new owner makes the changelog refuse the one before."""


ANSWERS_BEFORE_STUCK = 2
"""So often, one request timeout after the other, the broker answers others and not us: it may just have come back."""


class FlushedTable(Table):
    """A table of bytes whose body sends its changelog records, by the partition's fence, and waits for them."""

    app: "BlockApp"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._unflushed: dict[tuple[int, bytes], bytes | None] = {}

    def on_key_set(self, key: bytes, value: bytes) -> None:
        """Keep the write for `flushed`, and note the row's partition.

        Stock Faust (tables/table.py:80) sends it unfenced and drops the future; and its memory store learns partitions
        only in recovery (stores/memory.py:54, 64): rows of a partition taken away would come back as open batches.
        """
        partition = self._partition_at_work()
        self._keep(partition, key, value)
        self.data._key_partition[key] = partition  # noqa: SLF001 - see above

    def on_key_del(self, key: bytes) -> None:
        """Keep the removal for `flushed`; removed means `null` on a compacted topic."""
        self._keep(self._partition_at_work(), key, None)

    def _keep(self, partition: int, key: bytes, value: bytes | None) -> None:
        # Deleted and written again, it goes behind what was written in between.
        self._unflushed.pop((partition, key), None)
        self._unflushed[partition, key] = value

    def _partition_at_work(self) -> int:
        if self.app.at_work is None:
            raise StreamError("rows are written by bodies only")
        return self.app.at_work.place.partition

    @property
    def is_flushed(self) -> bool:
        """Whether nothing waits to be written."""
        return not self._unflushed

    async def flushed(self) -> None:
        """Every write so far is acknowledged by the broker; raises the first error."""
        unflushed, self._unflushed = self._unflushed, {}
        topic = self.changelog_topic.get_topic_name()
        with self.app.pulse.of_wait():
            sent = [
                await self.app.fences[partition].send(topic, key=key, value=value, partition=partition)
                for (partition, key), value in unflushed.items()
            ]
            await self.app.acknowledged(sent)

    async def fence_off(self, partition: int) -> None:
        """Write first, so that nobody of before can write behind what recovery is going to read."""
        producer = self.app.fences[partition]
        topic, key = self.changelog_topic.get_topic_name(), FENCE + str(partition).encode()
        await producer.send_and_wait(topic, key=key, value=str(producer.epoch).encode(), partition=partition)

    def mark(self, partition: int) -> None:
        """Leave the marker row, so that its absence beside a committed offset means: state lost."""
        key = MARKER + str(partition).encode()
        if key not in self:
            self[key] = b"1"

    def is_marked(self, partition: int) -> bool:
        return MARKER + str(partition).encode() in self.data


class PatientRecovery(Recovery):
    """Recovery that outlasts the broker, and after which nothing is fetched between resuming and seeking (624)."""

    app: "BlockApp"

    async def _wait(self, coro: Any, timeout: Any = None) -> None:  # noqa: ASYNC109 - Faust's signature
        """Go on waiting while the broker is away; a process whose recovery does not end beside one that answers, ends.

        Stock (tables/recovery.py:608), the first timeout is taken for the service's stop: recovery ends unsaid, and
        its process holds its partitions for ever and does nothing.
        """
        if timeout is None:
            await super()._wait(coro)
            return
        work, answers = asyncio.ensure_future(coro), 0
        try:
            while answers < ANSWERS_BEFORE_STUCK:
                try:
                    await super()._wait(asyncio.shield(work), timeout)
                except ServiceStopped:
                    if self.should_stop:
                        raise
                else:
                    return
                answers = answers + 1 if await self.app.broker_answers() else 0
        finally:
            work.cancel()
        self.app.end_process(RecoveryStuck())
        raise ServiceStopped

    async def on_recovery_completed(self, generation_id: int = 0) -> None:
        self.app.consumer.stop_flow()
        await super().on_recovery_completed(generation_id)


class PatientTableManager(TableManager):
    """Hands in the patient recovery (tables/manager.py:122), and takes partitions only behind a fence (187)."""

    app: "BlockApp"
    _recovery: Recovery | None

    async def on_rebalance(
        self, assigned: set[TP], revoked: set[TP], newly_assigned: set[TP], generation_id: int = 0
    ) -> None:
        """Fence off whoever had these partitions before anything of theirs is read."""
        if self.app.table is not None:
            await self.app.take_over(tp.partition for tp in assigned if tp.topic in self.app.block_topics)
        await super().on_rebalance(assigned, revoked, newly_assigned, generation_id)

    @property
    def recovery(self) -> Recovery:
        if self._recovery is None:
            self._recovery = PatientRecovery(self.app, self, beacon=self.beacon, loop=self.loop)
        return self._recovery
