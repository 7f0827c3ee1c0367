"""Takes the header off the rows of a list and says what is wrong with it."""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain, islice

from pressrun.domain.errors import FaultyInput
from pressrun.domain.recipients.faults import list_fault, listed
from pressrun.domain.recipients.rows import ListRow
from schemas.faults import Fault

MOST_COLUMNS = 1_000
"""A wider list is a table turned on its side, or read with the wrong delimiter."""

_LOOKED_AHEAD = 1_024


def read_header(rows: Iterator[ListRow]) -> tuple[tuple[str, ...], Iterator[ListRow]]:
    """The names of the columns (NFC, without surrounding white space) and the rows after them.

    Columns without a name at the right end are dropped when the next 1,024 rows have nothing in them, as spreadsheets
    write them. Raises FaultyInput with all of `list_empty`, `columns_too_many`, `columns_duplicate`, `column_unnamed`.
    """
    first = next(rows, None)
    if first is None:
        message = "The list is empty: it has neither a header nor rows."
        raise FaultyInput([list_fault("list_empty", message, "Submit a list with a header and at least one row.")])
    ahead = list(islice(rows, _LOOKED_AHEAD))
    names = [unicodedata.normalize("NFC", cell).strip() for cell in first.cells]
    while len(names) > 1 and not names[-1] and not any("".join(row.cells[len(names) - 1 :]).strip() for row in ahead):
        names.pop()
    faults = check_columns(names, line=first.line)
    if not ahead:
        message = "The list has a header and no rows."
        faults.append(list_fault("list_empty", message, "Add the recipients.", line=first.line))
    if faults:
        raise FaultyInput(faults)
    return tuple(names), chain(ahead, rows)


def check_columns(names: Sequence[str], *, line: int | None) -> list[Fault]:
    """The faults of column names: too many, duplicate, missing."""
    if len(names) > MOST_COLUMNS:
        message = f"The list has {len(names):,} columns; {MOST_COLUMNS:,} are allowed."
        return [list_fault("columns_too_many", message, "Check the delimiter, or leave columns out.", line=line)]
    faults = []
    duplicates = [name for name, count in Counter(names).items() if name and count > 1]
    if duplicates:
        message = f"More than one column is called {listed(duplicates)}."
        faults.append(list_fault("columns_duplicate", message, "Give each column a name of its own.", line=line))
    unnamed = [str(position) for position, name in enumerate(names, start=1) if not name]
    if unnamed:
        message = f"Without a name: column {', '.join(unnamed[:10])} of {len(names)}."
        faults.append(list_fault("column_unnamed", message, "Name it in the header, or remove it.", line=line))
    return faults
