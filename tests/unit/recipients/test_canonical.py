"""Canonical rows: what survives, what is a failed outcome, and what is gathered."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressrun.domain.recipients.canonical import LONGEST_LINE, LONGEST_VALUE, MOST_SHARED, ROWS_PER_BLOCK, Canonicaliser
from pressrun.domain.recipients.mapping import Want, map_columns
from pressrun.domain.recipients.rows import ListRow, RowFault

HEADER = ("name", "city", "code")
WANTS = (Want("name", required=True), Want("title", required=False))


def a_row(*cells: str, line: int = 2) -> ListRow:
    return ListRow(line, cells)


def a_canonicaliser(header: Sequence[str] = HEADER, wants: Sequence[Want] = WANTS) -> Canonicaliser:
    return Canonicaliser(header, wants, map_columns(header, wants, {}))


def the_line(row: ListRow, canonicaliser: Canonicaliser | None = None) -> dict[str, Any]:
    (block,) = (canonicaliser or a_canonicaliser()).feed([row])
    assert len(block) <= LONGEST_LINE
    line: dict[str, Any] = json.loads(block)
    return line


def the_name(cell: str) -> str:
    value: str = the_line(a_row(cell, "Rome", "1"))["values"][0]
    return value


def test_a_line_holds_values_in_the_order_of_the_wants_and_the_cells_as_they_were() -> None:
    (block,) = a_canonicaliser().feed([a_row(" Ann ", "Rome", "")])
    assert block == b'{"values":["Ann",null],"cells":[" Ann ","Rome",""]}\n'


def test_values_are_composed_and_stripped_of_any_white_space() -> None:
    assert the_name("\u00a0\u3000Zoe\u0308\n") == "Zo\u00eb"


@pytest.mark.parametrize(
    "text",
    [
        "/etc/passwd",
        "../../x",
        "=SUM(A1:A9)",
        "+4912345678",
        "<b>bold</b>",
        "{{other}}",
        "${name}",
        "%s %d",
        "a\tb\nc\r\nd",
        "U+FFFD \ufffd",
        "\u0645\u0631 \u202e\u200f",
        "\U0001f469\u200d\U0001f467",
        "x" * 5_000,
        "x" * LONGEST_VALUE,
    ],
)
def test_any_text_is_just_text(text: str) -> None:
    assert the_name(text) == text.strip()


def test_a_missing_required_value_is_a_failed_row() -> None:
    line = the_line(a_row("  ", "Rome", "1"))
    assert line == {
        "fault": {"code": "value_missing", "message": "There is no value for 'name'."},
        "cells": ["  ", "Rome", "1"],
    }


def test_all_missing_variables_are_named() -> None:
    wants = [Want(name, required=True) for name in HEADER]
    line = the_line(a_row("", "Rome", ""), a_canonicaliser(wants=wants))
    assert line["fault"]["message"] == "There is no value for 'name' and 'code'."


@pytest.mark.parametrize("cells", [("Ann",), ("Ann", "Rome"), ("Ann", "Rome", "1", "extra"), ("A", "B", "C", "", "D")])
def test_a_ragged_row_is_a_failed_row(cells: tuple[str, ...]) -> None:
    line = the_line(a_row(*cells, line=7))
    assert line["fault"] == {
        "code": "row_ragged",
        "message": f"The row on line 7 has {len(cells)} cells, the header 3.",
    }


def test_empty_cells_too_many_at_the_end_are_tolerated() -> None:
    assert the_line(a_row("Ann", "Rome", "1", "", " "))["values"] == ["Ann", None]


@pytest.mark.parametrize(("character", "shown"), [("\x01", "U+0001"), ("\x7f", "U+007F"), ("\x9d", "U+009D")])
def test_a_control_character_is_a_failed_row(character: str, shown: str) -> None:
    fault = the_line(a_row(f"A{character}n", "Rome", "1"))["fault"]
    assert fault["code"] == "value_control_character"
    assert fault["message"] == f"'name' holds the control character {shown}."


def test_a_control_character_in_a_column_nobody_wants_does_no_harm() -> None:
    assert the_line(a_row("Ann", "R\x01me", "1"))["values"] == ["Ann", None]


def test_a_value_too_long_is_a_failed_row() -> None:
    fault = the_line(a_row("x" * (LONGEST_VALUE + 1), "Rome", "1"))["fault"]
    assert (fault["code"], "'name'" in fault["message"]) == ("value_too_long", True)


@pytest.mark.parametrize("filler", ["x", "\x01", "\u20ac", "\U0001f600"])
def test_a_row_longer_than_a_line_may_be_is_a_failed_row_with_its_cells_cut(filler: str) -> None:
    line = the_line(a_row("Ann", filler * 300_000, "1"))
    assert line["fault"]["code"] == "value_too_long"
    assert "'city'" in line["fault"]["message"]
    assert line["cells"][0] == "Ann"
    assert set(line["cells"][1]) == {filler}


def test_a_ragged_row_of_100000_cells_still_fits_a_line() -> None:
    line = the_line(a_row(*["\x01x"] * 100_000))
    assert line["fault"]["code"] == "row_ragged"


def test_a_fault_found_while_reading_stays() -> None:
    row = ListRow(2, ("Ann", "Rome", "1"), RowFault("value_not_text", "why"))
    assert the_line(row)["fault"] == {"code": "value_not_text", "message": "why"}


def test_the_message_of_a_fault_never_holds_a_value() -> None:
    rows = [
        a_row("Canary\x01", "Canary", "Canary"),
        a_row("Canary"),
        a_row("", "Canary", "Canary"),
        a_row("Canary" * 9_999, "Canary", "Canary"),
        a_row("Canary", "Canary" * 99_999, "Canary"),
    ]
    (block,) = a_canonicaliser().feed(rows)
    messages = [json.loads(line)["fault"]["message"] for line in block.splitlines()]
    assert not [message for message in messages if "Canary" in message]


@pytest.mark.parametrize("total", [1, 1_023, 1_024, 1_025, 3_000])
def test_blocks_hold_1024_rows_but_for_the_last(total: int) -> None:
    canonicaliser = a_canonicaliser()
    counts = [block.count(b"\n") for block in canonicaliser.feed(a_row("Ann", "Rome", "1") for _ in range(total))]
    assert counts == [ROWS_PER_BLOCK] * (total // ROWS_PER_BLOCK) + (
        [total % ROWS_PER_BLOCK] if total % ROWS_PER_BLOCK else []
    )
    assert canonicaliser.total == total


def test_no_rows_give_no_blocks() -> None:
    assert list(a_canonicaliser().feed([])) == []


def test_one_odd_row_changes_nothing_for_its_neighbours() -> None:
    canonicaliser = a_canonicaliser()
    rows = [
        a_row("Ann", "Rome", "1"),
        a_row("A\x01", "Rome", "1"),
        a_row("", "x", "y"),
        a_row("Zoe\u0308", "Rome", "1"),
    ]
    (block,) = canonicaliser.feed(rows)
    lines = [json.loads(line) for line in block.splitlines()]
    assert [line.get("values") for line in lines] == [["Ann", None], None, None, ["Zo\u00eb", None]]
    assert (canonicaliser.total, canonicaliser.faulty) == (4, 2)


def test_characters_are_those_of_good_values_sorted_and_composed() -> None:
    canonicaliser = a_canonicaliser()
    list(canonicaliser.feed([a_row("Zoe\u0308", "Rome", "1"), a_row("B\x01", "Rome", "1"), a_row("aZ", "Rome", "1")]))
    assert canonicaliser.characters == "Zao\u00eb"


def test_of_a_wanted_set_the_values_that_occur_are_gathered() -> None:
    wants = [Want("code", required=False, among=frozenset({"a.png", "b.png", "c.png"})), Want("name", required=True)]
    canonicaliser = a_canonicaliser(wants=wants)
    rows = [a_row("x", "", "b.png"), a_row("x", "", "else"), a_row("x", "", ""), a_row("x", "", "a.png")]
    list(canonicaliser.feed(rows))
    assert canonicaliser.gathered == {"code": ("a.png", "b.png")}


def test_characters_few_rows_use_are_rare_where_there_are_many() -> None:
    canonicaliser = a_canonicaliser()
    often = "\u5c71"
    seldom = [chr(0x4E00 + place) for place in range(MOST_SHARED)]
    list(canonicaliser.feed([a_row(often + character, "Rome", "1") for character in seldom]))
    assert canonicaliser.rare == "".join(sorted(set(seldom)))


def test_no_character_is_rare_where_there_are_few_or_of_an_alphabet() -> None:
    canonicaliser = a_canonicaliser()
    letters = [chr(0x400 + place) for place in range(250)]
    list(canonicaliser.feed([a_row("\u5c71" + letter, "Rome", "1") for letter in letters]))
    assert canonicaliser.rare == ""


CELLS = st.lists(st.text(st.characters(codec="utf-8"), max_size=10), max_size=6)


@given(st.lists(CELLS, max_size=8))
def test_rows_in_one_block_read_as_each_would_alone(table: list[list[str]]) -> None:
    rows = [a_row(*cells) for cells in table]
    alone = b"".join(b"".join(a_canonicaliser().feed([row])) for row in rows)
    assert b"".join(a_canonicaliser().feed(rows)) == alone
    assert [json.loads(line)["cells"] for line in alone.split(b"\n")[:-1]] == table
