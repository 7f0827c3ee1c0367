"""Nothing stays behind: no temporary file, no segment, no lock, no process, no growing descriptors or memory (O7)."""

import fcntl
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil
from faults.runner.arena import Arena
from faults.runner.verdicts import Verdict

GROWTH = 1.05
SPARE_DESCRIPTORS = 6
SPARE_BYTES = 24 << 20
"""Caches of designs and allocator arenas settle by so much in the first minutes of a process."""


@dataclass(frozen=True, slots=True)
class Footprint:
    """Of one process: open descriptors and resident bytes."""

    role: str
    descriptors: int
    resident: int


def footprints(arena: Arena) -> dict[int, Footprint]:
    """Of every process of every role, by pid."""
    found = {}
    for process in arena.system.role_processes():
        role = process.cmdline()[-1]
        found[process.pid] = Footprint(role, process.num_fds(), process.memory_info().rss)
    return found


def judge_growth(before: Mapping[int, Footprint], after: Mapping[int, Footprint]) -> Verdict:
    """Of those that lived through it all."""
    wrong = []
    for pid, old in before.items():
        new = after.get(pid, old)
        if new.descriptors > old.descriptors * GROWTH + SPARE_DESCRIPTORS:
            wrong.append(f"{old.role} {pid} had {old.descriptors} descriptors, now {new.descriptors}")
        if new.resident > old.resident * GROWTH + SPARE_BYTES:
            wrong.append(f"{old.role} {pid} had {old.resident >> 20} MiB, now {new.resident >> 20}")
    return Verdict(tuple(wrong))


def judge_files(arena: Arena, ended: set[str]) -> Verdict:
    """Of storage, when every batch has ended."""
    settings = arena.system.settings
    folders = {settings.home / "blobs", settings.home / "batches", settings.archives}
    left = [f"temporary left: {path}" for folder in folders for path in folder.rglob("*.partial")]
    left += [f"segments left: {path}" for batch in ended for path in _attempts(settings.home / "batches" / batch)]
    return Verdict(tuple(sorted(left)))


def judge_end_of_system(directory: Path) -> Verdict:
    """Once the system has been stopped: no process of it runs, and nobody holds a lock in its directory."""
    left = [f"still runs: {process.pid} {' '.join(process.cmdline()[-3:])}" for process in processes_in(directory)]
    left += [f"still locked: {path}" for path in directory.rglob("*.lock") if _is_locked(path)]
    return Verdict(tuple(left))


def processes_in(directory: Path) -> Iterator[psutil.Process]:
    """Whoever was started with this data directory, and its broker, but for ourselves."""
    for process in psutil.process_iter():
        try:
            mine = process.environ().get("PRESSRUN_DATA_DIR") == str(directory)
            if mine and process.pid != os.getpid() and process.status() != psutil.STATUS_ZOMBIE:
                yield process
        except psutil.Error:
            continue


def _attempts(folder: Path) -> Iterator[Path]:
    return (path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else iter(())


def _is_locked(path: Path) -> bool:
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
