"""The Faust App of a role: agents get blocks, and Faust's holes are closed by the classes it hands in.

Line numbers are of faust-streaming 0.15.3. Why each is needed, with measurements: docs/contributing.md, "Faust".
"""

import asyncio
import logging
import os
import secrets
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import faust
from aiokafka.errors import KafkaError
from faust.topics import Topic
from faust.transport.drivers import aiokafka as driver

from schemas.errors import PressrunError
from streams.acknowledgements import Acknowledgements, broker_answers
from streams.assignor import WholeAssignor
from streams.consumer import BlockConsumer
from streams.dead_letter_limit import EXIT_FLOOD, DeadLetterFlood, DeadLetterLimit
from streams.errors import BodyOvertaken, BodyUnfinished
from streams.fences import FencedProducer, Fences, partition_of
from streams.header_names import read_any_header_name
from streams.lanes import LARGEST_BLOCK, Block
from streams.producer import StrictProducer
from streams.pulse import Pulse
from streams.suspects import Suspects, Suspicion
from streams.tables import FlushedTable, PatientTableManager

EXIT_UNCOMMITTED = 70
"""Exit code of a process that ended itself so that nothing wrong is committed (EX_SOFTWARE)."""

Body: TypeAlias = Callable[[Block], Awaitable[None]]

NOT_THE_RECORD = (PressrunError, KafkaError, OSError)
"""Errors of the world around: whatever record was in hand is not suspected of them."""

logger = logging.getLogger("pressrun.streams")


@dataclass(frozen=True, slots=True)
class ClusterSettings:
    """What a role has to know about the broker; seconds."""

    address: str
    session_timeout: float = 3.0
    heartbeat_interval: float = 0.5
    commit_interval: float = 0.5
    rebalance_timeout: float = 30.0
    request_timeout: float = 30.0


read_any_header_name()


class BlockTransport(driver.Transport):
    """Hands in the block consumer and the strict producer."""

    Consumer = BlockConsumer
    Producer = StrictProducer


class BlockTopic(Topic):
    """A topic whose values are blocks already: nothing is decoded on the way to the agent (topics.py:152)."""

    def _compile_decode(self) -> None:
        create_event = self._create_event

        async def decode(message: Any, *, propagate: bool = False) -> Any:  # noqa: ARG001 - Faust's signature
            return create_event(message.key, message.value, message.headers, message=message)

        self.decode = decode


