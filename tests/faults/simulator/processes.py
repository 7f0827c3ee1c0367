"""One life of a role: it reads blocks, carries effects out one at a time, and loses its memory when it dies.

Every role's `work` is written as its agent is, in the same order of effects; each `yield` names a place where the
process may die, be stopped for a while or be taken for dead.
"""

from collections.abc import Generator, Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeAlias

from faults.simulator.log import Entry, Place, Seat
from faults.simulator.tables import Table

from schemas.events import Event, Record

if TYPE_CHECKING:
    from faults.simulator.world import World

Steps: TypeAlias = Generator[str, None, None]
Work: TypeAlias = Generator[str, None, bool]
"""A body; it returns whether the block is finished, else it comes again after a while."""

MARKER = b"marker/"
FENCE = b"fence/"


class Process:
    """What all roles share: where they read, what they have finished, their table."""

    role: ClassVar[str]
    topic: ClassVar[str]
    keeps_table: ClassVar[bool] = True
    cuts_at_keys: ClassVar[bool] = False

    def __init__(self, world: "World", seat: Seat) -> None:
        self.world = world
        self.seat = seat
        self.place = Place(self.topic, seat.partition)
        self.epoch = world.log.next_epoch(seat)
        if self.keeps_table:
            world.log.write_row(seat, self.epoch, FENCE, b"")
        self.table = Table(world.log.changelogs[seat]) if self.keeps_table else Table({})
        committed = world.log.committed.get(seat)
        is_lost = self.keeps_table and committed is not None and MARKER not in self.table
        self.position = 0 if is_lost or committed is None else committed
        self.replay_end = committed if is_lost and committed else 0
        self.committed = committed or 0
        self.entries = world.log.entries[self.place]
        self.news_from = len(self.entries)
        self.is_old_news = False
        """Whether what a block shows may be less than what was shown by whoever had the seat before."""
        self.intents: dict[str, Any] = {}
        self.done: set[str] = set()
        self.acting: set[str] = set()
        self.waits_until = 0.0
        self.is_at_work = False
        self.arrive()

    def arrive(self) -> None:
        """Partitions have come and their rows are there."""

    def clone(self, world: "World") -> Self:
        """The same memory in another world."""
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__)
        twin.world = world
        twin.table = self.table.clone()
        twin.entries = world.log.entries[self.place]
        twin.done, twin.acting = set(self.done), set(self.acting)
        return twin

    # Reading

    @property
    def is_replaying(self) -> bool:
        """Whether lost rows are being made again, from records whose effects have happened."""
        return self.position < self.replay_end

    def take_block(self) -> Sequence[Entry]:
        """The next records, cut as the consumer cuts them."""
        end = self.position + self.world.chance.block_size()
        end = next((border for border in (self.replay_end, self.news_from) if self.position < border < end), end)
        entries = self.entries[self.position : end]
        if self.cuts_at_keys:
            keys = [entry.key for entry in entries]
            entries = entries[: next((at for at, key in enumerate(keys) if key != keys[0]), len(keys))]
        return entries

    def body(self) -> Steps:
        """One block from reading to commit."""
        entries = self.take_block()
        end = self.position + len(entries)
        self.is_old_news = end <= self.news_from
        if self.keeps_table and MARKER not in self.table and not self.is_replaying:
            self.table[MARKER] = b"1"
        is_done = yield from self.work([entry.event for entry in entries if entry.event is not None])
        if not is_done:
            self.waits_until = self.world.seconds + 1.0
            return
        self.position = end
        if self.world.chance.commits():
            self.commit()
            yield "committed"

    def ready_intent(self) -> str | None:
        """The next intent to be tried, where a role has any."""
        return None

    def try_intent(self, name: str) -> Steps:
        """One try at an intent."""
        raise NotImplementedError

    def ends_at_cancel(self, name: str) -> bool:  # noqa: ARG002 - most roles have no intents
        """Whether a try that stood still has been cancelled meanwhile, and ends where it stands."""
        return False

    def work(self, events: Sequence[Record]) -> Work:
        raise NotImplementedError

    def commit(self) -> None:
        """Note the finished prefix with the broker; only the present member of the group may."""
        if self.position > self.committed and self.world.processes.get(self.seat) is self:
            entries = self.entries[self.committed : self.position]
            self.check_commit([entry.event for entry in entries if entry.event is not None])
            self.world.log.committed[self.seat] = self.committed = self.position

    def check_commit(self, events: Sequence[Record]) -> None:
        """Raise Broken where an effect of these records is not durable."""

    # Effects

    def say(self, record: Record, topic: str, partition: int | None = None, key: str = "") -> Steps:
        self.world.append(self, record, topic, partition, key)
        yield record.type

    def say_all(self, records: Iterable[tuple[Event, str]]) -> Steps:
        for record, topic in self.world.chance.arrange(list(records)):
            self.world.append(self, record, topic, None, "")
            yield record.type

    def bury(self, code: str) -> Steps:
        self.world.buried.append(code)
        yield "buried"

    def flush(self) -> Steps:
        unflushed, self.table.unflushed = self.table.unflushed, {}
        for key, value in unflushed.items():
            self.world.log.write_row(self.seat, self.epoch, key, value)
            yield "row"
