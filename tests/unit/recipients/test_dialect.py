"""The delimiter and quote character of a list."""

import pytest

from pressrun.domain.recipients.dialect import Dialect, detect_dialect


def detected(text: str) -> Dialect:
    return detect_dialect(text.encode(), whole=True)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_that_gives_even_rows_is_found(delimiter: str) -> None:
    text = "\n".join(delimiter.join(row) for row in [["name", "city"], ["Ann", "Rome"], ["Bob", "Oslo"]])
    assert detected(text) == Dialect("utf-8", delimiter, '"')


def test_decimal_commas_do_not_make_a_comma_list() -> None:
    assert detected("Ann;1,5;2,5\nBob;2,5;3,5\n").delimiter == ";"


def test_commas_inside_quotes_do_not_count() -> None:
    assert detected('name;note\n"Smith, Ann";"a, b, c"\n"Jones, Bob";"d, e, f"\n').delimiter == ";"


def test_tabs_win_over_commas_inside_the_text() -> None:
    assert detected("id\trgb\n1\t5,6,7\n2\t8,9,1\n").delimiter == "\t"


def test_apostrophes_quote_when_cells_stand_in_them() -> None:
    assert detected("'name','city'\n'Ann','Rome, Italy'\n") == Dialect("utf-8", ",", "'")


def test_apostrophes_inside_names_do_not_quote() -> None:
    assert detected("name,city\nO'Neil,Rome\nD'Arcy,L'Aquila\n").quotechar == '"'


def test_a_list_of_one_column_is_read_with_commas() -> None:
    assert detected("email\nann@example.com\nbob@example.com\n") == Dialect("utf-8", ",", '"')


def test_excels_own_hint_is_believed() -> None:
    assert detected("sep=|\nname,x|city,y\n").delimiter == "|"


def test_an_empty_list_has_a_dialect() -> None:
    assert detected("") == Dialect("utf-8", ",", '"')


def test_a_row_cut_at_the_end_of_the_head_does_not_count() -> None:
    head = "a;b;c\n" + "Ann;x;y\n" * 3 + 'Bob;"open'
    assert detect_dialect(head.encode(), whole=False) == Dialect("utf-8", ";", '"')


def test_a_quote_left_open_does_not_hide_the_rows_before_it() -> None:
    assert detected("a;b\n1;2\n3;4\n" + '5;"' + "x" * 140_000).delimiter == ";"
