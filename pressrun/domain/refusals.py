"""Why a record that can be read is still a bad one: it speaks of indexes that cannot be."""

from collections.abc import Iterable
from dataclasses import dataclass

from schemas.events import IndexRange
from schemas.layouts import ROW_LENGTH


@dataclass(frozen=True, slots=True)
class Refuse:
    """Effect: the record that carried the event is a bad record."""

    code: str
    reason: str


def refuse_outside(total: int | None, ranges: Iterable[IndexRange]) -> Refuse | None:
    """Indexes a batch cannot have; while its total is unknown a range may be as wide as a bitmap row."""
    for span in ranges:
        if span.last < span.first:
            return Refuse("range_reversed", "a range ends before it begins")
        if total is None and span.last - span.first >= ROW_LENGTH:
            return Refuse("range_too_wide", "a range is wider than a run can be")
        if total is not None and span.last >= total:
            return Refuse("index_outside", "an index is not in the batch")
    return None
