"""`submit letters` up to the broker: every fault at once, for people and for programs."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

pytestmark = pytest.mark.usefixtures("a_system")

Run = Callable[..., Result]

PERSON = "Maximiliane"


@pytest.fixture
def a_list(tmp_path: Path) -> Callable[..., Path]:
    """Write a list with these columns and one row."""

    def write(*columns: str) -> Path:
        path = tmp_path / "list.csv"
        path.write_text(",".join(columns) + "\n" + ",".join([PERSON] * len(columns)) + "\n", encoding="utf-8")
        return path

    return write


def codes(result: Result) -> list[str]:
    return [fault["code"] for fault in json.loads(result.stdout)["faults"]]


def test_options_design_and_list_are_all_looked_at(run: Run, tmp_path: Path) -> None:
    absent = tmp_path / "absent"
    options = ["--map", "nonsense", "--notify", "nobody", "--password-secret", "none", "--name", "x" * 201]

    result = run("submit", "letters", "--design", absent, "--recipients", absent, *options, "--json")

    assert result.exit_code == 2
    assert codes(result) == [
        "map_invalid",
        "name_too_long",
        "address_invalid",
        "secret_missing",
        "file_unreadable",
        "file_unreadable",
    ]


def test_a_fault_says_where_it_is_and_what_to_do(run: Run, tmp_path: Path) -> None:
    result = run("submit", "letters", "--design", tmp_path / "a", "--recipients", tmp_path / "b")

    assert result.exit_code == 2
    assert result.stdout == ""
    assert "file_unreadable: --design: a cannot be read" in result.stderr
    assert "file_unreadable: --recipients: b cannot be read" in result.stderr
    assert "Name a file that is there" in result.stderr


def test_columns_that_are_missing_are_told_beside_a_fault_of_an_option(
    run: Run, postcard: Path, a_list: Callable[..., Path]
) -> None:
    recipients = a_list("first_name", "last_name", "street", "postcode", "city", "offer", "code")

    result = run("submit", "letters", "--design", postcard, "--recipients", recipients, "--name", "x" * 201, "--json")

    assert codes(result) == ["name_too_long", "variable_unmapped"]


def test_a_mapping_that_cannot_be_read_makes_no_column_seem_to_be_missing(
    run: Run, postcard: Path, a_list: Callable[..., Path]
) -> None:
    recipients = a_list("who", "last_name", "street", "postcode", "city", "offer", "code", "link")

    result = run(
        "submit", "letters", "--design", postcard, "--recipients", recipients, "--map", "first_name:who", "--json"
    )

    assert codes(result) == ["map_invalid"]


def test_a_variable_mapped_twice_is_a_fault(run: Run, postcard: Path) -> None:
    options = ["--map", "first_name=last_name", "--map", "first_name=city"]

    result = run(
        "submit", "letters", "--design", postcard, "--recipients", postcard / "recipients.csv", *options, "--json"
    )

    assert codes(result) == ["map_repeated"]


def test_no_value_of_a_recipient_is_told(run: Run, postcard: Path, a_list: Callable[..., Path]) -> None:
    recipients = a_list("first_name", "city")

    result = run("submit", "letters", "--design", postcard, "--recipients", recipients)

    assert result.exit_code == 2
    assert "variable_unmapped" in result.stderr
    assert PERSON not in result.output


def test_a_priority_that_does_not_exist_is_refused(run: Run, postcard: Path) -> None:
    result = run("submit", "letters", "--design", postcard, "--recipients", "x", "--priority", "urgent")

    assert result.exit_code == 2
    assert "high" in result.stderr
