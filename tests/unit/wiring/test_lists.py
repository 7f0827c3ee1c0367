"""A list is gone through as a batch would, each recipient with the line he stands on."""

from pathlib import Path

import pytest

from pressrun.domain.errors import FaultyInput
from pressrun.domain.letters import Refusal
from pressrun.domain.letters.review.choices import Recipient
from pressrun.domain.recipients.mapping import Want
from pressrun.lists import open_reading
from pressrun.preparation import RowsOfFile, RowsOfObjects

NAME = Want("name", required=True)
LINK = Want("link", required=False)
PHOTO = Want("photo", required=True, among=frozenset({"assets/a.jpg", "assets/b.jpg", "assets/c.jpg"}))


def a_list(folder: Path, text: str) -> RowsOfFile:
    path = folder / "people.csv"
    path.write_text(text)
    return RowsOfFile(path)


def test_recipients_come_with_their_lines_in_the_file(tmp_path: Path) -> None:
    rows = a_list(tmp_path, 'Name,link\nAnn,x\n\n"Bea\nof Town",\nZoe,z\n')

    with open_reading(rows, [NAME, LINK], {}) as reading:
        recipients = list(reading.recipients)

    assert recipients == [
        Recipient(2, {"name": "Ann", "link": "x"}),
        Recipient(4, {"name": "Bea\nof Town"}),
        Recipient(6, {"name": "Zoe", "link": "z"}),
    ]


def test_lines_are_right_in_every_block(tmp_path: Path) -> None:
    rows = a_list(tmp_path, "name\n" + "".join(f"N{line}\n" for line in range(2, 3_002)))

    with open_reading(rows, [NAME], {}) as reading:
        recipients = list(reading.recipients)

    assert [recipient.record["name"] for recipient in recipients] == [f"N{each.line}" for each in recipients]
    assert len(recipients) == 3_000


def test_a_row_with_a_fault_is_a_recipient_who_is_refused(tmp_path: Path) -> None:
    rows = a_list(tmp_path, "name,link\nAnn\n,x\n")

    with open_reading(rows, [NAME, LINK], {}) as reading:
        refusals = [(recipient.line, recipient.refusal) for recipient in reading.recipients]

    assert refusals == [
        (2, Refusal("row_ragged", "The row on line 2 has 1 cells, the header 2.")),
        (3, Refusal("value_missing", "There is no value for 'name'.")),
    ]


def test_columns_are_told_and_those_nobody_asks_for(tmp_path: Path) -> None:
    rows = a_list(tmp_path, "Given name,URL,shoe size\nAnn,x,9\n")

    with open_reading(rows, [NAME, LINK], {"name": "Given name", "link": "URL"}) as reading:
        assert reading.columns == {"name": "Given name", "link": "URL"}
        assert reading.unused == ("shoe size",)


def test_the_profile_is_of_what_the_recipients_hold() -> None:
    rows = RowsOfObjects([{"name": "Ann", "link": "xé"}, {"name": "Zoë", "link": "x"}])

    with open_reading(rows, [NAME, LINK], {}) as reading:
        list(reading.recipients)
        profile = reading.profile()

    assert profile.characters == "AZnoxéë"


def test_the_profile_names_the_pictures_that_are_asked_for() -> None:
    rows = RowsOfObjects([{"photo": name} for name in ("assets/b.jpg", "assets/a.jpg", "assets/b.jpg", "other.jpg")])

    with open_reading(rows, [PHOTO], {}) as reading:
        list(reading.recipients)

    assert reading.profile().pictures == {"photo": ("assets/a.jpg", "assets/b.jpg")}


def test_a_list_without_the_column_is_a_fault(tmp_path: Path) -> None:
    rows = a_list(tmp_path, "surname\nAnn\n")

    with pytest.raises(FaultyInput) as raised, open_reading(rows, [NAME], {}):
        pass

    assert [fault.code for fault in raised.value.faults] == ["variable_unmapped"]
