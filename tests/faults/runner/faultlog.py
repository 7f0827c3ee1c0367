"""What was done to a system and when: only faults that were seen to have happened are noted."""

import threading
import time
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Fault:
    """`at` and `until` are seconds since the epoch: what the broker stamps records with."""

    kind: str
    at: float
    until: float
    what: str
    """Role, process or file it was done to."""


class FaultNotSeen(AssertionError):
    """A fault was asked for and did not happen."""


@dataclass(slots=True)
class FaultLog:
    """Kept by all who inject at the same time."""

    faults: list[Fault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, kind: str, what: str, *, at: float | None = None) -> None:
        now = time.time()
        with self._lock:
            self.faults.append(Fault(kind, at or now, now, what))


def require(happened: object, what: str) -> None:
    """Raises FaultNotSeen: a run whose faults did not happen proves nothing."""
    if not happened:
        raise FaultNotSeen(what)
