"""The tally of an attempt: which indexes have which outcome, as sets; how many is only ever read off the sets."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from schemas.events import IndexRange
from schemas.layouts import ROW_LENGTH, Layout

ROW_BYTES = ROW_LENGTH // 8

Outcome = Literal["succeeded", "failed", "cancelled"]
OUTCOMES: tuple[Outcome, ...] = ("succeeded", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class Row:
    """Outcomes of 1,024 indexes as three disjoint bitmaps; bit i stands for the row's i-th index."""

    succeeded: int = 0
    failed: int = 0
    cancelled: int = 0

    @property
    def answered(self) -> int:
        return self.succeeded | self.failed | self.cancelled

    def answer(self, outcome: Outcome, bits: int) -> "Row":
        """The row with `bits` answered; the first answer of an index wins, a repeat changes nothing."""
        new = bits & ~self.answered
        return Row(
            self.succeeded | (new if outcome == "succeeded" else 0),
            self.failed | (new if outcome == "failed" else 0),
            self.cancelled | (new if outcome == "cancelled" else 0),
        )

    def to_bytes(self) -> bytes:
        """384 bytes: succeeded, failed, cancelled, least significant bit first."""
        return b"".join(bits.to_bytes(ROW_BYTES, "little") for bits in (self.succeeded, self.failed, self.cancelled))

    @staticmethod
    def from_bytes(data: bytes) -> "Row":
        return Row(*(int.from_bytes(data[at : at + ROW_BYTES], "little") for at in (0, ROW_BYTES, 2 * ROW_BYTES)))


@dataclass(frozen=True, slots=True)
class Counts:
    """How many indexes have each outcome."""

    succeeded: int = 0
    failed: int = 0
    cancelled: int = 0

    @property
    def answered(self) -> int:
        return self.succeeded + self.failed + self.cancelled

    def moved(self, before: Row, after: Row) -> "Counts":
        """The counts after one row changed: what its sets now hold in place of what they held."""
        return Counts(
            self.succeeded - before.succeeded.bit_count() + after.succeeded.bit_count(),
            self.failed - before.failed.bit_count() + after.failed.bit_count(),
            self.cancelled - before.cancelled.bit_count() + after.cancelled.bit_count(),
        )


_NOTHING = Row()


@dataclass(frozen=True, slots=True)
class Tally:
    """All rows of one attempt; rows without an answer are absent."""

    rows: Mapping[int, Row] = field(default_factory=dict)
    counts: Counts = Counts()

    @staticmethod
    def of(rows: Mapping[int, Row]) -> "Tally":
        """The tally of rows read back from storage."""
        counts = Counts()
        for row in rows.values():
            counts = counts.moved(_NOTHING, row)
        return Tally(rows, counts)

    def answer(self, outcome: Outcome, ranges: Iterable[IndexRange]) -> "Tally":
        """The tally with these indexes answered; answers already there stay."""
        rows = dict(self.rows)
        counts = self.counts
        for number, bits in _bits_by_row(ranges):
            before = rows.get(number, _NOTHING)
            after = before.answer(outcome, bits)
            if after != before:
                rows[number] = after
                counts = counts.moved(before, after)
        return Tally(rows, counts)

    def changed_rows(self, before: "Tally") -> dict[int, Row]:
        """Rows that differ from `before`."""
        return {number: row for number, row in self.rows.items() if before.rows.get(number) is not row}

    def is_complete(self, total: int) -> bool:
        """Whether the union of the outcomes is exactly 0 … total-1."""
        return self.counts.answered == total and not self.missing(total)

    def missing(self, end: int) -> tuple[IndexRange, ...]:
        """The indexes below `end` without an outcome, as ranges in order."""
        found: list[IndexRange] = []
        for number in range((end + ROW_LENGTH - 1) // ROW_LENGTH):
            width = min(ROW_LENGTH, end - number * ROW_LENGTH)
            open_bits = ((1 << width) - 1) & ~self.rows.get(number, _NOTHING).answered
            if open_bits:
                _append_ranges(found, number * ROW_LENGTH, open_bits)
        return tuple(found)

    def answered_by_partition(self, layout: Layout) -> tuple[int, ...]:
        """Answered indexes on each partition of the items topic."""
        answered = [0] * layout.partitions
        run_mask = (1 << layout.run_length) - 1
        for number, row in self.rows.items():
            bits = row.answered
            for start in range(0, ROW_LENGTH, layout.run_length):
                run = (bits >> start) & run_mask
                if run:
                    answered[layout.partition_of(number * ROW_LENGTH + start)] += run.bit_count()
        return tuple(answered)

    def bitmap(self, outcome: Outcome, total: int) -> bytes:
        """One outcome's indexes: bit i of byte i // 8, least significant first, ceil(total / 8) bytes."""
        rows = (total + ROW_LENGTH - 1) // ROW_LENGTH
        whole = b"".join(
            getattr(self.rows.get(number, _NOTHING), outcome).to_bytes(ROW_BYTES, "little") for number in range(rows)
        )
        return whole[: (total + 7) // 8]


def ranges_of(indexes: Iterable[int]) -> tuple[IndexRange, ...]:
    """Ascending indexes as ranges."""
    found: list[IndexRange] = []
    first = last = -2
    for index in indexes:
        if index != last + 1:
            if last >= 0:
                found.append(IndexRange(first=first, last=last))
            first = index
        last = index
    if last >= 0:
        found.append(IndexRange(first=first, last=last))
    return tuple(found)


def _bits_by_row(ranges: Iterable[IndexRange]) -> Iterable[tuple[int, int]]:
    for span in ranges:
        for number in range(span.first // ROW_LENGTH, span.last // ROW_LENGTH + 1):
            low = max(span.first - number * ROW_LENGTH, 0)
            high = min(span.last - number * ROW_LENGTH, ROW_LENGTH - 1)
            yield number, ((1 << (high - low + 1)) - 1) << low


def _append_ranges(found: list[IndexRange], start: int, bits: int) -> None:
    while bits:
        low = (bits & -bits).bit_length() - 1
        length = (~(bits >> low) & ((bits >> low) + 1)).bit_length() - 1
        span = IndexRange(first=start + low, last=start + low + length - 1)
        if found and found[-1].last + 1 == span.first:
            span = IndexRange(first=found.pop().first, last=span.last)
        found.append(span)
        bits &= ~(((1 << length) - 1) << low)
