"""The work on one item of kind `letters`: its outcome depends only on the compiled design and the row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol, TypeAlias

from pressrun.domain.letters import Letter, Refusal
from pressrun.domain.tally import ranges_of
from schemas.items import ItemReleased
from schemas.results import FailedIndex, ItemsFinished


class Stamper(Protocol):
    """A compiled design (pressrun.domain.letters.CompiledDesign), as far as the work needs it."""

    def stamp(self, record: dict[str, str]) -> Letter | Refusal: ...


class Made(NamedTuple):
    """An artifact: what all of its batch begin with (one object), and its own bytes; the rest is of both together.

    A tuple: hundreds of thousands are made a minute, and a frozen dataclass takes four times as long.
    """

    index: int  # type: ignore[assignment] # hides tuple's method of this name, which nobody asks an item for
    shared: bytes
    tail: bytes
    size: int
    crc32: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Failed:
    """Why there is no artifact; the message is for the batch's owner."""

    index: int
    code: str
    message: str


Outcome: TypeAlias = Made | Failed


def make_letter(stamper: Stamper, variables: Sequence[str], item: ItemReleased) -> Outcome:
    """Stamp the item's letter; a faulty row or a refusal is a failed outcome, never an exception."""
    if item.fault is not None:
        return Failed(item.index, item.fault.code, item.fault.message)
    if len(item.values) != len(variables):
        return Failed(item.index, "values_mismatched", "the item does not carry one value per variable of its plan")
    record = {name: value for name, value in zip(variables, item.values, strict=True) if value is not None}
    stamp = stamper.stamp(record)
    if isinstance(stamp, Refusal):
        return Failed(item.index, stamp.code, stamp.message)
    prefix, tail = stamp.prefix, stamp.tail
    return Made(item.index, prefix, tail, len(prefix) + len(tail), stamp.crc32, stamp.sha256)


Work: TypeAlias = Callable[[Stamper, Sequence[str], ItemReleased], Outcome]


def give_up(_stamper: Stamper, _variables: Sequence[str], item: ItemReleased) -> Outcome:
    """The outcome of an item with which worker after worker ended."""
    return Failed(item.index, "work_crashed", "The work on this item ended its worker each time it was tried.")


def finished(item: ItemReleased, outcomes: Sequence[Outcome], segment: str, size: int, time: datetime) -> ItemsFinished:
    """What a worker says of one segment; `item` is any of its items. No message: those are in the segment."""
    return ItemsFinished(
        id=f"{item.batch_id}/{item.attempt}/{segment}",
        time=time,
        batch_id=item.batch_id,
        attempt=item.attempt,
        succeeded=ranges_of(sorted(outcome.index for outcome in outcomes if isinstance(outcome, Made))),
        failures=tuple(FailedIndex(index=out.index, code=out.code) for out in outcomes if isinstance(out, Failed)),
        segment=segment,
        size=size,
        repair=item.repair,
    )
