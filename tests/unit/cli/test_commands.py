"""The command line as a whole: what it offers, how it fails, what it does not load."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from pressrun.settings import Settings

Run = Callable[..., Result]

COMMANDS = (
    ("up",),
    ("work",),
    ("submit", "letters"),
    ("watch",),
    ("cancel",),
    ("show",),
    ("batches",),
    ("verify",),
    ("letters", "render"),
    ("letters", "store"),
    ("broker", "start"),
    ("broker", "stop"),
    ("broker", "status"),
    ("topics", "apply"),
    ("dead-letters", "list"),
    ("dead-letters", "show"),
    ("dead-letters", "replay"),
    ("notices", "list"),
    ("notices", "resend"),
    ("notices", "settle"),
    ("topics", "list"),
    ("doctor",),
    ("demo",),
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(run: Run, command: tuple[str, ...]) -> None:
    result = run(*command, "--help")

    assert result.exit_code == 0
    assert f"Usage: pressrun {' '.join(command)}" in result.stdout


def test_submit_takes_every_option_of_the_contract(run: Run) -> None:
    offered = set(re.findall(r"--[a-z-]+", run("submit", "letters", "--help").stdout))

    assert offered >= {
        "--design",
        "--recipients",
        "--page",
        "--fonts",
        "--map",
        "--name",
        "--notify",
        "--priority",
        "--password-secret",
        "--wait",
        "--json",
    }


def test_the_version_is_said(run: Run) -> None:
    result = run("--version")

    assert result.exit_code == 0
    assert re.fullmatch(r"pressrun \d+\.\d+\.\d+\n", result.stdout)


@pytest.mark.parametrize(
    "command",
    [("show", "20260101-000000-aa"), ("watch", "20260101-000000-aa"), ("cancel", "20260101-000000-aa"), ("batches",)],
)
def test_without_a_running_system_a_command_says_how_to_start_one(run: Run, command: tuple[str, ...]) -> None:
    result = run(*command)

    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("system_down: ")
    assert "pressrun up" in result.stderr


def test_submitting_without_a_running_system_says_how_to_start_one(run: Run, postcard: Path) -> None:
    result = run("submit", "letters", "--design", postcard, "--recipients", postcard / "recipients.csv")

    assert result.exit_code == 1
    assert result.stderr.startswith("system_down: ")
    assert "pressrun up" in result.stderr


def test_with_json_an_error_is_one_object_on_standard_output(run: Run) -> None:
    result = run("show", "20260101-000000-aa", "--json")

    assert result.exit_code == 1
    assert json.loads(result.stdout).keys() == {"error", "message", "faults"}
    assert json.loads(result.stdout)["error"] == "system_down"


@pytest.mark.parametrize("command", [("broker", "status"), ("topics", "list"), ("topics", "apply")])
def test_without_a_broker_a_command_says_how_to_start_one(run: Run, command: tuple[str, ...]) -> None:
    result = run(*command)

    assert result.exit_code == 1
    assert "pressrun broker start" in result.stderr


def test_stopping_a_broker_that_does_not_run_is_no_error(run: Run) -> None:
    assert run("broker", "stop").exit_code == 0


def test_a_setting_that_cannot_be_read_is_named_without_its_value(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRESSRUN_WORKERS", "Many-secret-words")
    monkeypatch.setenv("PRESSRUN_DISK_RESERVE_MB", "-1")

    result = run("batches")

    assert result.exit_code == 2
    assert "PRESSRUN_WORKERS" in result.stderr
    assert "PRESSRUN_DISK_RESERVE_MB" in result.stderr
    assert "secret-words" not in result.output


def test_a_data_directory_that_cannot_be_made_is_an_error(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("PRESSRUN_DATA_DIR", str(tmp_path / "file" / "var"))

    result = run("up")

    assert result.exit_code == 1
    assert result.stderr == f"machine_refused: {tmp_path / 'file' / 'var'}: Not a directory\n"


def test_a_role_that_does_not_exist_is_refused_with_those_that_do(run: Run) -> None:
    result = run("work", "cook")

    assert result.exit_code == 2
    assert "intake, explode, render, aggregate, close, notify" in result.stderr


def test_a_role_without_a_broker_cannot_start(settings: Settings) -> None:
    role = subprocess.run(
        [sys.executable, "-m", "pressrun", "work", "intake"], capture_output=True, text=True, check=False
    )

    assert role.returncode == 78
    assert role.stderr.startswith("system_down: ")
    assert (settings.logs / "intake-0.log").exists()


@pytest.mark.parametrize("command", ["show 20260101-000000-aa", "batches", "--version"])
def test_looking_at_batches_loads_neither_the_renderer_nor_faust(command: str) -> None:
    program = (
        "import sys\nfrom pressrun.cli.commands import app\n"
        f"try:\n    app({command.split()!r})\nexcept SystemExit:\n    print(*sys.modules)"
    )

    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()

    assert "typer" in loaded
    assert not {"reportlab", "pikepdf", "fontTools", "uharfbuzz", "faust"} & set(loaded)
