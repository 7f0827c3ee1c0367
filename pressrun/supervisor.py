"""Keeps every role of a system running: a process each, restarted at once when it dies, ended with the supervisor."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from streams.runner import LIFELINE_VARIABLE
from streams.topology import ROLES

GRACE_SECONDS = 10.0
STARTED_AFTER_SECONDS = 5.0
"""A role that lived this long had started; one that died sooner is started again with growing pauses."""
LONGEST_PAUSE_SECONDS = 10.0
POLL_SECONDS = 0.1


def work_command(role: str) -> list[str]:
    """The command line of a role's process."""
    return [sys.executable, "-m", "pressrun", "work", role]


@dataclass(slots=True)
class Post:
    """A place a process of a role is to fill."""

    role: str
    number: int
    process: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    failures: int = 0
    not_before: float = 0.0


@dataclass(slots=True)
class Supervisor:
    """Runs the posts in the foreground until asked to stop."""

    logs: Path
    workers: int
    say: Callable[[str], None]
    command: Callable[[str], Sequence[str]] = work_command
    posts: list[Post] = field(default_factory=list)
    is_stopping: bool = False
    _lifeline: tuple[int, int] = (-1, -1)

    def run(self) -> None:
        """Blocks until `stop` is called (from a signal handler); then every role is ended."""
        self.logs.mkdir(parents=True, exist_ok=True)
        self._lifeline = os.pipe()
        self.posts = [
            Post(role.name, number) for role in ROLES for number in range(self.workers if role.is_scaled else 1)
        ]
        try:
            while not self.is_stopping:
                for post in self.posts:
                    self._tend(post)
                time.sleep(POLL_SECONDS)
        finally:
            self._end_all()
            for descriptor in self._lifeline:
                os.close(descriptor)

    def stop(self) -> None:
        self.is_stopping = True

    def _tend(self, post: Post) -> None:
        now = time.monotonic()
        if post.process is not None and post.process.poll() is not None:
            self._note_death(post, now)
        if post.process is None and now >= post.not_before:
            self._start(post, now)

    def _note_death(self, post: Post, now: float) -> None:
        assert post.process is not None
        had_started = now - post.started_at >= STARTED_AFTER_SECONDS
        post.failures = 0 if had_started else post.failures + 1
        pause = 0.0 if post.failures <= 1 else min(2.0 ** (post.failures - 2), LONGEST_PAUSE_SECONDS)
        post.not_before = now + pause
        self.say(f"{post.role} {post.number} ended with {post.process.returncode}; starting it again in {pause:.0f} s")
        post.process = None

    def _start(self, post: Post, now: float) -> None:
        read_end, _ = self._lifeline
        with (self.logs / f"{post.role}-{post.number}.out").open("ab") as output:
            post.process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                self.command(post.role),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=(read_end,),
                env={**os.environ, LIFELINE_VARIABLE: str(read_end), "PRESSRUN_ROLE_NUMBER": str(post.number)},
                # Ctrl-C in the terminal is the supervisor's to handle.
                start_new_session=True,
            )
        post.started_at = now

    def _end_all(self) -> None:
        running = [post.process for post in self.posts if post.process is not None and post.process.poll() is None]
        for process in running:
            process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        for process in running:
            try:
                process.wait(max(deadline - time.monotonic(), 0))
            except subprocess.TimeoutExpired:
                # A worker whose broker is away does not end by itself.
                process.kill()
                process.wait()
