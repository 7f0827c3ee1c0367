"""Makes canonical rows: NDJSON lines with the values of a design's variables, or with what is wrong with the row."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import TypeAlias

import orjson

from pressrun.domain.recipients.faults import listed, shown
from pressrun.domain.recipients.header import MOST_COLUMNS
from pressrun.domain.recipients.mapping import Want
from pressrun.domain.recipients.rows import ListRow, RowFault

ROWS_PER_BLOCK = 1_024
"""One bitmap row of the tally, and the distance of the offsets in a plan."""

LONGEST_VALUE = 10_000
"""Characters of one value: some three full pages, more than any text box holds."""

LONGEST_LINE = 256_000
"""Bytes of one canonical line; a run of them must fit into producer batches."""

MOST_SHARED = 200
"""Distinct unusual characters up to which every letter carries all: some 40 KB of glyphs."""

SELDOM = 0.02
"""Share of the recipients under which a glyph (about 200 bytes) costs less where it is used than in every letter."""

_USUAL = re.compile("[\x00-\u058f\u1e00-\u23ff]+")
"""Latin, Greek, Cyrillic, Armenian and punctuation: alphabets, of which a list holds a few hundred characters."""

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
"""Everything of Unicode's category Cc but tab, line feed and carriage return."""

_Values: TypeAlias = Sequence[str | None]


class Canonicaliser:
    """Turns the rows of one list into canonical lines and gathers what the compiler of a design must know of them.

    `total` and `faulty` count the rows so far. `characters`, `rare` and `gathered` tell of the values of rows without
    a fault.
    """

    def __init__(self, header: Sequence[str], wants: Sequence[Want], mapping: Mapping[str, int]) -> None:
        self.total = 0
        self.faulty = 0
        self._header = tuple(header)
        self._width = len(header)
        self._wants = tuple(wants)
        self._columns = tuple(mapping.get(want.name) for want in wants)
        self._characters: dict[str, set[str]] = {want.name: set() for want in wants}
        self._unusual: Counter[str] = Counter()
        self._gathered: dict[str, set[str]] = {want.name: set() for want in wants if want.among}

    @property
    def characters(self) -> str:
        """The distinct characters of all values, sorted by code point."""
        return "".join(sorted(set().union(*self._characters.values())))

    @property
    def spoken(self) -> Mapping[str, str]:
        """Variable -> the distinct characters of its values, sorted by code point."""
        return {name: "".join(sorted(characters)) for name, characters in self._characters.items()}

    @property
    def rare(self) -> str:
        """The characters too seldom for every letter to carry them, sorted: none while there are few altogether."""
        if len(self._unusual) <= MOST_SHARED:
            return ""
        seldom = max(2, SELDOM * (self.total - self.faulty))
        return "".join(sorted(character for character, count in self._unusual.items() if count < seldom))

    @property
    def gathered(self) -> Mapping[str, tuple[str, ...]]:
        """Variable -> those of the values it gathers that occur, sorted."""
        return {name: tuple(sorted(values)) for name, values in self._gathered.items()}

    def feed(self, rows: Iterable[ListRow]) -> Iterator[bytes]:
        """The lines of a list, in blocks of exactly 1,024 but for the last; to be called once, with all rows.

        A line is `{"values":[…],"cells":[…]}` or `{"fault":{"code":…,"message":…},"cells":[…]}`: values in the order
        of the wants, NFC, stripped, null when there is none; cells as they were.
        """
        remaining = iter(rows)
        while block := list(islice(remaining, ROWS_PER_BLOCK)):
            yield self._canonical_block(block)

    def _canonical_block(self, rows: Sequence[ListRow]) -> bytes:
        outcomes = self._outcomes(rows)
        lines = [_line(row, outcome) for row, outcome in zip(rows, outcomes, strict=True)]
        if len(max(lines, key=len)) > LONGEST_LINE:
            outcomes = [
                self._too_long(row) if len(line) > LONGEST_LINE and not isinstance(outcome, RowFault) else outcome
                for row, line, outcome in zip(rows, lines, outcomes, strict=True)
            ]
            lines = [_line(row, outcome) for row, outcome in zip(rows, outcomes, strict=True)]
        good = [outcome for outcome in outcomes if not isinstance(outcome, RowFault)]
        self.total += len(rows)
        self.faulty += len(rows) - len(good)
        self._gather(good)
        return b"".join(lines)

    def _outcomes(self, rows: Sequence[ListRow]) -> list[_Values | RowFault]:
        picked = [self._pick(row) for row in rows]
        # One look at all values of a block costs a tenth of one look at each.
        if not _is_plain([values for values in picked if not isinstance(values, RowFault)]):
            picked = [values if isinstance(values, RowFault) else self._cleaned(values) for values in picked]
        return [values if isinstance(values, RowFault) else self._completed(values) for values in picked]

    def _pick(self, row: ListRow) -> list[str] | RowFault:
        cells = row.cells
        if row.fault is not None:
            return row.fault
        if len(cells) != self._width and (len(cells) < self._width or "".join(cells[self._width :]).strip()):
            return RowFault(
                "row_ragged", f"The row on line {row.line} has {len(cells)} cells, the header {self._width}."
            )
        return ["" if column is None else cells[column].strip() for column in self._columns]

    def _cleaned(self, values: Sequence[str]) -> list[str] | RowFault:
        normal = [unicodedata.normalize("NFC", value) for value in values]
        for want, value in zip(self._wants, normal, strict=True):
            control = _CONTROL.search(value)
            if control:
                message = f"{shown(want.name)} holds the control character U+{ord(control[0]):04X}."
                return RowFault("value_control_character", message)
            if len(value) > LONGEST_VALUE:
                message = f"{shown(want.name)} has {len(value):,} characters; {LONGEST_VALUE:,} are allowed."
                return RowFault("value_too_long", message)
        return normal

    def _completed(self, values: Sequence[str]) -> _Values | RowFault:
        if "" not in values:
            return values
        missing = [want.name for want, value in zip(self._wants, values, strict=True) if want.required and not value]
        if missing:
            return RowFault("value_missing", f"There is no value for {listed(missing)}.")
        return [value or None for value in values]

    def _too_long(self, row: ListRow) -> RowFault:
        longest = max(range(len(self._header)), key=lambda column: len(row.cells[column]))
        message = f"The row is longer than {LONGEST_LINE:,} bytes, most of it in column {shown(self._header[longest])}."
        return RowFault("value_too_long", message)

    def _gather(self, good: Sequence[_Values]) -> None:
        for position, want in enumerate(self._wants):
            found = [values[position] or "" for values in good]
            text = "".join(found)
            self._characters[want.name].update(text)
            if not text.isascii():
                self._unusual.update(_USUAL.sub("", text))
            if want.among:
                self._gathered[want.name].update(want.among.intersection(found))


