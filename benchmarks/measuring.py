"""What a running system costs: CPU seconds and peak memory per role, the broker included."""

import threading
from collections import defaultdict
from collections.abc import Mapping

import psutil

SAMPLE_SECONDS = 0.25


class Meter:
    """Watches the processes of one system by their command lines."""

    def __init__(self, processes: Mapping[int, str]) -> None:
        self._roles = {psutil.Process(pid): role for pid, role in processes.items()}
        self._peak: dict[str, int] = defaultdict(int)
        self._started = self._cpu()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    def finish(self) -> tuple[dict[str, float], dict[str, int]]:
        """CPU seconds since the start, and peak resident bytes of one process, by role."""
        self._stopping.set()
        self._thread.join()
        now = self._cpu()
        return {role: now[role] - self._started[role] for role in now}, dict(self._peak)

    def _sample(self) -> None:
        while not self._stopping.wait(SAMPLE_SECONDS):
            for process, role in self._roles.items():
                self._peak[role] = max(self._peak[role], process.memory_info().rss)

    def _cpu(self) -> dict[str, float]:
        spent: dict[str, float] = defaultdict(float)
        for process, role in self._roles.items():
            times = process.cpu_times()
            spent[role] += times.user + times.system
        return spent
