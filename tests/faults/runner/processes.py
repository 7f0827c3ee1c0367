"""Faults of processes: killed, paused until the broker gives them up, joining and leaving."""

import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

import psutil
from faults.runner.arena import Arena
from faults.runner.faultlog import require
from faults.runner.waiting import until

SESSION_SECONDS = 3.0
ROLES = ("render", "render", "render", "aggregate", "explode", "close", "intake", "notify")
"""Who is killed: the workers as often as all others nearly, for they are as many."""

JOINS_TRIED = 10

_numbers = count(50)
"""Of processes no supervisor started: their logs and notes are kept apart by it."""


def kill_one(arena: Arena, choices: random.Random, roles: tuple[str, ...] = ROLES) -> None:
    """SIGKILL one process of a role chosen by chance; noted once it is dead."""
    role = choices.choice(roles)
    with arena.claimed(_finder(arena, choices, role)) as process:
        at = time.time()
        process.send_signal(signal.SIGKILL)
        until(lambda: _is_dead(process), f"{role} {process.pid} is dead")
        arena.log.note(f"kill {role}", str(process.pid), at=at)


def kill_all(arena: Arena) -> None:
    """SIGKILL every process of every role at once."""
    processes = [process for role in sorted(set(ROLES)) for process in arena.system.processes(role)]
    for process in processes:
        process.send_signal(signal.SIGKILL)
    for process in processes:
        until(lambda process=process: _is_dead(process), f"{process.pid} is dead")  # type: ignore[misc] # a bound loop variable


def pause(arena: Arena, choices: random.Random, role: str) -> None:
    """SIGSTOP a process for longer than its session lasts, while another does its work; then it wakes up."""
    with a_joined_process(arena, role), arena.claimed(_finder(arena, choices, role)) as process:
        at = time.time()
        process.send_signal(signal.SIGSTOP)
        until(lambda: process.status() == psutil.STATUS_STOPPED, f"{role} {process.pid} is stopped")
        time.sleep(SESSION_SECONDS + choices.uniform(1.0, 2.5))
        require(process.status() == psutil.STATUS_STOPPED, f"{role} {process.pid} was stopped all the time")
        process.send_signal(signal.SIGCONT)
        until(lambda: _is_awake(process), f"{role} {process.pid} is awake")
        arena.log.note(f"zombie {role}", str(process.pid), at=at)
        time.sleep(choices.uniform(0.5, 1.5))


@contextmanager
def a_joined_process(arena: Arena, role: str) -> "Iterator[subprocess.Popen[bytes]]":
    """One more process of the role that has joined its group, for as long as the context lasts."""
    process = arena.system.join(role, next(_numbers))
    try:
        yield process
    finally:
        end(process)


def end(process: "subprocess.Popen[bytes]") -> None:
    """SIGTERM, and SIGKILL for one whose broker is away: it does not end by itself."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def join_and_leave(arena: Arena, choices: random.Random, seconds: float) -> None:
    """A worker joins, and leaves by being asked or by being killed; both are rebalances.

    One that met a broker just starting may have ended itself by then: another joins in its place.
    """
    for _ in range(JOINS_TRIED):
        at = time.time()
        with a_joined_process(arena, "render") as process:
            time.sleep(seconds)
            if process.poll() is not None:
                continue
            arena.log.note("worker joins", str(process.pid), at=at)
            if choices.random() < 0.5:
                process.kill()
        arena.log.note("worker leaves", str(process.pid))
        return
    require(happened=False, what="a worker that joined is alive when it is to leave")


def _finder(arena: Arena, choices: random.Random, role: str) -> Callable[[], psutil.Process | None]:
    """Finds a living process of the role by one choice, however often it looks for it."""
    place = choices.randrange(1 << 16)

    def find() -> psutil.Process | None:
        found = [process for process in arena.system.processes(role) if process.pid not in arena.reserved]
        return sorted(found, key=lambda process: int(process.pid))[place % len(found)] if found else None

    return find


def _is_dead(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _is_awake(process: psutil.Process) -> bool:
    """Also one that ended itself on waking: that is how some roles answer to having been given up."""
    try:
        return bool(process.status() != psutil.STATUS_STOPPED)
    except psutil.NoSuchProcess:
        return True
