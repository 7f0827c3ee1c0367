"""The table of what is not in an archive: why, and the original row, so that a person can correct it and try again."""

import re
from collections.abc import Iterable, Iterator, Sequence

NAME = "failures.csv"

OWN_COLUMNS = ("index", "code", "message")

# A spreadsheet takes a cell that starts like this for a formula, some also behind white space or in full-width forms.
_FORMULA = re.compile(r"[\s\ufeff\u200b]*[=+\-@\uff1d\uff0b\uff0d\uff20\u2212]|[\t\r\n\0]")
# E.164 numbers have nothing a formula needs, and a quote before them would spoil the next upload.
_PHONE = re.compile(r"\+[0-9]{7,15}")
_NEEDS_QUOTES = re.compile(r'[",\r\n\t;]|^\s|\s$')


def render_header(columns: Sequence[str]) -> bytes:
    """Return the first line: our three columns, then those of the row; a name that is taken gets `_2`, `_3`, …"""
    names = list(OWN_COLUMNS)
    taken = set(names) | set(columns)
    for column in columns:
        names.append(_free_name(column, names, taken))
        taken.add(names[-1])
    return render_row(names)


def render_row(cells: Iterable[str]) -> bytes:
    """Return a line of the table in UTF-8, with every cell harmless to a spreadsheet (OWASP, CSV Injection)."""
    return (",".join(map(_render_cell, cells)) + "\r\n").encode("utf-8", "replace")


def _free_name(column: str, used: Sequence[str], taken: set[str]) -> str:
    if column not in used:
        return column
    number = 2
    while f"{column}_{number}" in taken:
        number += 1
    return f"{column}_{number}"


def _render_cell(cell: str) -> str:
    is_formula = _FORMULA.match(cell) is not None and not _PHONE.fullmatch(cell)
    if is_formula:
        cell = "'" + cell
    if is_formula or _NEEDS_QUOTES.search(cell):
        return '"' + cell.replace('"', '""') + '"'
    return cell


def read_indexes(lines: Iterable[bytes]) -> Iterator[int]:
    """Yield the index of each row of a table that is given in lines; raises ValueError.

    A row ends where its quotes are closed. Only its start is looked at, so that no cell is too long.
    """
    is_open, is_header = False, True
    for line in lines:
        if not is_open:
            start = line.rstrip(b"\r").split(b",", 3)
            if is_header and start[:3] != [name.encode() for name in OWN_COLUMNS]:
                raise ValueError("The table does not start with the columns index, code and message.")
            if not is_header:
                yield _parse_index(start[0])
            is_header = False
        is_open ^= line.count(b'"') % 2 == 1
    if is_open or is_header:
        raise ValueError("The table does not end where a row ends.")


def _parse_index(cell: bytes) -> int:
    if not cell.isdigit() or len(cell) > 10:
        raise ValueError("A row of the table does not start with an index.")
    return int(cell)