class BlockApp(faust.App):
    """One role of pressrun."""

    def __init__(
        self, app_id: str, *, end_process: Callable[[BaseException], None] | None = None, **options: Any
    ) -> None:
        self.block_topics: dict[str, bool] = {}
        self.largest_block = LARGEST_BLOCK
        self.outstanding_limit = 4 * LARGEST_BLOCK
        self.rest_seconds = 0.0
        """Between two fetches from a partition; more records come in one block, later by at most this."""
        self.end_process = end_process or _end_process
        self.table: FlushedTable | None = None
        self.fences = Fences(app_id, self._create_fenced)
        self.role = app_id.removeprefix("pressrun-")
        self.life = secrets.token_hex(4)
        """Names this process among all that ever filled this role: no two write a file of one name."""
        self.suspects = Suspects()
        self.pulse = Pulse()
        self.acknowledgements = Acknowledgements()
        self.pulse_path: Path | None = None
        """Where the pulse is written down; None: nobody watches."""
        self.limit = DeadLetterLimit()
        self.condemn: Body = _leave_it
        """What is done with a block whose one record ended worker after worker."""
        self.at_work: Block | None = None
        """The block whose body runs."""
        self.crashpoint: Callable[[str], None] = lambda _point: None
        """Told each point that is passed; tests end the process there."""
        self.after_seek: list[Callable[[], None]] = []
        """Called when partitions have come or gone and their rows are there."""
        self.before_stop: list[Callable[[], None]] = []
        """Called when the process is asked to stop."""
        super().__init__(
            app_id,
            TableManager=PatientTableManager,
            Table=FlushedTable,
            PartitionAssignor=WholeAssignor,
            **options,
        )

    def _new_transport(self) -> BlockTransport:
        """The consumer's transport (app/base.py:1932)."""
        return BlockTransport(self.conf.broker_consumer, self)

    def _new_producer_transport(self) -> BlockTransport:
        """The producer's transport (app/base.py:1940)."""
        return BlockTransport(self.conf.broker_producer, self)

    def keep_table(self, name: str, partitions: int) -> FlushedTable:
        """The role's one table of bytes; its changelog has the partitions of the one topic the role reads."""
        self.table = self.Table(
            name,
            partitions=partitions,
            key_type=bytes,
            value_type=bytes,
        )
        return self.table

    async def take_over(self, partitions: Iterable[int]) -> None:
        """Hold these partitions of the role's topic alone: whoever had them can write no more."""
        if self.at_work is not None:
            # It began under the old epoch and would go on under the new one, with rows read before it.
            self.end_process(BodyOvertaken())
        await self.fences.raise_for(partitions)
        if self.table is not None:
            for partition in self.fences:
                await self.table.fence_off(partition)

    def home_of(self, batch_id: str) -> int | None:
        """The partition of the role's topic where a batch belongs; None for a role that keeps no table."""
        return None if self.table is None else partition_of(batch_id, self.table.partitions)

    async def acknowledged(self, sent: Sequence["asyncio.Future[Any]"]) -> None:
        """Wait until the broker has acknowledged all; raises the first error."""
        for future in sent:
            self.acknowledgements.expect(future)
        with self.pulse.of_wait():
            await asyncio.gather(*sent)

    async def watch_acknowledgements(self) -> None:
        """End the process where one never comes although the broker answers."""
        await self.acknowledgements.watch(self.broker_answers, self.end_process)

    async def broker_answers(self) -> bool:
        """Whether a new connection to the broker gets an answer within seconds."""
        return await broker_answers(self._servers)

    @property
    def _servers(self) -> Any:
        transport = self.producer.transport
        return driver.server_list(transport.url, transport.default_port)

    def _create_fenced(self, fence: str) -> FencedProducer:
        return FencedProducer(
            fence,
            bootstrap_servers=self._servers,
            client_id=f"{self.conf.id}-fenced",
            max_batch_size=self.conf.producer_max_batch_size,
            max_request_size=self.conf.producer_max_request_size,
            request_timeout_ms=int(self.conf.producer_request_timeout * 1000),
        )

    async def on_stop(self) -> None:
        """The fenced producers are Faust's to know nothing of."""
        await super().on_stop()
        await self.fences.stop()

    def is_state_lost(self, partition: int) -> bool:
        """Whether the partition was worked on before but its rows are gone: no marker row."""
        return self.table is not None and not self.table.is_marked(partition)

    def attach_body(self, topic: str, body: Body, *, at_keys: bool = False) -> Any:
        """Make `body` the agent of `topic`; with `at_keys` a block never holds records of two keys."""
        self.block_topics[topic] = at_keys
        channel = BlockTopic(
            self,
            topics=[topic],
            key_type=bytes,
            value_type=bytes,
            key_serializer="raw",
            value_serializer="raw",
        )

        async def work(blocks: Any) -> None:
            async for block in blocks:
                if not block.is_stale:
                    await self._work_on(block, body)

        work.__name__ = topic.replace("-", "_")
        return self.agent(channel, name=f"{self.conf.id}-{topic}")(work)

    async def _work_on(self, block: Block, body: Body) -> None:
        """An exception must never acknowledge: the process ends and the supervisor starts it again."""
        block.started = True
        self.at_work = block
        self.limit.read(len(block.records))
        self.suspects.note(block.place, Suspicion(block.first, block.last, block.suspicion.tries + 1))
        try:
            # A crash in the middle of a replay begins it anew: until its end the state counts as lost.
            if self.table is not None and not block.is_replayed:
                self.table.mark(block.place.partition)
            with self.pulse.of_body():
                await (self.condemn if block.suspicion.is_condemned else body)(block)
            self._require_settled(block)
        except Exception as error:
            if isinstance(error, NOT_THE_RECORD):
                self.suspects.clear(block.place)
            self.end_process(error)
            raise
        finally:
            self.at_work = None
        self.suspects.clear(block.place)

    def _require_settled(self, block: Block) -> None:
        is_flushed = self.table is None or self.table.is_flushed
        if not block.is_settled or (block.finished and not is_flushed):
            raise BodyUnfinished


def create_app(role: str, cluster: ClusterSettings, data_dir: str) -> BlockApp:
    """The App of a role, configured; nothing is connected before it is started."""
    return BlockApp(
        f"pressrun-{role}",
        broker=f"kafka://{cluster.address}",
        store="memory://",
        datadir=data_dir,
        key_serializer="raw",
        value_serializer="raw",
        topic_allow_declare=False,
        topic_disable_leader=True,
        table_standby_replicas=0,
        broker_commit_interval=cluster.commit_interval,
        broker_session_timeout=cluster.session_timeout,
        broker_heartbeat_interval=cluster.heartbeat_interval,
        broker_rebalance_timeout=cluster.rebalance_timeout,
        broker_request_timeout=cluster.request_timeout,
        # An idle worker that exceeds it leaves the group for ever; below 2^31 ms.
        broker_max_poll_interval=1_000_000.0,
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=1 << 20,
        stream_buffer_maxsize=4096,
        stream_wait_empty=True,
        stream_publish_on_commit=False,
        producer_threaded=False,
        producer_acks=-1,
        producer_linger=0.0,
        producer_max_batch_size=256 * 1024,
        producer_max_request_size=1_000_000,
        producer_request_timeout=cluster.request_timeout,
        worker_redirect_stdouts=False,
        # Its server would show every table to everyone, on all addresses.
        web_enabled=False,
    )


async def _leave_it(_block: Block) -> None:
    """Says nothing of the block, so the process ends: nobody was given to a role that was wired without."""


def _end_process(error: BaseException) -> None:
    logger.critical("worker_ends_uncommitted", exc_info=error)
    logging.shutdown()
    os._exit(EXIT_FLOOD if isinstance(error, DeadLetterFlood) else EXIT_UNCOMMITTED)
