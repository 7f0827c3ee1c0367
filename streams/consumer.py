"""Faust's consumer, handing agents blocks and committing only what they finished.

Line numbers are of faust-streaming 0.15.3, transport/consumer.py. Each override closes one hole of the stock consumer;
tests/unit/streams and tests/broker/test_blocks.py hold a test for each that fails without it.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from faust.transport.consumer import ensure_TP
from faust.transport.drivers import aiokafka as driver
from faust.types import TP
from faust.types.tuples import ConsumerMessage
from mode.utils.futures import notify

from streams.assignor import whole_round_robin
from streams.lanes import Block, Incoming, Lane, Place, cut

if TYPE_CHECKING:
    from streams.app import BlockApp

REVOKE_WAIT_SECONDS = 3.0
"""How long a rebalance waits for bodies at work, so that what they finish is committed and not repeated."""


class WholeConsumerThread(driver.AIOKafkaConsumerThread):
    """Makes sure of the assignor also where no table is kept (transport/drivers/aiokafka.py:568)."""

    app: "BlockApp"

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        if self._assignor is RoundRobinPartitionAssignor:
            # Read when the consumer starts (aiokafka 0.14, consumer/consumer.py).
            consumer._partition_assignment_strategy = [  # noqa: SLF001 - Faust chooses it in the middle of the method
                whole_round_robin(self.app.end_process)
            ]
        return consumer


class BlockConsumer(driver.Consumer):
    """A consumer whose agents get blocks; changelogs keep the stock way, record by record."""

    app: "BlockApp"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lanes: dict[TP, Lane] = {}
        self._changed = asyncio.Event()

    def _new_consumer_thread(self) -> WholeConsumerThread:
        """Its class is hard-coded (transport/drivers/aiokafka.py:237)."""
        return WholeConsumerThread(self, loop=self.loop, beacon=self.beacon)

    # Where reading starts

    async def perform_seek(self) -> None:
        """After a rebalance, seek every lane to its committed offset, explicitly (565).

        aiokafka's seek_to_committed leaves a partition without a committed offset where it is: records fetched while
        the flow was stopped would be lost to a fresh group.
        """
        await super().perform_seek()
        places = [tp for tp in self.assignment() if tp.topic in self.app.block_topics]
        if not places:
            return
        starts = await self._starts(places)
        for tp in places:
            self._retire(tp)
            self.lanes[tp] = self._open_lane(Place(tp.topic, tp.partition), starts[tp])
        await self._note_replays(places)
        await self._thread.seek_wait(starts)
        for react in self.app.after_seek:
            react()

    async def _note_replays(self, places: Sequence[TP]) -> None:
        if self.app.table is None:
            return
        for tp, end in (await self.highwaters(*places)).items():
            self.lanes[tp].news_from = end
            if self.app.is_state_lost(tp.partition):
                self.lanes[tp].replay_end = self._committed_offset.get(tp) or 0

    def _open_lane(self, place: Place, position: int) -> Lane:
        lane = Lane(place, position, on_change=self._changed.set, on_failure=self.app.end_process)
        lane.suspicion = self.app.suspects.find(place)
        if lane.suspicion.last >= position:
            self.log.warning("tried_alone: %s, %s", place, lane.suspicion)
        return lane

    async def _starts(self, places: Sequence[TP]) -> Mapping[TP, int]:
        earliest = await self.earliest_offsets(*places)
        starts = {}
        for tp in places:
            committed = self._committed_offset.get(tp)
            if committed is not None and self.app.is_state_lost(tp.partition):
                self.log.warning("table_state_lost: %s partition %s is replayed", tp.topic, tp.partition)
                committed = None
            elif committed is not None and committed < earliest[tp]:
                self.log.error("records_expired: %s partition %s lost some", tp.topic, tp.partition)
            starts[tp] = max(committed or 0, earliest[tp])
        return starts

    # How records are handed out

    async def _drain_messages(self, fetcher: Any) -> None:
        """Fetch and hand out until stopped (1170): no one-second sleep, back-pressure by outstanding records."""
        try:
            while not (self.should_stop or fetcher.should_stop):
                await asyncio.sleep(0)
                if self.flow_active:
                    await self._drain_once()
                else:
                    await self.wait(self.can_resume_flow)
        except self.consumer_stopped_errors:
            if not self.transport.app.should_stop:
                raise
        except asyncio.CancelledError:
            if not self.transport.app.should_stop:
                raise

    async def _drain_once(self) -> None:
        await self._seek_back()
        active = set(self._get_active_partitions())
        wanted = {tp for tp in active if self._wants(tp)}
        if not wanted:
            await self._wait_for_change(self.app.rest_seconds or 0.05)
            return
        generation = self.app.consumer_generation_id
        # Where some partition is full the fetch must not sit out a second: that partition may have room sooner.
        timeout = 1.0 if len(wanted) == len(active) else 0.02
        fetched = await self._getmany(active_partitions=wanted, timeout=timeout)
        for key, records in (fetched or {}).items():
            await self._deliver(ensure_TP(key), records, generation)

    def _wants(self, tp: TP) -> bool:
        lane = self.lanes.get(tp)
        if lane is None:
            return tp.topic not in self.app.block_topics
        return lane.outstanding < self.app.outstanding_limit and not (lane.is_waiting or lane.is_resting)

    async def _wait_for_change(self, seconds: float) -> None:
        self._changed.clear()
        try:
            await asyncio.wait_for(self._changed.wait(), seconds)
        except TimeoutError:
            return

    async def _seek_back(self) -> None:
        back = {
            tp: lane.position
            for tp, lane in self.lanes.items()
            if lane.must_seek and not lane.is_waiting and tp in self._get_active_partitions()
        }
        for tp in back:
            lane = self.lanes[tp]
            # Before the seek: a block put back meanwhile asks for another one.
            lane.must_seek = False
            if lane.reason is not None:
                self.log.warning("waited_for: %s, %s partition %s", lane.reason, tp.topic, tp.partition)
        if back:
            await self._thread.seek_wait(back)

    async def _deliver(self, tp: TP, records: Sequence[Incoming], generation: int) -> None:
        if tp.topic not in self.app.block_topics:
            await self._deliver_records(tp, records, generation)
            return
        lane = self.lanes.get(tp)
        if lane is None:
            return
        if not self._is_current(generation):
            lane.must_seek = True
            return
        at_keys = self.app.block_topics[tp.topic]
        for piece in cut(
            lane.accept(records), self.app.largest_block, at_keys=at_keys, alone=lane.suspicion, borders=lane.borders
        ):
            if lane.must_seek or not await self._hand_over(lane.hand_out(piece), tp, generation):
                lane.must_seek = True
                return
        lane.rest(self.app.rest_seconds)

    async def _hand_over(self, block: Block, tp: TP, generation: int) -> bool:
        """Put the block on its agent's queue; False if a rebalance came between."""
        record: Any = block.records[-1]
        message = ConsumerMessage(
            tp.topic,
            tp.partition,
            block.last,
            record.timestamp / 1000.0,
            0,
            (),
            None,
            block,
            None,
            0,
            0,
            tp,
            generation_id=generation,
        )
        await self.wait_first(self.callback(message), self.suspend_flow.wait())
        self._read_offset[tp] = block.last
        return self._is_current(generation)

    def _is_current(self, generation: int) -> bool:
        return bool(self.flow_active) and generation == self.app.consumer_generation_id

    async def _deliver_records(self, tp: TP, records: Sequence[Any], generation: int) -> None:
        """The stock way for changelogs (1199-1226)."""
        for number, record in enumerate(records, 1):
            if not self._is_current(generation):
                return
            if number % 100 == 0:
                await asyncio.sleep(0)
            read = self._read_offset[tp]
            if read is None or record.offset >= read:
                await self.wait_first(self.callback(self._to_message(tp, record)), self.suspend_flow.wait())
                self._read_offset[tp] = record.offset

    # What is committed

    def ack(self, message: Any) -> bool:
        """A body was left (818): for a block that says nothing, `done` rules; exceptions would ack too."""
        if message.topic not in self.app.block_topics:
            return bool(super().ack(message))
        message.acked = True
        self._unacked_messages.discard(message)
        notify(self._waiting_for_ack)
        return True

    def _filter_tps_with_pending_acks(self, topics: Iterable[Any] | None = None) -> Iterator[TP]:
        yield from super()._filter_tps_with_pending_acks(topics)
        for tp in list(self.lanes):
            if topics is None or tp in topics or tp.topic in topics:
                yield tp

    def _new_offset(self, tp: TP) -> int | None:
        """Only the contiguous prefix of finished blocks (1097); it stays until the commit has succeeded."""
        lane = self.lanes.get(tp)
        if lane is not None:
            return lane.committable()
        offset: int | None = super()._new_offset(tp)
        return offset

    async def _commit_offsets(self, offsets: Mapping[TP, int], *args: Any, **kwargs: Any) -> bool:
        """Forget blocks only after the commit (1031 notes offsets as committed even when it failed)."""
        if any(tp in self.lanes for tp in offsets):
            self.app.crashpoint(f"{self.app.role}.before_commit")
        before = {tp: self._committed_offset.get(tp) for tp in offsets}
        committed = bool(await super()._commit_offsets(offsets, *args, **kwargs))
        for tp, offset in offsets.items():
            if not committed:
                self._committed_offset[tp] = before[tp]
            elif tp in self.lanes:
                self.lanes[tp].forget_through(offset)
        return committed

    # What happens when partitions go

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Commit before the bookkeeping is thrown away (642): otherwise a commit interval's work is repeated."""
        self.stop_flow()
        self.app.flow_control.suspend()
        self.app.flow_control.clear()
        await self._wait_for_bodies()
        try:
            await self.commit()
        except Exception as error:  # noqa: BLE001 - the rebalance goes on; what is uncommitted is repeated, harmlessly
            self.log.warning("commit_before_revoke_failed: %r", error)
        for tp in revoked:
            self._retire(tp)
        await super().on_partitions_revoked(revoked)

    async def _wait_for_bodies(self) -> None:
        end = asyncio.get_running_loop().time() + REVOKE_WAIT_SECONDS
        while asyncio.get_running_loop().time() < end and self._is_at_work():
            await self._wait_for_change(0.05)

    def _is_at_work(self) -> bool:
        return any(block.started and not block.finished for lane in self.lanes.values() for block in lane)

    def _retire(self, tp: TP) -> None:
        lane = self.lanes.pop(tp, None)
        if lane is not None:
            lane.retire()
