"""The rows of a list: exact cells, the lines they begin on, and every way in which a list cannot be read."""

import csv
import io
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressrun.domain.errors import FaultyInput
from pressrun.domain.recipients.dialect import Dialect, detect_dialect
from pressrun.domain.recipients.lines import LONGEST_ROW
from pressrun.domain.recipients.rows import ListRow, read_rows
from schemas.faults import Fault

COMMA = Dialect("utf-8", ",", '"')


def cut(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


def the_rows(data: bytes, dialect: Dialect = COMMA, *, size: int = 65_536) -> list[ListRow]:
    return list(read_rows(cut(data, size), dialect))


def the_cells(data: bytes, dialect: Dialect = COMMA, *, size: int = 65_536) -> list[tuple[str, ...]]:
    return [row.cells for row in the_rows(data, dialect, size=size)]


def the_fault(data: bytes, dialect: Dialect = COMMA, *, size: int = 65_536) -> Fault:
    with pytest.raises(FaultyInput) as caught:
        the_rows(data, dialect, size=size)
    (fault,) = caught.value.faults
    return fault


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("size", [1, 2, 3, 65_536])
def test_every_line_end_works_wherever_a_block_is_cut(end: str, size: int) -> None:
    data = end.join(["name,city", "Zoë,Rome", "Bob,Oslo"]).encode()
    assert the_rows(data, size=size) == [
        ListRow(1, ("name", "city")),
        ListRow(2, ("Zoë", "Rome")),
        ListRow(3, ("Bob", "Oslo")),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_inside_quotes_are_kept_and_counted(end: str) -> None:
    data = f'name,address{end}Ann,"High Street 1{end}Rome"{end}Bob,x{end}'.encode()
    assert the_rows(data, size=5) == [
        ListRow(1, ("name", "address")),
        ListRow(2, ("Ann", f"High Street 1{end}Rome")),
        ListRow(4, ("Bob", "x")),
    ]


def test_other_unicode_line_separators_do_not_end_a_row() -> None:
    data = "a,b\nx\u2028y,z\x0b\x0c\x85\n".encode()
    assert the_cells(data) == [("a", "b"), ("x\u2028y", "z\x0b\x0c\x85")]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_is_not_part_of_the_first_cell(encoding: str) -> None:
    data = "name,city\nZoë,Kraków\n".encode(encoding)
    assert the_cells(data, detect_dialect(data, whole=True), size=3) == [("name", "city"), ("Zoë", "Kraków")]


def test_blank_lines_are_skipped_and_counted() -> None:
    assert the_rows(b"\n  \nname\n\nAnn\n\t\n\n") == [ListRow(3, ("name",)), ListRow(5, ("Ann",))]


def test_a_row_of_delimiters_is_a_row_with_empty_cells() -> None:
    assert the_cells(b'a,b\n,\n""\n') == [("a", "b"), ("", ""), ("",)]


def test_excels_hint_is_no_row() -> None:
    assert the_rows(b"sep=;\r\nname;city\r\n", Dialect("utf-8", ";", '"')) == [ListRow(2, ("name", "city"))]


def test_an_empty_list_has_no_rows() -> None:
    assert the_rows(b"") == []


def test_a_cell_of_100_kb_is_read() -> None:
    assert the_cells(b"name\n" + b"x" * 100_000 + b"\n")[1] == ("x" * 100_000,)


def test_ragged_rows_are_rows() -> None:
    assert the_cells(b"a,b\n1\n1,2,3\n") == [("a", "b"), ("1",), ("1", "2", "3")]


def test_a_quote_never_closed_is_named_with_the_line_it_stands_on() -> None:
    fault = the_fault(b'name,note\nAnn,x\nBob,"never closed\nCid,y\n')
    assert (fault.code, fault.where) == ("quote_unclosed", "recipients line 3")


def test_the_line_of_an_open_quote_counts_the_lines_of_the_cells_before_it() -> None:
    fault = the_fault(b'name,note\n"An\nn","never closed\nCid,y\n')
    assert (fault.code, fault.where) == ("quote_unclosed", "recipients line 3")


@pytest.mark.parametrize("data", [b'name\n"', b'name\nAnn\n"\n', b'a,b\n1,"'])
def test_a_quote_opened_at_the_very_end_is_found(data: bytes) -> None:
    assert the_fault(data).code == "quote_unclosed"


def test_an_open_quote_that_swallows_a_long_list_is_named_with_the_line_of_its_row() -> None:
    fault = the_fault(b'name,note\nAnn,x\nBob,"never closed\n' + b"Cid,y\n" * 50_000)
    assert (fault.code, fault.where) == ("quote_unclosed", "recipients line 3")


def test_a_cell_longer_than_the_parser_takes_is_a_fault_of_its_line() -> None:
    fault = the_fault(b"name\nAnn\n" + b"x" * 131_073 + b"\n")
    assert (fault.code, fault.where) == ("cell_too_long", "recipients line 3")


def test_a_row_without_an_end_is_refused_before_it_fills_the_memory() -> None:
    fed = 0

    def endless() -> Iterator[bytes]:
        nonlocal fed
        yield b"a,b\n"
        while True:
            fed += 1
            yield b"x," * 32_768

    with pytest.raises(FaultyInput) as caught:
        list(read_rows(endless(), COMMA))
    assert [(fault.code, fault.where) for fault in caught.value.faults] == [("row_too_long", "recipients line 2")]
    assert fed * 65_536 <= LONGEST_ROW + 3 * 65_536


def test_a_list_may_be_longer_than_the_longest_row() -> None:
    rows = read_rows(cut(b"name,city\n" * (LONGEST_ROW // 5), 65_536), COMMA)
    assert sum(1 for _ in rows) == LONGEST_ROW // 5


@pytest.mark.parametrize("size", [1, 7, 65_536])
def test_wrong_bytes_are_a_fault_of_their_line(size: int) -> None:
    fault = the_fault(b"name\nAnn\r\nBob\rCid\nZo\xeb\nDan\n", size=size)
    assert (fault.code, fault.where) == ("list_undecodable", "recipients line 5")


def test_a_character_cut_off_at_the_end_is_a_fault() -> None:
    assert the_fault("name\nZoë".encode()[:-1]).where == "recipients line 2"


def test_wrong_bytes_leave_no_trace_of_the_row_in_the_error() -> None:
    with pytest.raises(FaultyInput) as caught:
        the_rows(b"name\nSecretName\xeb\n")
    assert caught.value.__cause__ is None
    assert "Secret" not in str(caught.value)


@pytest.mark.parametrize("size", [1, 65_536])
def test_a_nul_character_is_a_fault_of_its_line(size: int) -> None:
    fault = the_fault(b"name\nAnn\nB\x00b\n", size=size)
    assert (fault.code, fault.where) == ("list_nul", "recipients line 3")


def test_rows_before_a_fault_have_been_given() -> None:
    rows = read_rows([b"name\nAnn\n", b"Zo\xeb\n"], COMMA)
    assert next(rows).cells == ("name",)
    assert next(rows).cells == ("Ann",)


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)


@given(
    table=st.lists(st.lists(TEXT, min_size=2, max_size=5), max_size=8),
    delimiter=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    size=st.integers(1, 40),
    encoding=st.sampled_from(["utf-8", "utf-16-le", "utf-32-be"]),
)
def test_what_csv_writes_is_read_back(
    table: list[list[str]], delimiter: str, end: str, size: int, encoding: str
) -> None:
    if table:
        # A leading U+FEFF is a byte order mark, which is dropped; `sep=` on the first line is Excel's hint.
        table[0][0] = "first"
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(table)
    cells = the_cells(file.getvalue().encode(encoding), Dialect(encoding, delimiter, '"'), size=size)
    assert cells == [tuple(row) for row in table]
