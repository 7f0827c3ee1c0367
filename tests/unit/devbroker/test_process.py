"""Processes that are ours, and none that is not."""

import os
import select
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.devbroker.process import carries, end_process, look_with_ps, recorded_pid, run_command, spawn_detached

MARK = "-Dpressrun.broker=0123456789ab"


def wait_for_writer(fifo: Path) -> str:
    """What a process writes once it runs; a process that never does fails the test instead of hanging it."""
    with os.fdopen(os.open(fifo, os.O_RDONLY | os.O_NONBLOCK), encoding="utf-8") as stream:
        assert select.select([stream], [], [], 60)[0], "the process did not start"
        return stream.read()


class Place:
    """A folder with the files of one detached process."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.log_file, self.pid_file, self.ready = directory / "log", directory / "pid", directory / "ready"
        os.mkfifo(self.ready)

    def spawn(self, prepare: str = "") -> int:
        """Start a marked Python that prepares itself, says that it is ready, and waits for signals."""
        program = f"import signal, sys\n{prepare}\nopen({str(self.ready)!r}, 'w').close()\nsignal.pause()"
        argv = [sys.executable, "-c", program, MARK]
        pid = spawn_detached(argv, directory=self.directory, log_file=self.log_file, pid_file=self.pid_file)
        assert wait_for_writer(self.ready) == ""
        return pid


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path)
    yield place
    if pid := recorded_pid(place.pid_file, MARK):
        end_process(pid, MARK, grace_s=0)


def test_a_detached_process_has_a_session_and_a_parent_of_its_own(place: Place) -> None:
    pid = place.spawn("print('hello', flush=True)")

    assert recorded_pid(place.pid_file, MARK) == pid
    assert os.getsid(pid) != os.getsid(0)
    assert place.log_file.read_text() == "hello\n"
    with pytest.raises(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def test_a_process_is_known_as_ours_from_its_first_moment(tmp_path: Path) -> None:
    # While a program replaces another in a process, its command line is empty for a moment.
    os.mkfifo(tmp_path / "never")
    argv = ["/bin/sh", "-c", f'read -r _ <"{tmp_path}/never"', "sh", MARK]

    for _ in range(60):
        pid = spawn_detached(argv, directory=tmp_path, log_file=tmp_path / "log", pid_file=tmp_path / "pid")
        known = recorded_pid(tmp_path / "pid", MARK)
        os.kill(pid, signal.SIGKILL)
        assert known == pid


def test_ps_shows_what_a_process_is_known_by(place: Place) -> None:
    seen = look_with_ps(place.spawn())

    assert seen is not None
    assert seen.state in {"S", "R"}
    assert MARK in seen.arguments


def test_ps_shows_nothing_of_a_process_that_is_not_there() -> None:
    # Above every limit of Linux and macOS on process numbers.
    assert look_with_ps(2**22 + 1) is None


def test_a_process_that_heeds_sigterm_may_finish(place: Place) -> None:
    pid = place.spawn("signal.signal(signal.SIGTERM, lambda *_: sys.exit('finished'))")

    end_process(pid, MARK, grace_s=60)

    assert not carries(pid, MARK)
    assert place.log_file.read_text() == "finished\n"


def test_a_process_that_ignores_sigterm_is_killed_after_its_grace(place: Place) -> None:
    pid = place.spawn("signal.signal(signal.SIGTERM, signal.SIG_IGN)")

    end_process(pid, MARK, grace_s=0.1)

    assert recorded_pid(place.pid_file, MARK) is None


def test_a_pid_that_now_belongs_to_another_program_is_not_ours(place: Place) -> None:
    place.pid_file.write_text(str(os.getpid()))

    assert recorded_pid(place.pid_file, MARK) is None


def test_a_process_without_our_mark_is_never_signalled(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "kill", lambda pid, sign: sent.append((pid, sign)))

    end_process(os.getpid(), MARK, grace_s=0)

    assert sent == []


@pytest.mark.parametrize("content", [None, "", "no number"])
def test_a_missing_or_torn_pid_file_names_nobody(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "pid").write_text(content)

    assert recorded_pid(tmp_path / "pid", MARK) is None


def test_a_killed_process_is_not_alive(place: Place) -> None:
    pid = place.spawn()

    os.kill(pid, signal.SIGKILL)
    end_process(pid, MARK, grace_s=5)

    assert recorded_pid(place.pid_file, MARK) is None


def test_a_command_that_hangs_answers_that_it_did_not() -> None:
    answer = run_command(["sleep", "600"], within_s=0.1)

    assert answer.code == -1
    assert "no answer" in answer.text


def test_a_command_that_is_missing_answers_why() -> None:
    answer = run_command(["no-such-command"], within_s=1)

    assert (answer.code, answer.text) == (-1, "No such file or directory")


def test_a_command_answers_with_both_streams_and_sees_the_environment() -> None:
    answer = run_command(["sh", "-c", 'echo "$WORD"; echo more >&2; exit 3'], within_s=5, environment={"WORD": "one"})

    assert (answer.code, answer.text) == (3, "one\nmore")
