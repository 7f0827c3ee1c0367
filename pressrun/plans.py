"""Stored plans opened for use: canonical rows for the scheduler, compiled designs for workers, cells for the closer."""

import zlib
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import orjson

from pressrun.domain.letters import CompiledDesign
from pressrun.domain.work import Stamper
from schemas.layouts import ROW_LENGTH
from schemas.plans import Plan
from sinks.errors import BlobCorrupt
from sinks.storage import LocalStorage

PLANS_KEPT = 16
BENCHES_KEPT = 4

ValueT = TypeVar("ValueT")


@dataclass(frozen=True, slots=True)
class Bench:
    """A plan and its compiled design, ready to stamp."""

    plan: Plan
    stamper: Stamper

    @property
    def variables(self) -> Sequence[str]:
        return self.plan.variables

    @property
    def total(self) -> int:
        return self.plan.total


class Recent(OrderedDict[str, ValueT]):
    """The last few values by digest; older ones are dropped, so that memory stays bounded."""

    def __init__(self, kept: int) -> None:
        super().__init__()
        self._kept = kept

    def remember(self, key: str, make: Callable[[], ValueT]) -> ValueT:
        if key not in self:
            self[key] = make()
        self.move_to_end(key)
        while len(self) > self._kept:
            self.popitem(last=False)
        return self[key]


class PlanShelf:
    """Plans and their rows by digest; not for several threads at once."""

    def __init__(self, storage: LocalStorage) -> None:
        self._storage = storage
        self._plans: Recent[Plan] = Recent(PLANS_KEPT)
        self._blocks: Recent[list[bytes]] = Recent(PLANS_KEPT)

    def plan(self, digest: str) -> Plan:
        """Raises BlobMissing or BlobCorrupt."""
        return self._plans.remember(digest, lambda: Plan.model_validate_json(self._storage.read_blob(digest)))

    def lines(self, digest: str, first: int, last: int) -> Sequence[bytes]:
        """Canonical lines of items `first` to `last`, which lie in one block of 1,024.

        Raises BlobMissing, and BlobCorrupt for a block that is not as it was stored: never a line of it.
        """
        plan = self.plan(digest)
        number = first // ROW_LENGTH
        if last // ROW_LENGTH != number or last >= plan.total:
            raise ValueError(f"items {first} to {last} do not lie in one block of the plan's {plan.total} rows")
        block = self._blocks.remember(f"{digest}/{number}", lambda: self._read_block(plan, number))
        return block[first - number * ROW_LENGTH : last - number * ROW_LENGTH + 1]

    def cells(self, digest: str, index: int) -> Sequence[str]:
        """The original cells of one row, for failures.csv."""
        cells: list[str] = orjson.loads(self.lines(digest, index, index)[0])["cells"]
        return cells

    def _read_block(self, plan: Plan, number: int) -> list[bytes]:
        start, end = plan.row_offsets[number], plan.row_offsets[number + 1]
        block = self._storage.read_range(plan.rows, start, end - start)
        if plan.row_checksums and zlib.crc32(block) != plan.row_checksums[number]:
            raise BlobCorrupt("Stored rows are not those the plan was made of.")
        return block.splitlines()


class BenchShelf:
    """Opened plans of workers."""

    def __init__(self, storage: LocalStorage, load: Callable[[bytes], Stamper] = CompiledDesign.from_bytes) -> None:
        self._storage = storage
        self._load = load
        self._plans = PlanShelf(storage)
        self._benches: Recent[Bench] = Recent(BENCHES_KEPT)

    def plan(self, digest: str) -> Plan:
        """Raises BlobMissing or BlobCorrupt."""
        return self._plans.plan(digest)

    def open(self, digest: str) -> Bench:
        """Raises BlobMissing, BlobCorrupt, or what an unreadable compiled design raises."""
        return self._benches.remember(digest, lambda: self._make(digest))

    def _make(self, digest: str) -> Bench:
        plan = self._plans.plan(digest)
        return Bench(plan, self._load(self._storage.read_blob(plan.compiled)))
