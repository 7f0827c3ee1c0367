"""Processes of ours: short commands that are waited for, and one broker that outlives who started it."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

POLL_S = 0.05
SETTLE_S = 5.0


@dataclass(frozen=True, slots=True)
class Answer:
    """How a short command ended; `text` is what it wrote to both of its streams."""

    code: int
    text: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What the system says about a process: one letter of state (Z: a zombie) and the words of its command line."""

    state: str
    arguments: tuple[str, ...]


def run_command(
    argv: Sequence[str | Path],
    *,
    within_s: float,
    directory: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Answer:
    """Run to the end. A command that is missing, or takes longer than `within_s`, answers with code -1 and why."""
    try:
        done = subprocess.run(  # noqa: S603 - the callers' own argument lists, no shell, nothing from records
            [str(part) for part in argv],
            check=False,
            cwd=directory,
            env=None if environment is None else {**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=within_s,
        )
    except subprocess.TimeoutExpired:
        return Answer(-1, f"no answer within {within_s:.0f} s")
    except OSError as error:
        return Answer(-1, str(error.strerror or error))
    return Answer(done.returncode, done.stdout.decode(errors="replace").strip())


def spawn_detached(argv: Sequence[str | Path], *, directory: Path, log_file: Path, pid_file: Path) -> int:
    """Start a process that survives us, in a session of its own, and return its pid.

    A shell stands between so that the broker is not our child: it is never our zombie, and no interpreter
    waits for it. The shell writes the pid file, so it is there even when we are killed at this moment.
    """
    script = 'log=$1 pid=$2; shift 2; "$@" >>"$log" 2>&1 </dev/null & echo $! >"$pid"'
    subprocess.run(  # noqa: S603 - a constant script; paths and options are its arguments, never its text
        ["/bin/sh", "-c", script, "sh", str(log_file.resolve()), str(pid_file.resolve()), *map(str, argv)],
        check=True,
        cwd=directory,
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return int(pid_file.read_text(encoding="ascii"))


def recorded_pid(pid_file: Path, mark: str) -> int | None:
    """The pid in the file if that process is alive and carries our mark; a reused pid is somebody else's."""
    try:
        pid = int(pid_file.read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return None
    return pid if carries(pid, mark) else None


def carries(pid: int, mark: str) -> bool:
    """Whether the process lives and `mark` is one of its arguments (without spaces).

    A process that is being replaced by its program, or is dying, has no arguments for a moment: that moment is
    waited for. A dying one lets go of its ports and locks only after it.
    """
    deadline = time.monotonic() + SETTLE_S
    while (seen := _look_at(pid)) and seen.state != "Z" and not any(seen.arguments):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_S)
    return seen is not None and mark in seen.arguments


def end_process(pid: int, mark: str, *, grace_s: float) -> None:
    """SIGTERM, wait for `grace_s`, then SIGKILL; before each the process is checked to be ours still."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        if not carries(pid, mark):
            break
        with suppress(ProcessLookupError):
            os.kill(pid, sign)
        if _is_gone(pid, mark, within_s=grace_s):
            break


def _is_gone(pid: int, mark: str, *, within_s: float) -> bool:
    deadline = time.monotonic() + within_s
    while carries(pid, mark):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_S)
    return True


def _look_at(pid: int) -> Seen | None:
    return look_in_proc(pid) if Path("/proc/self/stat").exists() else look_with_ps(pid)


def look_in_proc(pid: int) -> Seen | None:
    """None when there is no such process."""
    entry = Path("/proc") / str(pid)
    try:
        # The second field is the name in brackets, which may hold anything; the state follows it.
        state = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()[0]
        return Seen(state, tuple(map(os.fsdecode, (entry / "cmdline").read_bytes().split(b"\0"))))
    except OSError:
        return None


def look_with_ps(pid: int) -> Seen | None:
    """The same where there is no /proc (macOS); arguments with spaces come in pieces."""
    answer = run_command(["ps", "-ww", "-o", "state=,args=", "-p", str(pid)], within_s=5)
    words = answer.text.split()
    return Seen(words[0][:1], tuple(words[1:])) if answer.code == 0 and words else None
