"""Work made slow, deadly or endless on purpose, so that tests can see what becomes of the batch; off unless set."""

import os
import signal
import threading
import time
from dataclasses import dataclass

from pressrun.domain.letters import Letter, Refusal
from pressrun.domain.work import Stamper
from pressrun.settings import Settings

DEADLY = "__kill__"
ENDLESS = "__hang__"


def hindered(stamper: Stamper, settings: Settings) -> Stamper:
    """The stamper, behind the hindrances the settings ask for."""
    if settings.item_traps:
        stamper = TrappedStamper(stamper)
    return SlowStamper(stamper, settings.item_delay_ms / 1000) if settings.item_delay_ms else stamper


@dataclass(frozen=True, slots=True)
class SlowStamper:
    """A stamper that takes so many seconds longer."""

    stamper: Stamper
    seconds: float

    def stamp(self, record: dict[str, str]) -> Letter | Refusal:
        time.sleep(self.seconds)
        return self.stamper.stamp(record)


@dataclass(frozen=True, slots=True)
class TrappedStamper:
    """A stamper that a value of the row can kill or hang, as a fault in a library might."""

    stamper: Stamper

    def stamp(self, record: dict[str, str]) -> Letter | Refusal:
        if DEADLY in record.values():
            os.kill(os.getpid(), signal.SIGKILL)
        if ENDLESS in record.values():
            threading.Event().wait()
        return self.stamper.stamp(record)
