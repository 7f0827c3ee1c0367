"""The bare loop: intake, the same work, SHA-256, segments and merge in the same number of processes, without Kafka."""

import multiprocessing
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson
import psutil

from pressrun.domain.letters import Letter
from pressrun.domain.work import Stamper
from pressrun.plans import PlanShelf
from schemas.layouts import ROW_LENGTH
from schemas.plans import Plan
from sinks.archive import Sealing, seal_archive
from sinks.segments import Artifact, write_segment
from sinks.sidecar import FailedItem
from sinks.storage import LocalStorage

BATCH = "bare-loop"
BLOCK = 512


@dataclass(frozen=True, slots=True)
class BareFigures:
    """Seconds and CPU seconds of one run."""

    total: int
    seconds: float
    cpu: float

    @property
    def per_second(self) -> float:
        return self.total / self.seconds

    @property
    def cpu_us(self) -> float:
        return self.cpu / self.total * 1e6


def run_bare_loop(
    root: Path,
    processes: int,
    prepare_plan: Callable[[LocalStorage], tuple[str, Plan]],
    load: Callable[[bytes], Stamper],
) -> BareFigures:
    """From the CSV to the archive."""
    storage = LocalStorage(root, root / "archives")
    started, cpu = time.perf_counter(), _cpu()
    digest, plan = prepare_plan(storage)
    total = plan.total
    storage.create_batch_folder(BATCH, 1)
    context = multiprocessing.get_context("fork")
    workers = [
        context.Process(target=_work, args=(root, digest, number, processes, load)) for number in range(processes)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    _seal(storage, digest, total)
    return BareFigures(total, time.perf_counter() - started, _cpu() - cpu)


def _work(root: Path, digest: str, number: int, processes: int, load: Callable[[bytes], Stamper]) -> None:
    storage = LocalStorage(root, root / "archives")
    shelf = PlanShelf(storage)
    plan = shelf.plan(digest)
    stamper = load(storage.read_blob(plan.compiled))
    folder = storage.batch_folder(BATCH, 1)
    assert folder is not None
    for first in range(number * ROW_LENGTH, plan.total, processes * ROW_LENGTH):
        for start in range(first, min(first + ROW_LENGTH, plan.total), BLOCK):
            last = min(start + BLOCK, plan.total, first + ROW_LENGTH) - 1
            _make(folder, shelf.lines(digest, start, last), start, plan.variables, stamper)


def _make(folder: Path, lines: Sequence[bytes], first: int, variables: tuple[str, ...], stamper: Stamper) -> None:
    artifacts, failures = [], []
    for index, line in enumerate(lines, first):
        row = orjson.loads(line)
        if "fault" in row:
            failures.append(FailedItem(index, row["fault"]["code"], row["fault"]["message"]))
            continue
        values = zip(variables, row["values"], strict=True)
        letter = stamper.stamp({name: value for name, value in values if value is not None})
        if isinstance(letter, Letter):
            size = len(letter.prefix) + len(letter.tail)
            artifacts.append(Artifact(index, letter.prefix, letter.tail, size, letter.crc32, letter.sha256))
        else:
            failures.append(FailedItem(index, letter.code, letter.message))
    write_segment(folder, f"{first:07d}", artifacts, failures)


def _seal(storage: LocalStorage, digest: str, total: int) -> None:
    folder = storage.batch_folder(BATCH, 1)
    assert folder is not None
    shelf = PlanShelf(storage)
    failed = bytearray((total + 7) // 8)
    for path in sorted(folder.glob("*.json")):
        for index, _, _ in orjson.loads(path.read_bytes())["failures"]:
            failed[index // 8] |= 1 << index % 8
    everything = ((1 << total) - 1).to_bytes((total + 7) // 8, "little")
    succeeded = bytes(one & ~other for one, other in zip(everything, failed, strict=True))
    sealing = Sealing(
        BATCH,
        1,
        total,
        succeeded,
        bytes(failed),
        bytes(len(failed)),
        shelf.plan(digest).columns,
        lambda index: shelf.cells(digest, index),
    )
    seal_archive(sealing, storage, stop=lambda: False, fsync=False)
    storage.remove_segments(BATCH, 1)


def _cpu() -> float:
    """CPU seconds of this process and of its children that have ended."""
    times = psutil.Process().cpu_times()
    return float(times.user + times.system + times.children_user + times.children_system)
