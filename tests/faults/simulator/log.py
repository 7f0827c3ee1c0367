"""The log of the simulated world: partitions as lists, committed offsets, changelogs, and who may still write."""

from collections import defaultdict
from functools import cache
from typing import NamedTuple

from schemas.events import Record


class Seat(NamedTuple):
    """A role on one partition of the topic it reads; whoever sits there may commit for it and write its changelog."""

    role: str
    partition: int


UNFENCED = frozenset({"intake", "render"})
"""Roles without a table: their producers carry no epoch, what they say bears repetition."""


class Place(NamedTuple):
    """A partition of a topic."""

    topic: str
    partition: int


@cache
def changelog_of(seat: Seat) -> Place:
    """Where the rows of the seat's table lie."""
    return Place(f"{seat.role}-changelog", seat.partition)


class Entry(NamedTuple):
    """A record as it lies on a partition; a `replayed` one was put there by a fault and is nobody's word."""

    event: Record | None
    key: str
    replayed: bool = False


class Fenced(Exception):
    """A newer epoch of this seat has written here: the broker refuses the older one."""


class Log:
    """What survives every crash of a role."""

    def __init__(self) -> None:
        self.entries: defaultdict[Place, list[Entry]] = defaultdict(list)
        self.committed: dict[Seat, int] = {}
        self.changelogs: defaultdict[Seat, dict[bytes, bytes]] = defaultdict(dict)
        self.epochs: dict[Seat, int] = {}
        self._newest: dict[tuple[Place, Seat], int] = {}

    def clone(self) -> "Log":
        """The log as it is, to be continued in another way; entries are immutable and shared."""
        twin = Log()
        twin.entries = defaultdict(list, {place: list(entries) for place, entries in self.entries.items()})
        twin.committed = dict(self.committed)
        twin.changelogs = defaultdict(dict, {seat: dict(rows) for seat, rows in self.changelogs.items()})
        twin.epochs = dict(self.epochs)
        twin._newest = dict(self._newest)
        return twin

    def next_epoch(self, seat: Seat) -> int:
        """The epoch of whoever sits down now."""
        epoch = self.epochs.get(seat, 0) + 1
        self.epochs[seat] = epoch
        return epoch

    def append(self, place: Place, entry: Entry, seat: Seat, epoch: int) -> None:
        """A record becomes durable; raises Fenced for an epoch older than one that has written to the partition."""
        self._let_write(place, seat, epoch)
        self.entries[place].append(entry)

    def write_row(self, seat: Seat, epoch: int, key: bytes, value: bytes | None) -> None:
        """A changelog record becomes durable; kept compacted, as recovery sees it. Raises Fenced."""
        self._let_write(changelog_of(seat), seat, epoch)
        if value is None:
            self.changelogs[seat].pop(key, None)
        else:
            self.changelogs[seat][key] = value

    def _let_write(self, place: Place, seat: Seat, epoch: int) -> None:
        if seat.role in UNFENCED:
            return
        newest = self._newest.get((place, seat), 0)
        if epoch < newest:
            raise Fenced
        if epoch > newest:
            self._newest[place, seat] = epoch

    def end(self, place: Place) -> int:
        """The offset after the last record."""
        return len(self.entries[place])
