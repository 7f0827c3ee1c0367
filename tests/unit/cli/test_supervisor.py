"""The supervisor, with commands in place of roles."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pressrun.readiness import count_ready, halted_roles, is_ready, note_halted, note_ready, pulse_path
from pressrun.supervisor import Supervisor, pause_after, work_command
from streams.dead_letter_limit import EXIT_FLOOD
from streams.topology import ROLE_NAMES

PATIENCE = 20.0

SLEEP = "exec sleep 60"
SAYS_READY = "mkdir -p {home}/roles; echo $$ >{home}/roles/$0-$PRESSRUN_ROLE_NUMBER.ready; exec sleep 60"


def until(condition: Callable[[], Any]) -> Any:
    """Wait for a condition; the test fails when it never comes."""
    deadline = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)
    return found


def a_shell(script: str) -> Callable[[str], Sequence[str]]:
    return lambda role: ["/bin/sh", "-c", script, role]


@contextmanager
def running(supervisor: Supervisor) -> Iterator[Supervisor]:
    thread = threading.Thread(target=supervisor.run)
    thread.start()
    try:
        yield supervisor
    finally:
        supervisor.stop()
        thread.join()


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def a_supervisor(tmp_path: Path, told: list[str]) -> Callable[..., Supervisor]:
    def build(script: str, *, workers: int = 1, **options: Any) -> Supervisor:
        command = a_shell(script.format(home=tmp_path))
        return Supervisor(tmp_path / "logs", workers, told.append, command, home=tmp_path, **options)

    return build


def pids(supervisor: Supervisor) -> dict[tuple[str, int], int]:
    return {(post.role, post.number): post.process.pid for post in supervisor.posts if post.process is not None}


def test_each_role_has_a_process_and_the_scaled_one_as_many_as_there_are_workers(
    a_supervisor: Callable[..., Supervisor],
) -> None:
    with running(a_supervisor(SLEEP, workers=3)) as supervisor:
        places = until(lambda: len(pids(supervisor)) == len(ROLE_NAMES) + 2 and pids(supervisor))

    assert {role for role, _ in places} == set(ROLE_NAMES)
    assert [number for role, number in places if role == "render"] == [0, 1, 2]


def test_a_role_is_worked_by_a_command_line_that_says_so() -> None:
    assert work_command("render") == [sys.executable, "-m", "pressrun", "work", "render"]


def test_a_role_that_was_ready_and_is_killed_is_started_again_at_once(
    a_supervisor: Callable[..., Supervisor], told: list[str], tmp_path: Path
) -> None:
    with running(a_supervisor(SAYS_READY)) as supervisor:
        until(lambda: len(pids(supervisor)) == len(ROLE_NAMES) and all(post.is_ready for post in supervisor.posts))
        for _ in range(3):
            killed = pids(supervisor)["close", 0]
            until(lambda pid=killed: is_ready(tmp_path, "close", 0, pid))  # type: ignore[misc] # a pid
            until(lambda: next(post for post in supervisor.posts if post.role == "close").is_ready)
            os.kill(killed, signal.SIGKILL)
            until(lambda pid=killed: pids(supervisor).get(("close", 0), pid) != pid)  # type: ignore[misc] # a pid

    assert told == ["close 0 ended (signal 9), again at once"] * 3


def test_a_role_that_cannot_start_is_tried_again_with_growing_pauses_and_its_reason(
    a_supervisor: Callable[..., Supervisor], told: list[str]
) -> None:
    with running(a_supervisor('test $0 = close || exec sleep 60; echo "topic_missing: results" >&2; exit 78')):
        until(lambda: len(told) >= 3)

    assert told[:3] == [
        "close 0 ended (exit code 78), again at once: topic_missing: results",
        "close 0 ended (exit code 78), again in 1 s: topic_missing: results",
        "close 0 ended (exit code 78), again in 2 s: topic_missing: results",
    ]


def test_a_role_that_is_killed_while_it_starts_is_started_again_at_once(
    a_supervisor: Callable[..., Supervisor], told: list[str]
) -> None:
    with running(a_supervisor("test $0 = close || exec sleep 60; kill -KILL $$")):
        until(lambda: len(told) >= 3)

    assert told[:3] == ["close 0 ended (signal 9), again at once"] * 3


def test_pauses_double_to_a_bound() -> None:
    assert [pause_after(failures) for failures in range(9)] == [0, 0, 1, 2, 4, 8, 10, 10, 10]


def test_a_system_is_ready_once_and_only_when_every_role_is(
    a_supervisor: Callable[..., Supervisor], tmp_path: Path
) -> None:
    calls: list[int] = []
    held = "test $0 != close || until test -e {home}/go; do sleep 0.05; done; " + SAYS_READY
    with running(a_supervisor(held, on_ready=lambda: calls.append(1))) as supervisor:
        until(lambda: sum(post.is_ready for post in supervisor.posts) == len(ROLE_NAMES) - 1)
        assert calls == []
        (tmp_path / "go").touch()
        until(lambda: calls)
        os.kill(pids(supervisor)["intake", 0], signal.SIGKILL)
        until(lambda: all(post.is_ready for post in supervisor.posts))

    assert calls == [1]


def test_more_workers_than_partitions_are_not_waited_for(a_supervisor: Callable[..., Supervisor]) -> None:
    calls: list[int] = []
    script = "test $0-$PRESSRUN_ROLE_NUMBER != render-8 || exec sleep 60; " + SAYS_READY
    with running(a_supervisor(script, workers=9, on_ready=lambda: calls.append(1))):
        until(lambda: calls)


def test_a_note_of_another_process_makes_nobody_ready(tmp_path: Path) -> None:
    note_ready(tmp_path, "close", 0)

    assert is_ready(tmp_path, "close", 0, os.getpid())
    assert not is_ready(tmp_path, "close", 0, os.getpid() + 1)
    assert not is_ready(tmp_path, "close", 1, os.getpid())


def test_only_living_processes_count_as_ready(tmp_path: Path) -> None:
    note_ready(tmp_path, "render", 0)
    ended = subprocess.Popen(["true"])
    ended.wait()
    (tmp_path / "roles" / "render-1.ready").write_text(f"{ended.pid}\n")

    assert count_ready(tmp_path, "render") == 1


def test_a_role_that_does_not_end_when_asked_is_killed_after_the_grace_period(
    a_supervisor: Callable[..., Supervisor], tmp_path: Path
) -> None:
    deaf = "trap '' TERM; touch {home}/$0.deaf; exec sleep 60"
    with running(a_supervisor(deaf, grace=0.2)) as supervisor:
        until(lambda: len(list(tmp_path.glob("*.deaf"))) == len(ROLE_NAMES))
        processes = [post.process for post in supervisor.posts]

    assert [process.returncode for process in processes if process] == [-signal.SIGKILL] * len(ROLE_NAMES)


def test_a_role_that_ends_when_asked_is_not_killed(a_supervisor: Callable[..., Supervisor]) -> None:
    with running(a_supervisor(SLEEP)) as supervisor:
        until(lambda: len(pids(supervisor)) == len(ROLE_NAMES))
        processes = [post.process for post in supervisor.posts]

    assert [process.returncode for process in processes if process] == [-signal.SIGTERM] * len(ROLE_NAMES)


def test_roles_see_the_end_of_a_supervisor_that_was_killed(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from pressrun.supervisor import Supervisor; home = Path(sys.argv[1]); "
        "script = 'echo $$ >' + str(home) + '/$0.pid; cat <&$PRESSRUN_LIFELINE_FD'; "
        "Supervisor(home, 1, print, lambda role: ['/bin/sh', '-c', script, role], home=home).run()"
    )
    supervisor = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)])
    notes = until(lambda: len(found := list(tmp_path.glob("*.pid"))) == len(ROLE_NAMES) and found)
    roles = [until(lambda note=note: note.read_text().strip()) for note in notes]  # type: ignore[misc] # a path

    supervisor.kill()
    supervisor.wait()

    until(lambda: not any(has_command(int(pid), "PRESSRUN_LIFELINE_FD") for pid in roles))


def has_command(pid: int, word: str) -> bool:
    """Whether the process runs this command line; one that has ended and is not yet reaped has none."""
    shown = subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return word in shown.stdout


def test_a_role_that_does_not_end_by_itself_ends_after_its_supervisor() -> None:
    program = (
        "import signal; from pressrun.cli.roles import end_without_supervisor; "
        "end_without_supervisor(0.1); print('waits', flush=True); signal.pause()"
    )
    read_end, write_end = os.pipe()
    role = subprocess.Popen(
        [sys.executable, "-c", program],
        env={**os.environ, "PRESSRUN_LIFELINE_FD": str(read_end)},
        pass_fds=(read_end,),
        stdout=subprocess.PIPE,
    )
    os.close(read_end)
    assert role.stdout is not None
    assert role.stdout.readline() == b"waits\n"
    assert role.poll() is None

    os.close(write_end)

    assert role.wait(PATIENCE) == 70
    role.stdout.close()


SILENT = (
    "mkdir -p {home}/roles; echo $$ >{home}/roles/$0-$PRESSRUN_ROLE_NUMBER.ready;"
    ' echo "$$ 1.0" >{home}/roles/$0-$PRESSRUN_ROLE_NUMBER.pulse; exec sleep 60'
)
"""Gave its last sign of life when this machine was started."""

FLOODED = f"exit {EXIT_FLOOD}"


def test_a_role_without_a_sign_of_life_is_ended_and_begun_again(
    a_supervisor: Callable[..., Supervisor], told: list[str]
) -> None:
    with running(a_supervisor(SILENT)) as supervisor:
        first = until(lambda: len(pids(supervisor)) == len(ROLE_NAMES) and pids(supervisor))
        until(lambda: pids(supervisor).get(("render", 0), first["render", 0]) != first["render", 0])

    assert any("render 0 has given no sign of life" in line for line in told)


def test_a_role_that_gives_signs_is_left_alone(
    a_supervisor: Callable[..., Supervisor], tmp_path: Path, told: list[str]
) -> None:
    with running(a_supervisor(SAYS_READY, silence=3600.0)) as supervisor:
        places = until(lambda: len(pids(supervisor)) == len(ROLE_NAMES) and pids(supervisor))
        for (role, number), pid in places.items():
            pulse_path(tmp_path, role, number).write_text(f"{pid} {time.monotonic()}\n")
        until(lambda: count_ready(tmp_path, "render") == 1)

        assert pids(supervisor) == places
    assert told == []


def test_a_role_stopped_by_too_many_bad_records_is_not_started_again(
    a_supervisor: Callable[..., Supervisor], tmp_path: Path, told: list[str]
) -> None:
    with running(a_supervisor(FLOODED)) as supervisor:
        until(lambda: len(halted_roles(tmp_path)) == len(ROLE_NAMES))

        assert pids(supervisor) == {}
    assert len([line for line in told if "not started again" in line]) == len(ROLE_NAMES)


def test_the_next_start_of_the_system_forgets_that_a_role_was_stopped(
    a_supervisor: Callable[..., Supervisor], tmp_path: Path
) -> None:
    note_halted(tmp_path, "render", 0)

    with running(a_supervisor(SLEEP)) as supervisor:
        until(lambda: len(pids(supervisor)) == len(ROLE_NAMES))

    assert halted_roles(tmp_path) == ()