def _is_plain(rows: Sequence[Sequence[str]]) -> bool:
    """Whether no value needs a second look: NFC (which is closed under substrings), no controls, none too long."""
    text = "".join(chain.from_iterable(rows))
    longest = max(map(len, chain.from_iterable(rows)), default=0)
    return longest <= LONGEST_VALUE and unicodedata.is_normalized("NFC", text) and not _CONTROL.search(text)


def _line(row: ListRow, outcome: _Values | RowFault) -> bytes:
    if not isinstance(outcome, RowFault):
        return orjson.dumps({"values": outcome, "cells": row.cells}, option=orjson.OPT_APPEND_NEWLINE)
    fault = {"code": outcome.code, "message": outcome.message}
    line = orjson.dumps({"fault": fault, "cells": row.cells}, option=orjson.OPT_APPEND_NEWLINE)
    if len(line) <= LONGEST_LINE:
        return line
    fault["message"] += " The cells kept here are cut."
    return orjson.dumps({"fault": fault, "cells": _cut(row.cells)}, option=orjson.OPT_APPEND_NEWLINE)


def _cut(cells: Sequence[str]) -> list[str]:
    kept = cells[:MOST_COLUMNS]
    # JSON writes a control character with 6 bytes; 16,000 are left for the message, quotes and commas.
    longest = (LONGEST_LINE - 16_000) // (6 * len(kept))
    return [cell[:longest] for cell in kept]
