"""Keeps every role of a system running: a process each, restarted at once when it dies, ended with the supervisor."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pressrun.readiness import forget_halted, is_ready, needed_of, note_halted, processes_of, pulse_path
from streams.dead_letter_limit import EXIT_FLOOD
from streams.pulse import read_pulse
from streams.runner import LIFELINE_VARIABLE

NUMBER_VARIABLE = "PRESSRUN_ROLE_NUMBER"
"""Environment variable: which of a role's processes this is, from 0."""

GRACE_SECONDS = 10.0
SILENCE_SECONDS = 30.0
LONGEST_PAUSE_SECONDS = 10.0
POLL_SECONDS = 0.1
REASON_BYTES = 4096


def work_command(role: str) -> list[str]:
    """The command line of a role's process."""
    return [sys.executable, "-m", "pressrun", "work", role]


@dataclass(slots=True)
class Post:
    """A place a process of a role is to fill."""

    role: str
    number: int
    process: "subprocess.Popen[bytes] | None" = None
    is_ready: bool = False
    failures: int = 0
    not_before: float = 0.0
    is_halted: bool = False
    """Whether it ended so that a person has to look first."""


@dataclass(slots=True)
class Supervisor:
    """Runs the posts in the foreground until asked to stop; `say` is told what happens, in one line each."""

    logs: Path
    workers: int
    say: Callable[[str], None]
    command: Callable[[str], Sequence[str]] = work_command
    home: Path = Path()
    """The data directory, where roles note that they are ready."""
    on_ready: Callable[[], None] = lambda: None
    """Called once, when every role has the processes it needs."""
    grace: float = GRACE_SECONDS
    silence: float = SILENCE_SECONDS
    """A process that has given no sign of life for so many seconds is ended."""
    posts: list[Post] = field(default_factory=list)
    is_stopping: bool = False
    _was_ready: bool = False
    _lifeline: tuple[int, int] = (-1, -1)

    def run(self) -> None:
        """Blocks until `stop` is called (from a signal handler); then every role is ended."""
        self.logs.mkdir(parents=True, exist_ok=True)
        self._lifeline = os.pipe()
        self.posts = [Post(role, number) for role, count in processes_of(self.workers) for number in range(count)]
        try:
            while not self.is_stopping:
                for post in self.posts:
                    self._tend(post)
                self._tell_ready()
                time.sleep(POLL_SECONDS)
        finally:
            self._end_all()
            for descriptor in self._lifeline:
                os.close(descriptor)

    def stop(self) -> None:
        self.is_stopping = True

    def _tend(self, post: Post) -> None:
        now = time.monotonic()
        if post.process is not None and not post.is_ready:
            post.is_ready = is_ready(self.home, post.role, post.number, post.process.pid)
        if post.process is not None and post.process.poll() is not None:
            self._note_death(post, post.process.returncode, now)
        if post.process is not None:
            self._end_if_silent(post, post.process, now)
        if post.process is None and now >= post.not_before and not post.is_halted:
            self._start(post)

    def _end_if_silent(self, post: Post, process: "subprocess.Popen[bytes]", now: float) -> None:
        """Whoever hangs, or was stopped and forgotten, holds partitions nobody else can work on."""
        sign = read_pulse(pulse_path(self.home, post.role, post.number), process.pid)
        if sign is not None and now - sign > self.silence:
            self.say(f"{post.role} {post.number} has given no sign of life for {now - sign:.0f} s, ending it")
            process.kill()
            process.wait()
            self._note_death(post, process.returncode, now)

    def _note_death(self, post: Post, code: int, now: float) -> None:
        """Who was killed, or was ready before, can start: only another is waited with."""
        if code == EXIT_FLOOD:
            post.process, post.is_ready, post.is_halted = None, False, True
            note_halted(self.home, post.role, post.number)
            self.say(f"{post.role} {post.number} ended: nearly all it reads are bad records; it is not started again")
            return
        cannot_start = code >= 0 and not post.is_ready
        post.failures = post.failures + 1 if cannot_start else 0
        pause = pause_after(post.failures)
        post.not_before = now + pause
        post.process, post.is_ready = None, False
        again = f"again in {pause:.0f} s" if pause else "again at once"
        reason = self._reason(post) if cannot_start else ""
        self.say(f"{post.role} {post.number} ended ({_how(code)}), {again}{reason}")

    def _start(self, post: Post) -> None:
        forget_halted(self.home, post.role, post.number)
        read_end, _ = self._lifeline
        with self._output(post).open("ab") as output:
            post.process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                self.command(post.role),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=(read_end,),
                env={**os.environ, LIFELINE_VARIABLE: str(read_end), NUMBER_VARIABLE: str(post.number)},
                # Ctrl-C in the terminal is the supervisor's to handle.
                start_new_session=True,
            )

    def _tell_ready(self) -> None:
        if self._was_ready:
            return
        counts = [post.role for post in self.posts if post.is_ready]
        if all(counts.count(role) >= needed for role, needed in needed_of(self.workers)):
            self._was_ready = True
            self.on_ready()

    def _output(self, post: Post) -> Path:
        return self.logs / f"{post.role}-{post.number}.out"

    def _reason(self, post: Post) -> str:
        """The last line of a role that could not start: its error."""
        with self._output(post).open("rb") as output:
            output.seek(-min(REASON_BYTES, output.seek(0, os.SEEK_END)), os.SEEK_CUR)
            lines = output.read().decode(errors="replace").split("\n")
        last = next((line for line in reversed(lines) if line.strip()), "")
        return f": {last}" if last else ""

    def _end_all(self) -> None:
        running = [post.process for post in self.posts if post.process is not None and post.process.poll() is None]
        for process in running:
            process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + self.grace
        for process in running:
            try:
                process.wait(max(deadline - time.monotonic(), 0))
            except subprocess.TimeoutExpired:
                # A worker whose broker is away does not end by itself.
                process.kill()
                process.wait()


def pause_after(failures: int) -> float:
    """Seconds before the next start of a role that failed to start so many times in a row."""
    return 0.0 if failures <= 1 else min(2.0 ** (failures - 2), LONGEST_PAUSE_SECONDS)


def _how(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
