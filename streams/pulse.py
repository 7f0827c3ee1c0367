"""Shows from outside the process whether it is alive: the last sign of life of whatever has it in hand."""

import asyncio
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BEAT_SECONDS = 1.0


class Pulse:
    """A body gives signs while it gets on; without one, or while the broker is waited for, time passing is a sign."""

    def __init__(self) -> None:
        self._sign = time.monotonic()
        self._bodies = 0
        self._waits = 0

    def give(self) -> None:
        """The body has got on."""
        self._sign = time.monotonic()

    @contextmanager
    def of_body(self) -> Iterator[None]:
        """A body is at work: from here on only its signs count."""
        self.give()
        self._bodies += 1
        try:
            yield
        finally:
            self._bodies -= 1

    @contextmanager
    def of_wait(self) -> Iterator[None]:
        """The broker is waited for, however long that takes: nobody hangs."""
        self._waits += 1
        try:
            yield
        finally:
            self._waits -= 1
            self.give()

    @property
    def last(self) -> float:
        """When the last sign was given, by the steady clock of this machine."""
        if not self._bodies or self._waits:
            self.give()
        return self._sign

    async def beat(self, path: Path) -> None:
        """Write it down every second, for as long as this loop turns; see `read_pulse`."""
        while True:
            _write_pulse(path, self.last)
            await asyncio.sleep(BEAT_SECONDS)


def _write_pulse(path: Path, sign: float) -> None:
    temporary = path.with_suffix(".beat")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(f"{os.getpid()} {sign:.3f}\n", encoding="ascii")
        temporary.replace(path)
    except OSError:
        # On a full disk: what was written before would be read as silence.
        path.unlink(missing_ok=True)


def read_pulse(path: Path, pid: int) -> float | None:
    """When exactly this process gave its last sign, by the steady clock; None if it never wrote one down."""
    try:
        owner, sign = path.read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return None
    return float(sign) if int(owner) == pid else None
