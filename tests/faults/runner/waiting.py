"""Conditions that are polled, each with a deadline generous enough that only something stuck exceeds it."""

import time
from collections.abc import Callable
from typing import TypeVar

FoundT = TypeVar("FoundT")

POLL_SECONDS = 0.05
PATIENCE_SECONDS = 120.0


class Stuck(AssertionError):
    """What was waited for never came."""


def until(
    condition: Callable[[], FoundT], what: str, *, within: float = PATIENCE_SECONDS, poll: float = POLL_SECONDS
) -> FoundT:
    """The first true answer; raises Stuck."""
    deadline = time.monotonic() + within
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise Stuck(f"not in {within:.0f} s: {what}")
        time.sleep(poll)
    return found
