"""The header of a list and its faults."""

import pytest

from pressrun.domain.errors import FaultyInput
from pressrun.domain.recipients.dialect import Dialect
from pressrun.domain.recipients.header import MOST_COLUMNS, read_header
from pressrun.domain.recipients.rows import read_rows


def the_header(text: str) -> tuple[tuple[str, ...], int]:
    header, rows = read_header(read_rows([text.encode()], Dialect("utf-8", ",", '"')))
    return header, len(list(rows))


def the_codes(text: str) -> list[str]:
    with pytest.raises(FaultyInput) as caught:
        the_header(text)
    return [fault.code for fault in caught.value.faults]


def test_names_are_stripped_and_normalised() -> None:
    assert the_header(" name ,cafe\u0301\nAnn,x\n") == (("name", "caf\u00e9"), 1)


def test_all_rows_follow_the_header() -> None:
    assert the_header("name\n" + "Ann\n" * 3_000) == (("name",), 3_000)


@pytest.mark.parametrize("text", ["", "\n\n", "name,city\n", "name\n\n"])
def test_a_list_without_rows_is_empty(text: str) -> None:
    assert the_codes(text) == ["list_empty"]


def test_columns_of_the_same_name_are_a_fault() -> None:
    assert the_codes("name,city,name\na,b,c\n") == ["columns_duplicate"]


def test_columns_without_a_name_are_a_fault() -> None:
    assert the_codes("name,,city\na,,c\n") == ["column_unnamed"]
    assert the_codes("name,\na,b\n") == ["column_unnamed"]


def test_columns_without_name_and_values_at_the_end_are_dropped() -> None:
    assert the_header("name,city,, \nAnn,Rome,,\nBob,Oslo\n") == (("name", "city"), 2)


def test_a_value_further_down_keeps_a_column_without_a_name() -> None:
    assert the_codes("name,\n" + "Ann,\n" * 1_000 + "Bob,x\n") == ["column_unnamed"]


def test_a_header_of_nothing_is_a_fault() -> None:
    assert the_codes(",\n,\n") == ["column_unnamed"]


def test_all_faults_are_said_at_once() -> None:
    assert the_codes("name,,name,x\n") == ["columns_duplicate", "column_unnamed", "list_empty"]


def test_a_table_turned_on_its_side_is_refused() -> None:
    names = ",".join(f"c{number}" for number in range(MOST_COLUMNS + 1))
    assert the_codes(f"{names}\n{names}\n") == ["columns_too_many"]


def test_a_long_name_is_cut_in_the_message() -> None:
    long = "x" * 5_000
    with pytest.raises(FaultyInput) as caught:
        the_header(f"{long},{long}\na,b\n")
    assert len(caught.value.faults[0].message) < 200
