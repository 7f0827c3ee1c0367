"""A batch's state as it is answered."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from pressrun.cli.answers import answer_of, exit_code_of, list_table, show_lines
from pressrun.cli.watching import tell_end
from schemas.batches import BatchState
from schemas.faults import Fault

BEGUN = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ARCHIVES = Path("/srv/archives")
FAULT = Fault(code="list_empty", where="recipients", message="There are no recipients.", remedy="Add one.")


def a_state(**changes: Any) -> BatchState:
    facts = {
        "id": "20260301-120000-abc/state",
        "time": BEGUN,
        "batch_id": "20260301-120000-abc",
        "kind": "letters",
        "name": "Spring [bold]",
        "status": "sealed",
        "attempt": 1,
        "total": 1250,
        "succeeded": 1247,
        "failed": 3,
        "archive": ("20260301-120000-abc-1.zip",),
        "created_at": BEGUN,
        "completed_at": BEGUN + timedelta(seconds=9),
    }
    return BatchState.model_validate({**facts, **changes})


def printed(*things: Any) -> str:
    console = Console(file=io.StringIO(), width=200)
    for thing in things:
        console.print(thing, soft_wrap=True)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_object_of_show_has_the_members_of_the_contract_in_their_order() -> None:
    assert answer_of(a_state(), ARCHIVES) == {
        "batch_id": "20260301-120000-abc",
        "kind": "letters",
        "name": "Spring [bold]",
        "status": "sealed",
        "attempt": 1,
        "total": 1250,
        "succeeded": 1247,
        "failed": 3,
        "cancelled": 0,
        "archive": ["/srv/archives/20260301-120000-abc-1.zip"],
        "created_at": "2026-03-01T12:00:00+00:00",
        "completed_at": "2026-03-01T12:00:09+00:00",
        "error": None,
        "blocked": None,
        "waiting": None,
    }


def test_the_members_of_show_come_in_the_order_of_the_contract() -> None:
    names = "batch_id kind name status attempt total succeeded failed cancelled archive created_at completed_at error"
    names += " blocked waiting"

    assert " ".join(answer_of(a_state(), ARCHIVES)) == names


def test_the_faults_of_a_rejected_batch_are_its_error() -> None:
    answer = answer_of(a_state(status="rejected", total=None, faults=(FAULT,), archive=()), ARCHIVES)

    assert answer["error"] == [FAULT.model_dump()]
    assert answer["total"] is None
    assert answer["archive"] == []


def test_what_a_batch_waits_for_is_its_error() -> None:
    answer: Any = answer_of(a_state(status="running", blocked="disk", completed_at=None), ARCHIVES)

    assert [error["code"] for error in answer["error"]] == ["disk"]
    assert answer["error"][0]["message"] == "The batch is blocked: disk."
    assert "by itself" in answer["error"][0]["remedy"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"failed": 0}, 0),
        ({"failed": 3}, 3),
        ({"status": "rejected"}, 1),
        ({"status": "cancelled", "failed": 0}, 1),
        ({"status": "failed"}, 1),
        ({"status": "running"}, 130),
        ({"status": "closing"}, 130),
    ],
)
def test_the_exit_code_says_how_the_batch_ended(changes: dict[str, Any], code: int) -> None:
    assert exit_code_of(a_state(**changes)) == code


def test_a_batch_is_shown_with_its_name_as_it_is_and_paths_in_one_piece() -> None:
    archive = f"{'long-' * 60}.zip"

    shown = printed(*show_lines(a_state(archive=(archive,)), ARCHIVES))

    assert "Spring [bold]" in shown
    assert f"/srv/archives/{archive}\n" in shown


def test_a_batch_that_is_not_counted_yet_is_shown() -> None:
    shown = printed(*show_lines(a_state(status="submitted", total=None, archive=(), completed_at=None), ARCHIVES))

    assert "not counted yet" in shown
    assert "not yet" in shown


def test_a_list_has_a_line_for_each_batch() -> None:
    shown = printed(list_table([a_state(), a_state(batch_id="20260302-120000-def", total=None, status="submitted")]))

    assert "20260301-120000-abc" in shown
    assert "1,250" in shown
    assert "20260302-120000-def" in shown
    assert "?" in shown


def test_the_end_of_a_batch_names_its_archive(capsys: pytest.CaptureFixture[str]) -> None:
    tell_end("20260301-120000-abc", a_state(), ARCHIVES)

    told = capsys.readouterr()
    assert told.out == ""
    assert "is sealed: 1,250 of 1,250, 3 failed" in told.err
    assert "archive: /srv/archives/20260301-120000-abc-1.zip" in told.err


def test_the_end_of_a_rejected_batch_names_its_faults(capsys: pytest.CaptureFixture[str]) -> None:
    state = a_state(status="rejected", total=None, succeeded=0, failed=0, archive=(), faults=(FAULT,))

    tell_end("20260301-120000-abc", state, ARCHIVES)

    assert "list_empty: recipients: There are no recipients. Add one." in capsys.readouterr().err


@pytest.mark.parametrize("state", [None, a_state(status="running")])
def test_a_batch_that_is_left_running_is_told_how_to_be_watched(
    state: BatchState | None, capsys: pytest.CaptureFixture[str]
) -> None:
    tell_end("20260301-120000-abc", state, ARCHIVES)

    assert "goes on" in capsys.readouterr().err.replace("\n", " ")
