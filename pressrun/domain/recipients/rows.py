"""Reads the rows of a list from its bytes as they stream by."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pressrun.domain.errors import FaultyInput
from pressrun.domain.recipients.dialect import Dialect
from pressrun.domain.recipients.faults import list_fault
from pressrun.domain.recipients.lines import AFTER_THE_LAST, LINE_END, ListLines
from schemas.faults import Fault


@dataclass(frozen=True, slots=True)
class RowFault:
    """Why a row cannot be used: the outcome `failed` of its item, never a fault of the list."""

    code: str
    message: str


class ListRow(NamedTuple):
    """The cells of a row as written, the line it begins on (from 1), and what is already known to be wrong with it.

    A named tuple because there may be a million: a frozen dataclass takes three times as long to make.
    """

    line: int
    cells: tuple[str, ...]
    fault: RowFault | None = None


def read_rows(blocks: Iterable[bytes], dialect: Dialect) -> Iterator[ListRow]:
    """The rows of a list, its header the first; blank lines and Excel's `sep=;` line are skipped.

    Raises FaultyInput when the list cannot be read to its end: `list_undecodable`, `list_nul`, `quote_unclosed`,
    `cell_too_long` (over the parser's 131,072 characters) or `row_too_long`.
    """
    lines = ListLines(blocks, dialect.encoding)
    reader = csv.reader(lines, delimiter=dialect.delimiter, quotechar=dialect.quotechar)
    line = 1
    try:
        for cells in reader:
            if lines.ended:
                _refuse_open_quote(cells, line, reader.line_num)
            elif not _is_blank(cells) and not (line == 1 and _is_excel_hint(cells)):
                yield ListRow(line, tuple(cells))
            lines.pending = 0
            line = reader.line_num + 1
    except csv.Error as error:
        raise FaultyInput([_unreadable(line, reader.line_num)]) from error


def _is_blank(cells: Sequence[str]) -> bool:
    # A row of delimiters is a row with empty cells; so is one cell that is empty, as only quotes can write it.
    return not cells or (len(cells) == 1 and cells[0].isspace())


def _is_excel_hint(cells: Sequence[str]) -> bool:
    return len(cells) == 2 and cells[0].lower() == "sep=" and not cells[1]


def _refuse_open_quote(cells: Sequence[str], line: int, reached: int) -> None:
    """The parser takes a quote left open at the end for a closed one; the line after the last then ends up inside."""
    if line == reached and cells == [AFTER_THE_LAST]:
        return
    opened = line + sum(len(LINE_END.findall(cell)) for cell in cells[:-1])
    message = "A quotation mark is opened here and never closed: the rest of the list would be one cell."
    raise FaultyInput([list_fault("quote_unclosed", message, "Close it, or double it inside a cell.", line=opened)])


def _unreadable(line: int, reached: int) -> Fault:
    if reached > line:
        message = f"A quotation mark is opened in the row that begins here and is still open on line {reached}."
        return list_fault("quote_unclosed", message, "Close it, or double it inside a cell.", line=line)
    message = "A cell has more than 131,072 characters."
    return list_fault("cell_too_long", message, "Shorten it, or check delimiter and quotation marks.", line=line)
