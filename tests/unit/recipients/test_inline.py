"""Recipients inside a submission read like the rows of a list."""

from typing import Any

import pytest

from pressrun.domain.errors import FaultyInput
from pressrun.domain.recipients.inline import rows_of_objects
from pressrun.domain.recipients.rows import ListRow


def the_row(recipient: dict[str, Any]) -> ListRow:
    _, rows = rows_of_objects([recipient])
    return next(rows)


def test_keys_are_columns_in_the_order_they_first_appear() -> None:
    header, rows = rows_of_objects([{"name": "Ann", "city": "Rome"}, {"zip": "1", "name": "Bob"}])
    assert header == ("name", "city", "zip")
    assert list(rows) == [ListRow(1, ("Ann", "Rome", "")), ListRow(2, ("Bob", "", "1"))]


def test_whole_numbers_become_digits_and_null_is_empty() -> None:
    assert the_row({"count": 1_000_000, "below": -1, "none": None}).cells == ("1000000", "-1", "")


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (1.5, "a decimal number"),
        (True, "true or false"),
        (["x"], "a list"),
        ({"x": 1}, "an object"),
        (10**100, "a huge number"),
        ("\ud800", "broken text"),
    ],
)
def test_what_is_no_text_is_a_fault_of_its_row(value: object, kind: str) -> None:
    row = the_row({"name": "Ann", "amount": value})
    assert row.cells == ("Ann", "")
    assert row.fault is not None
    assert row.fault.code == "value_not_text"
    assert f"'amount' holds {kind}" in row.fault.message


def test_no_recipients_are_a_fault() -> None:
    with pytest.raises(FaultyInput) as caught:
        rows_of_objects([])
    assert [fault.code for fault in caught.value.faults] == ["list_empty"]


def test_keys_follow_the_rules_of_columns() -> None:
    with pytest.raises(FaultyInput) as caught:
        rows_of_objects([{"name": "a", " name": "b", "": "c"}])
    assert [fault.code for fault in caught.value.faults] == ["columns_duplicate", "column_unnamed"]
