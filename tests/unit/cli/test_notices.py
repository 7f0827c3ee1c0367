"""The commands about notices: what they show, what they refuse, and that they say how to go on."""

import json
import subprocess
import sys
from collections.abc import Callable

import pytest
from builders import NOW, a_moment, a_sealing
from rich.console import Console
from typer.testing import Result

from pressrun.cli.notices_commands import answer_of, table_of
from pressrun.domain.notices import Notice, begun_of, ended_of, mean, step
from pressrun.settling import NoticeSettled, resend_notice, settle_notice
from schemas.notices import NoticeOutcome

Run = Callable[..., Result]
NOBODY = "127.0.0.1:1"
MEANT = mean(a_sealing())


def a_notice(*outcomes: NoticeOutcome) -> Notice:
    """A notice that was tried so often, with these outcomes."""
    notice = MEANT
    for number, outcome in enumerate(outcomes, 1):
        for event in (begun_of(notice, number, a_moment()), ended_of(notice, number, outcome, "a_code", a_moment())):
            following, _ = step(notice, event, a_moment())
            assert following is not None
            notice = following
    return notice


@pytest.mark.parametrize("command", ["list", "resend", "settle"])
def test_every_command_explains_itself(run: Run, command: str) -> None:
    result = run("notices", command, "--help")

    assert result.exit_code == 0
    assert f"Usage: pressrun notices {command}" in result.stdout


@pytest.mark.parametrize(
    "command", [("list",), ("resend", "20260101-000000-aa"), ("settle", "20260101-000000-aa", "--as", "sent")]
)
def test_without_a_running_system_a_command_says_how_to_start_one(run: Run, command: tuple[str, ...]) -> None:
    result = run("notices", *command)

    assert result.exit_code == 1
    assert result.stderr.startswith("system_down: ")


def test_with_json_an_error_is_one_object_on_standard_output(run: Run) -> None:
    result = run("notices", "list", "--json")

    assert result.exit_code == 1
    assert json.loads(result.stdout)["error"] == "system_down"


@pytest.mark.parametrize("outcome", ["unknown", "waiting", ""])
def test_a_notice_is_settled_only_as_something(run: Run, outcome: str) -> None:
    assert run("notices", "settle", "20260101-000000-aa", "--as", outcome).exit_code == 2


def test_what_is_shown_of_a_notice_tells_its_state_its_try_and_why() -> None:
    answer = answer_of(a_notice("waiting", "unknown"))

    assert (answer["state"], answer["number"], answer["code"]) == ("unknown", 2, "a_code")
    assert answer["changed_at"] == NOW.isoformat()
    assert json.dumps(answer)


def test_the_table_has_a_line_for_each_notice() -> None:
    console = Console(width=200, record=True, quiet=False, file=None, stderr=True)

    with console.capture() as shown:
        console.print(table_of([MEANT, a_notice("failed")]))

    header, first, second = shown.get().splitlines()
    assert header.split()[0] == "batch"
    assert "meant" in first
    assert "failed" in second
    assert "a_code" in second


@pytest.mark.parametrize("notice", [MEANT, a_notice("waiting")])
def test_a_notice_on_its_way_is_not_resent(notice: Notice) -> None:
    with pytest.raises(NoticeSettled, match=notice.state):
        resend_notice(notice, NOBODY)


@pytest.mark.parametrize("notice", [MEANT, a_notice("waiting"), a_notice("sent"), a_notice("failed")])
def test_only_an_unknown_notice_is_settled(notice: Notice) -> None:
    with pytest.raises(NoticeSettled, match=notice.state):
        settle_notice(notice, "sent", NOBODY)


def test_looking_at_notices_loads_neither_the_renderer_nor_faust() -> None:
    program = "import sys, pressrun.notices, pressrun.cli.notices_commands\nprint(*sys.modules)"

    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()

    assert "typer" in loaded
    assert not {"reportlab", "pikepdf", "fontTools", "uharfbuzz", "faust", "aiohttp"} & set(loaded)
