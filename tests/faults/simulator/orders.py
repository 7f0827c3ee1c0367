"""What is handed in to the simulated system, and what its outcomes must be."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from pressrun.domain.letters import Letter, Refusal
from pressrun.domain.schedules import plan_layout
from schemas.events import Priority
from schemas.faults import Fault
from schemas.items import ItemReleased
from schemas.results import BatchAccepted, BatchReceived, BatchRejected
from schemas.submissions import BatchSubmitted, CancelBatch
from schemas.ticks import Tick

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
PLAN = "ab" * 32
ITEM_PARTITIONS = 2
TICK = Tick(id="tick", time=START)
VARIABLES = ("name",)
KILLS = "__kill__"
CONTACT = "contact.json"
REFUSED = "\u2603"


@dataclass(frozen=True, slots=True)
class Order:
    """One batch: which indexes fail by their row, which kill their worker, and whether somebody is to be told."""

    number: int = 0
    total: int = 8
    failing: frozenset[int] = frozenset()
    killing: frozenset[int] = frozenset()
    notify: bool = True
    is_faulty: bool = False
    priority: Priority = "normal"

    @property
    def batch_id(self) -> str:
        return BATCH_IDS[self.number]


BATCH_IDS = tuple(f"batch-{number:04d}" for number in range(8))
NUMBERS = {batch_id: number for number, batch_id in enumerate(BATCH_IDS)}


class Stamps:
    """A compiled design whose letters are all alike; one value it cannot draw."""

    def stamp(self, record: dict[str, str]) -> Letter | Refusal:
        return _REFUSAL if record["name"] == REFUSED else _LETTER


_LETTER = Letter(b"%PDF", b"", 0, "00" * 32)
_REFUSAL = Refusal("glyph_missing", "a character has no glyph")


@lru_cache(maxsize=1024)
def submission_of(order: Order) -> BatchSubmitted:
    return BatchSubmitted(
        id=f"{order.batch_id}/submitted",
        time=START,
        batch_id=order.batch_id,
        kind="letters",
        plan=PLAN,
        notify="someone" if order.notify else None,
    )


@lru_cache(maxsize=1024)
def reception_of(order: Order) -> BatchReceived:
    return BatchReceived(id=f"{order.batch_id}/received", time=START, batch_id=order.batch_id, kind="letters", name="")


@lru_cache(maxsize=1024)
def decision_on(order: Order) -> BatchAccepted | BatchRejected:
    """What intake finds out: the same each time."""
    if order.is_faulty:
        fault = Fault(code="list_empty", where="recipients", message="no rows", remedy="add some")
        return BatchRejected(
            id=f"{order.batch_id}/rejected", time=START, batch_id=order.batch_id, kind="letters", faults=(fault,)
        )
    return BatchAccepted(
        id=f"{order.batch_id}/accepted",
        time=START,
        batch_id=order.batch_id,
        attempt=1,
        kind="letters",
        name="",
        priority=order.priority,
        total=order.total,
        plan=PLAN,
        layout=plan_layout(order.total, ITEM_PARTITIONS, order.number),
        submitted_at=START,
    )


def cancel_of(order: Order, number: int) -> CancelBatch:
    return CancelBatch(id=f"{order.batch_id}/cancel/{number}", time=START, batch_id=order.batch_id)


def item_of(order: Order, index: int, repair: int) -> ItemReleased:
    value = KILLS if index in order.killing else REFUSED if index in order.failing else "Ada"
    return _item(order.batch_id, index, repair, value)


@lru_cache(maxsize=4096)
def _item(batch_id: str, index: int, repair: int, value: str) -> ItemReleased:
    return ItemReleased(
        id=f"{batch_id}/1/{index}",
        time=START,
        batch_id=batch_id,
        attempt=1,
        index=index,
        plan=PLAN,
        repair=repair,
        values=(value,),
    )


def bits_of(indexes: Iterable[int]) -> int:
    bits = 0
    for index in indexes:
        bits |= 1 << index
    return bits
