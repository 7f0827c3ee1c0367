"""Ends this process at a named place on its way, so that tests can look at every place where it could have died."""

import fcntl
import os
import signal
from collections.abc import Callable
from pathlib import Path

from pressrun.settings import Settings

POINTS = (
    "intake.received_said",
    "intake.prepared",
    "intake.result_said",
    "intake.dispatch_said",
    "intake.before_commit",
    "blob.written",
    "explode.after_window",
    "explode.said",
    "explode.stored",
    "explode.before_commit",
    "render.after_work",
    "segment.written",
    "segment.described",
    "render.after_segment",
    "render.after_result",
    "render.before_commit",
    "aggregate.tally_kept",
    "aggregate.said",
    "aggregate.before_flush",
    "aggregate.stored",
    "aggregate.shown",
    "aggregate.before_commit",
    "close.after_intent",
    "close.tmp_written",
    "close.flushed",
    "close.linked",
    "close.noted",
    "close.segments_removed",
    "close.after_sealed_said",
    "close.after_ended_said",
    "close.before_commit",
    "notify.after_intent",
    "mail.begun",
    "mail.sent",
    "mail.recorded",
    "mail.told",
    "webhook.begun",
    "webhook.sent",
    "webhook.recorded",
    "webhook.told",
    "notify.before_commit",
)
"""Every point, in the order a batch passes them."""


def crashpoint_of(settings: Settings) -> Callable[[str], None]:
    """What roles and storage tell the points they pass; nothing listens unless the setting asks for it."""
    return Crashpoints(settings.home / "crashpoints") if settings.crashpoints else _pass_by


def _pass_by(_point: str) -> None:
    return None


class Crashpoints:
    """Armed by a file of the point's name with numbers in it: `3 1` ends the third process to pass, then the next one.

    The file counts down, over all processes; it is gone when it has done all it was to do.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, point: str) -> None:
        """Pass the point, or end here by SIGKILL."""
        path = self._folder / point
        if path.exists() and _count_down(path):
            os.kill(os.getpid(), signal.SIGKILL)

    def arm(self, point: str, *passes: int) -> None:
        """End whoever makes the so-manieth pass from now on, and then again."""
        self._folder.mkdir(parents=True, exist_ok=True)
        temporary = self._folder / f".{point}"
        temporary.write_text(" ".join(map(str, passes)), encoding="ascii")
        temporary.rename(self._folder / point)

    def disarm(self, point: str) -> None:
        """Nobody ends there any more."""
        (self._folder / point).unlink(missing_ok=True)

    def left(self, point: str) -> tuple[int, ...]:
        """The passes at which somebody is still to end there, counted from now and then from each end."""
        try:
            return tuple(map(int, (self._folder / point).read_text(encoding="ascii").split()))
        except FileNotFoundError:
            return ()

    def is_armed(self, point: str) -> bool:
        """Whether somebody is still to end there."""
        return bool(self.left(point))


def _count_down(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        first, *later = [int(number) for number in os.read(descriptor, 64).split()] or [0]
        if first == 0:
            return False
        left = [first - 1, *later] if first > 1 else later
        # Cut behind writing: whoever reads in between sees as many numbers as before, never fewer.
        os.ftruncate(descriptor, os.pwrite(descriptor, " ".join(map(str, left)).encode(), 0))
        if not left:
            path.unlink()
        return first == 1
    finally:
        os.close(descriptor)
