"""A list gone through only to be looked at: each recipient as a batch would see him, nothing stored."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import orjson

from pressrun.domain.letters import Profile, Refusal
from pressrun.domain.letters.review.choices import Recipient
from pressrun.domain.recipients.canonical import Canonicaliser
from pressrun.domain.recipients.mapping import Want, map_columns
from pressrun.domain.recipients.rows import ListRow
from pressrun.preparation import List, RowsOfFile, RowsOfObjects, profile_of


@dataclass(frozen=True, slots=True)
class Reading:
    """An open list: `columns` tells the column of each variable, `unused` are the columns no variable is taken from.

    `recipients` can be gone through once; then the profile is that of the whole list.
    """

    columns: Mapping[str, str]
    unused: tuple[str, ...]
    recipients: Iterator[Recipient]
    canonical: Canonicaliser

    def profile(self) -> Profile:
        """What the recipients so far hold."""
        return profile_of(self.canonical)


@contextmanager
def open_reading(
    rows: RowsOfFile | RowsOfObjects, wants: Sequence[Want], mapping: Mapping[str, str]
) -> Iterator[Reading]:
    """Open a list; raises FaultyInput, as going through it does."""
    with rows.open() as opened:
        yield read_list(opened, wants, mapping)


def read_list(
    opened: List, wants: Sequence[Want], mapping: Mapping[str, str], *, columns_required: bool = True
) -> Reading:
    """A list whose header has been read; raises FaultyInput for columns that do not fit the wants.

    Where columns are not required, who lacks one is a recipient without a value.
    """
    header, rows = opened
    asked = wants if columns_required else [replace(want, required=False) for want in wants]
    columns = map_columns(header, asked, mapping)
    canonical = Canonicaliser(header, wants, columns)
    used = set(columns.values())
    return Reading(
        columns={name: header[column] for name, column in columns.items()},
        unused=tuple(name for position, name in enumerate(header) if position not in used),
        recipients=_read_recipients(canonical, rows, [want.name for want in wants]),
        canonical=canonical,
    )


def _read_recipients(canonical: Canonicaliser, rows: Iterator[ListRow], names: Sequence[str]) -> Iterator[Recipient]:
    lines: list[int] = []
    # A block comes as soon as its rows have been taken, so that the lines noted are just those of its rows.
    for block in canonical.feed(_note_lines(rows, lines)):
        for line, canonical_line in zip(lines, block.splitlines(), strict=True):
            yield _read_recipient(line, orjson.loads(canonical_line), names)
        lines.clear()


def _note_lines(rows: Iterator[ListRow], lines: list[int]) -> Iterator[ListRow]:
    for row in rows:
        lines.append(row.line)
        yield row


def _read_recipient(line: int, row: Mapping[str, Any], names: Sequence[str]) -> Recipient:
    if "fault" in row:
        return Recipient(line, {}, Refusal(row["fault"]["code"], row["fault"]["message"]))
    values = zip(names, row["values"], strict=True)
    return Recipient(line, {name: value for name, value in values if value is not None})
