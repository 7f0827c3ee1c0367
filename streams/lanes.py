"""The way of one partition's records through an agent: cut into blocks, finished in any order, committed in theirs.

A lane lives from one assignment of its partition to the next. Its blocks go stale with it, so that work begun before a
rebalance, or behind a block that was put back, can neither be done twice by mistake nor committed.
"""

import asyncio
import time
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol

from streams.errors import StreamError
from streams.suspects import NOBODY, Suspicion

LARGEST_BLOCK = 512
"""Records in one block; 200 and 1,024 were both slower (2 cores, 30 kB artifacts)."""


class Incoming(Protocol):
    """What a lane needs of a fetched record (aiokafka's ConsumerRecord has more)."""

    @property
    def offset(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Sequence[tuple[str, bytes]]: ...


class Place(NamedTuple):
    """A partition of a topic."""

    topic: str
    partition: int


class Block:
    """Records of one partition that an agent's body works through as one; it ends by `done` or `later`."""

    __slots__ = (
        "__weakref__",
        "_effects",
        "_lane",
        "finished",
        "first",
        "last",
        "place",
        "records",
        "started",
        "suspicion",
    )

    def __init__(self, lane: "Lane", records: Sequence[Incoming], suspicion: Suspicion = NOBODY) -> None:
        self._lane = lane
        self.place = lane.place
        self.records = records
        self.first = records[0].offset
        self.last = records[-1].offset
        self.finished = False
        self.started = False
        self.suspicion = suspicion
        """With what workers ended that had these records in hand."""
        self._effects: set[asyncio.Future[Any]] = set()

    def __len__(self) -> int:
        return self.last - self.first + 1

    @property
    def is_stale(self) -> bool:
        """Whether the lane has moved on without this block: nobody may work on it."""
        return self not in self._lane

    def done(self) -> None:
        """Everything the records ask for has happened; they may be committed."""
        self.finished = True
        self.records = ()
        self._lane.on_change()

    def done_after(self, effect: "asyncio.Future[Any]") -> None:
        """Like `done`, once the effect has happened; if it fails, the process ends uncommitted."""
        self._effects.add(effect)
        effect.add_done_callback(self._settle)

    def later(self, reason: str, seconds: float = 1.0) -> None:
        """Something the block needs is away: it, and all behind it, comes again after a while."""
        self._lane.put_back(self, reason, seconds)

    @property
    def is_replayed(self) -> bool:
        """Whether its effects have happened, and only the rows are to be made again."""
        return self.last < self._lane.replay_end

    @property
    def is_old_news(self) -> bool:
        """Whether what it shows may be less than what was shown by whoever had the partition before."""
        return self.last < self._lane.news_from

    @property
    def is_settled(self) -> bool:
        """Whether the body said what became of the block, or left an effect that will."""
        return self.finished or self.is_stale or bool(self._effects)

    def _settle(self, effect: "asyncio.Future[Any]") -> None:
        self._effects.discard(effect)
        if effect.cancelled():
            return
        error = effect.exception()
        if error is None:
            self.done()
        else:
            self._lane.on_failure(error)


class Lane:
    """One assigned partition: what was handed out, what is finished, where to read on."""

    def __init__(
        self,
        place: Place,
        position: int,
        *,
        on_change: Callable[[], None],
        on_failure: Callable[[BaseException], None],
    ) -> None:
        self.place = place
        self.position = position
        self.on_change = on_change
        self.on_failure = on_failure
        self.must_seek = False
        self.reason: str | None = None
        self._blocks: deque[Block] = deque()
        self._wait_until = 0.0
        self._rested_at = 0.0
        self._gap: int | None = None
        self.replay_end = 0
        """Records before it were worked on and committed; they come again because the rows of the table are lost."""
        self.news_from = 0
        """Records before it were there when the partition came: later ones may have been told of by who had it."""
        self.suspicion = NOBODY
        """Records a worker had in hand when it ended: they are handed out one by one."""

    @property
    def borders(self) -> tuple[int, int]:
        """Where blocks end, so that each lies on one side of them as a whole."""
        return self.replay_end, self.news_from

    def __contains__(self, block: Block) -> bool:
        return block in self._blocks

    def __iter__(self) -> Iterator[Block]:
        return iter(self._blocks)

    @property
    def outstanding(self) -> int:
        """Records handed out and not finished."""
        return sum(len(block) for block in self._blocks if not block.finished)

    @property
    def is_waiting(self) -> bool:
        """Whether a block was put back and its time has not come."""
        return time.monotonic() < self._wait_until

    def accept(self, records: Sequence[Incoming]) -> Sequence[Incoming]:
        """The records that follow the lane's position; empty, and a seek is due, where some were lost on the way.

        A fetch that was thrown away while the flow was stopped leaves a hole: read again from the position. The same
        hole twice is one in the log itself (transactions, compaction).
        """
        if not records:
            return ()
        first = records[0].offset
        if first > self.position and self._gap != first:
            self._gap = first
            self.must_seek = True
            return ()
        return [record for record in records if record.offset >= self.position]

    @property
    def is_resting(self) -> bool:
        """Whether a block went out so recently that more records shall gather first."""
        return time.monotonic() < self._rested_at

    def rest(self, seconds: float) -> None:
        """Let records gather for so long: a block costs milliseconds however few records it has."""
        self._rested_at = time.monotonic() + seconds

    def hand_out(self, records: Sequence[Incoming]) -> Block:
        """One block, now on its way; reading goes on behind it."""
        block = Block(self, records, self.suspicion if records[0].offset in self.suspicion else NOBODY)
        self._blocks.append(block)
        self.position = block.last + 1
        self.reason = None
        return block

    def put_back(self, block: Block, reason: str, seconds: float) -> None:
        """The block and those behind it go stale; the lane reads from it again after a while."""
        if block not in self._blocks:
            return
        while self._blocks and self._blocks[-1] is not block:
            self._blocks.pop()
        self._blocks.pop()
        self.position = block.first
        self.must_seek = True
        self.reason = reason
        self._wait_until = time.monotonic() + seconds
        self.on_change()

    def retire(self) -> None:
        """The partition is gone: every block of this lane is stale."""
        self._blocks.clear()

    def committable(self) -> int | None:
        """The offset after the contiguous prefix of finished blocks; None if there is none."""
        end = None
        for block in self._blocks:
            if not block.finished:
                break
            end = block.last + 1
        return end

    def forget_through(self, offset: int) -> None:
        """A commit up to `offset` has succeeded: only now the blocks before it may go."""
        while self._blocks and self._blocks[0].finished and self._blocks[0].last < offset:
            self._blocks.popleft()


def cut(
    records: Sequence[Incoming], largest: int, *, at_keys: bool, alone: Suspicion = NOBODY, borders: Sequence[int] = ()
) -> Iterator[Sequence[Incoming]]:
    """Pieces of at most `largest` records; with `at_keys`, a piece ends where the key changes (a run ends).

    Records whose offsets are in `alone` are pieces of their own; no piece holds records before and behind a border,
    which is the offset of the first one behind it.
    """
    behind = {bisect_left(records, border, key=lambda record: record.offset) for border in borders}
    is_anybody_alone = alone is not NOBODY
    if largest < 1:
        raise StreamError("a block holds at least one record")
    start = 0
    for at in range(1, len(records) + 1):
        ends = (
            at == len(records)
            or at - start == largest
            or at in behind
            or (is_anybody_alone and (records[at - 1].offset in alone or records[at].offset in alone))
        )
        if ends or (at_keys and records[at].key != records[start].key):
            yield records[start:at]
            start = at
