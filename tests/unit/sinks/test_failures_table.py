"""The table of failures: nothing in it runs in a spreadsheet, and nothing of a row is lost."""

import csv
import io

import pytest
from cases import case_set
from hypothesis import given
from hypothesis import strategies as st

from sinks.failures_table import read_indexes, render_header, render_row

INTRUDER = "csv_injection/Intruder/csv-payload.txt"


FULL_WIDTH = ["\uff1d", "\uff0b", "\uff0d", "\uff20"]


def read(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(), newline="")))


def render_cell(cell: str) -> bytes:
    return render_row([cell]).removesuffix(b"\r\n")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\0", " =", "\ufeff=", *FULL_WIDTH])
def test_a_cell_that_could_be_a_formula_is_quoted_and_led_by_an_apostrophe(start: str) -> None:
    assert render_cell(f'{start}1"') == f'"\'{start}1"""'.encode()


@pytest.mark.parametrize("phone", ["+4915112345678", "+1234567"])
def test_a_phone_number_stays_as_it_is(phone: str) -> None:
    assert render_cell(phone) == phone.encode()


@pytest.mark.parametrize(
    "almost", ["+123456", "+1234567890123456", "+12345678\n", "+1234567+1", "+49 151 1234567", "+123456\uff17"]
)
def test_what_is_almost_a_phone_number_is_a_formula(almost: str) -> None:
    assert render_cell(almost).startswith(b"\"'")


@pytest.fixture
def payloads() -> list[str]:
    return [line for line in case_set(INTRUDER).read_text().splitlines() if line.strip()]


def test_no_published_payload_is_left_a_formula(payloads: list[str]) -> None:
    for payload in payloads:
        ((cell,),) = read(render_row([payload]))
        assert cell == payload or cell == "'" + payload
        assert cell.lstrip()[:1] not in {"=", "+", "-", "@"}


def test_columns_whose_names_are_taken_get_numbers() -> None:
    header = render_header(["name", "index", "name", "code", "name_2", "name"])
    assert header == b"index,code,message,name,index_2,name_3,code_2,name_2,name_4\r\n"


def test_a_column_name_is_no_formula_either() -> None:
    assert render_header(["=1"]) == b'index,code,message,"\'=1"\r\n'


harmless = st.text(st.characters(exclude_categories=["Cs"])).filter(lambda text: not text[:1].isspace())


@given(st.lists(harmless, min_size=2, max_size=5))
def test_cells_are_read_back_as_they_were_but_for_the_apostrophe(cells: list[str]) -> None:
    (row,) = read(render_row(cells))
    assert [cell for cell, original in zip(row, cells, strict=True) if cell not in {original, "'" + original}] == []


@given(st.lists(st.lists(harmless, max_size=3), max_size=5))
def test_each_row_has_one_index_whatever_its_cells_hold(rows: list[list[str]]) -> None:
    table = render_header(["name"]) + b"".join(render_row([str(number), *cells]) for number, cells in enumerate(rows))
    lines = table.split(b"\n")[:-1]
    assert list(read_indexes(iter(lines))) == list(range(len(rows)))


@pytest.mark.parametrize(
    "lines", [[], [b"index,code"], [b"index,code,message", b"x,y,z"], [b"index,code,message", b'1,"open,']]
)
def test_another_table_is_refused(lines: list[bytes]) -> None:
    with pytest.raises(ValueError, match="table"):
        list(read_indexes(iter(lines)))
