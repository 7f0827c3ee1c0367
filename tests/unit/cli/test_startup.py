"""Starting a system, as far as it goes without a broker."""

import fcntl
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from pressrun.settings import Settings
from pressrun.startup import broker_settings_of
from pressrun.system import read_system

Run = Callable[..., Result]


def test_a_second_system_in_a_data_directory_is_refused(run: Run, a_system: Settings) -> None:
    with (a_system.home / "up.lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        result = run("up")

    assert result.exit_code == 1
    assert result.stderr.startswith(f"system_running: a system already runs in {a_system.home} (process ")
    assert read_system(a_system) is not None


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that can run no broker."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("JAVA_HOME", raising=False)


@pytest.mark.usefixtures("no_engine")
def test_where_no_broker_can_be_started_everything_tried_is_told_and_no_system_is_left(
    run: Run, settings: Settings
) -> None:
    result = run("up")

    assert result.exit_code == 1
    assert result.stderr.startswith("no_broker_engine: ")
    assert "docker" in result.stderr
    assert "java" in result.stderr
    assert result.stdout == ""
    assert read_system(settings) is None
    assert not (settings.home / "system.json").exists()


@pytest.mark.usefixtures("no_engine")
def test_signals_are_handled_as_before_once_a_system_has_ended(run: Run) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)]

    run("up")

    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)] == before


def test_the_broker_of_a_system_lives_in_its_data_directory(tmp_path: Path) -> None:
    broker = broker_settings_of(Settings(data_dir=tmp_path / "mine", broker_heap_mb=300))

    assert broker.directory == tmp_path / "mine" / "broker"
    assert (broker.address, broker.heap_mb) == (None, 300)
