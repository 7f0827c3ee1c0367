"""What a run happens on: one system with a data directory of its own, its mail server, what was handed in and done."""

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from broker.live import System
from faults.runner.faultlog import FaultLog
from faults.runner.handing import Handed
from faults.runner.mailbox import Mailbox
from faults.runner.shims import Shims
from faults.runner.sizes import Sizes
from faults.runner.waiting import until

from streams.devbroker import BrokerSettings


@dataclass(slots=True)
class Arena:
    """Shared by everyone who injects; lists are only appended to."""

    system: System
    seed: int
    sizes: Sizes
    mailbox: Mailbox
    stack: ExitStack
    """What ends with the arena."""
    shims: Shims | None = None
    broker: BrokerSettings | None = None
    """One no supervisor keeps; None: the system's own."""
    log: FaultLog = field(default_factory=FaultLog)
    handed: list[Handed] = field(default_factory=list)
    poison: int = 0
    """Records put on the log that have to end in dead-letters."""
    reserved: set[int] = field(default_factory=set)
    """Processes somebody is at: others leave them alone."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def choices(self, name: str) -> random.Random:
        """The choices of one injector: the same for the same seed, whatever others draw meanwhile."""
        return random.Random(f"{self.seed}/{name}")

    @property
    def directory(self) -> Path:
        return self.system.directory

    @contextmanager
    def claimed(self, find: Callable[[], psutil.Process | None]) -> Iterator[psutil.Process]:
        """The process that is found among those nobody else is at; another injector finds it no more meanwhile."""
        process = until(lambda: self._claim(find), "a process nobody else is at")
        assert process is not None
        try:
            yield process
        finally:
            with self._lock:
                self.reserved.discard(process.pid)

    def _claim(self, find: Callable[[], psutil.Process | None]) -> psutil.Process | None:
        with self._lock:
            process = find()
            if process is not None:
                self.reserved.add(process.pid)
            return process
