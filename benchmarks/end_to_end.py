"""Recipients a second from submit to the sealed archive, with the bare loop beside it in the same run.

    python -m benchmarks.end_to_end [--recipients 100000] [--size 30000] [--work constant,postcard] [--warm FILE]

A virtual machine that hands freed memory back to its host pays for every page it takes again: 13 µs for 4 KiB were
measured, several times the work of the whole pipeline on a letter. `--warm` reads a large file before each measurement,
pipeline and bare loop alike, so that memory is full of pages that can be reused and the work is measured, not the host.
"""

import argparse
import contextlib
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.bare_loop import BareFigures, run_bare_loop
from benchmarks.constant import load_constant, prepare_constant, write_recipients
from benchmarks.measuring import Meter
from pressrun.bootstrap import open_storage
from pressrun.designs import read_design_folder
from pressrun.domain.letters import CompiledDesign
from pressrun.following import BatchStates
from pressrun.preparation import Order, RowsOfFile, prepare
from pressrun.settings import Settings
from pressrun.submitting import Publisher, new_batch_id
from pressrun.supervisor import Supervisor
from pressrun.system import RunningSystem, write_system
from schemas.batches import BatchState
from schemas.plans import Plan
from schemas.submissions import BatchSubmitted
from streams.administration import apply_topics
from streams.devbroker import BrokerSettings, RunningBroker, start_broker, stop_broker

POSTCARD = Path(__file__).parent.parent / "examples" / "postcard"


@dataclass(frozen=True, slots=True)
class Running:
    """A system for one series of measurements."""

    settings: Settings
    broker: RunningBroker
    supervisor: Supervisor
    publisher: Publisher
    states: BatchStates

    @property
    def processes(self) -> dict[int, str]:
        pids = {post.process.pid: post.role for post in self.supervisor.posts if post.process}
        if self.broker.pid is not None:
            pids[self.broker.pid] = "broker"
        return pids

    def prepare_constant(self, recipients: Path, size: int) -> tuple[str, Plan]:
        return prepare_constant(recipients, size, open_storage(self.settings))

    def prepare_postcard(self, recipients: Path) -> tuple[str, Plan]:
        order = Order(read_design_folder(POSTCARD), RowsOfFile(recipients), {})
        return prepare(order, open_storage(self.settings), reserve_mb=0)


@contextlib.contextmanager
def a_system(data_dir: Path, module: str, *, fsync: bool = True) -> Iterator[Running]:
    """Broker, topics and roles in a directory of their own."""
    os.environ["PRESSRUN_DATA_DIR"] = str(data_dir)
    os.environ["PRESSRUN_ARCHIVE_FSYNC"] = str(fsync)
    settings = Settings()
    broker_settings = BrokerSettings(settings.home / "broker", None)
    broker = start_broker(broker_settings)
    apply_topics(broker.address)
    write_system(settings, RunningSystem(broker.address, is_own_broker=True, supervisor=os.getpid()))
    command = [sys.executable, "-m", *module.split()]
    supervisor = Supervisor(settings.logs, settings.workers, print, lambda role: [*command, role])
    thread = threading.Thread(target=supervisor.run)
    thread.start()
    try:
        with Publisher(broker.address) as publisher, BatchStates(broker.address) as states:
            yield Running(settings, broker, supervisor, publisher, states)
    finally:
        supervisor.stop()
        thread.join()
        stop_broker(broker_settings)


@dataclass(frozen=True, slots=True)
class Figures:
    """One batch, in seconds from the call of intake."""

    total: int
    intake: float
    completed: float
    sealed: float
    state: BatchState

    def __str__(self) -> str:
        return (
            f"{self.total:>9,} recipients: intake {self.intake:6.2f} s, completed {self.completed:6.2f} s "
            f"({self.total / self.completed:,.0f}/s), sealed {self.sealed:6.2f} s ({self.total / self.sealed:,.0f}/s)"
        )


def run_batch(running: Running, prepare_plan: Callable[[], tuple[str, Plan]]) -> Figures:
    """Intake, submit, follow to the end; removes the archive."""
    started = time.perf_counter()
    digest, plan = prepare_plan()
    intake = time.perf_counter() - started
    batch_id = submit(running, digest)
    completed, last = 0.0, None
    for state in running.states.follow(batch_id):
        last = state or last
        if state is not None and state.status in {"closing", "sealed"} and not completed:
            completed = time.perf_counter() - started
    sealed = time.perf_counter() - started
    assert last is not None
    assert last.status == "sealed", last
    for name in last.archive:
        (running.settings.archives / name).unlink()
    return Figures(plan.total, intake, completed, sealed, last)


def submit(running: Running, digest: str) -> str:
    batch_id = new_batch_id()
    running.publisher.publish(
        BatchSubmitted(
            id=f"{batch_id}/submitted", time=datetime.now(UTC), batch_id=batch_id, kind="letters", plan=digest
        )
    )
    return batch_id


def warm_memory(file: Path | None) -> None:
    """Fill memory with clean pages, where asked to."""
    if file is not None:
        with file.open("rb", buffering=0) as opened:
            while opened.read(8 << 20):
                pass


def measure_throughput(root: Path, work: str, total: int, size: int, warm: Path | None) -> None:
    """One kind of work: with and without flushing the archive, and the bare loop."""
    recipients = recipients_for(root, work, total)
    warm_up = recipients_for(root, work, 2_000)
    for fsync in (True, False):
        with a_system(root / f"{work}-{fsync}", module_for(work), fsync=fsync) as running:
            run_batch(running, lambda: plan_for(running, work, warm_up, size))
            warm_memory(warm)
            meter = Meter(running.processes)
            figures = run_batch(running, lambda: plan_for(running, work, recipients, size))
            cpu, peak = meter.finish()
            print(f"{work:>9}, archive {'flushed' if fsync else 'not flushed'}: {figures}")
            if not fsync:
                print_costs(cpu, peak, total)
                warm_memory(warm)
                bare = bare_figures(root, running, work, recipients, size)
                spent = (sum(cpu.values()) + figures.intake) / total * 1e6
                print(
                    f"{'':>9}  bare loop: {bare.per_second:,.0f}/s, {bare.cpu_us:.1f} µs CPU per recipient; "
                    f"pipeline {spent:.1f} µs with intake, {spent - bare.cpu_us:+.1f} µs; "
                    f"ratio {total / figures.sealed / bare.per_second:.2f}"
                )
        shutil.rmtree(root / f"{work}-{fsync}")


def bare_figures(root: Path, running: Running, work: str, recipients: Path, size: int) -> BareFigures:
    if work == "constant":
        return run_bare_loop(
            root / "bare",
            running.settings.workers,
            lambda storage: prepare_constant(recipients, size, storage),
            load_constant,
        )
    order = Order(read_design_folder(POSTCARD), RowsOfFile(recipients), {})
    return run_bare_loop(
        root / "bare",
        running.settings.workers,
        lambda storage: prepare(order, storage, reserve_mb=0),
        CompiledDesign.from_bytes,
    )


def print_costs(cpu: dict[str, float], peak: dict[str, int], total: int) -> None:
    for role, seconds in cpu.items():
        print(f"{'':>9}  {role:>10}: {seconds / total * 1e6:6.1f} µs CPU per recipient, peak {peak[role] >> 20:4d} MiB")


def measure_latency(root: Path, size: int) -> None:
    """Ten recipients, from the call of intake to the sealed state read: idle, and behind 50,000."""
    ten, many = recipients_for(root, "constant", 10), recipients_for(root, "constant", 50_000)
    with a_system(root / "latency", module_for("constant")) as running:
        small = lambda: running.prepare_constant(ten, size)  # noqa: E731 - a door left open for the plan
        run_batch(running, small)
        idle = sorted(run_batch(running, small).sealed for _ in range(11))
        print(f"10 recipients, idle: median {idle[5] * 1000:.0f} ms, worst {idle[-1] * 1000:.0f} ms")
        digest, _ = running.prepare_constant(many, size)
        large = submit(running, digest)
        wait_for(running, large, lambda state: state.succeeded > 0)
        behind = []
        while running.states.states[large].status == "running":
            behind.append(run_batch(running, small).sealed)
        print(f"10 recipients behind 50,000: {', '.join(f'{seconds * 1000:.0f}' for seconds in behind)} ms")
        wait_for(running, large, lambda state: state.status == "sealed")
    shutil.rmtree(root / "latency")


def wait_for(running: Running, batch_id: str, condition: Callable[[BatchState], bool]) -> None:
    for state in running.states.follow(batch_id):
        if state is not None and condition(state):
            return


def recipients_for(root: Path, work: str, total: int) -> Path:
    path = root / f"{work}-{total}.csv"
    if path.exists():
        return path
    if work == "constant":
        return write_recipients(path, total)
    header, *rows = (POSTCARD / "recipients.csv").read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([header, *(rows[index % len(rows)] for index in range(total))]) + "\n", encoding="utf-8")
    return path


def plan_for(running: Running, work: str, recipients: Path, size: int) -> tuple[str, Plan]:
    return running.prepare_constant(recipients, size) if work == "constant" else running.prepare_postcard(recipients)


def module_for(work: str) -> str:
    return "benchmarks.worker" if work == "constant" else "pressrun work"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recipients", type=int, default=100_000)
    parser.add_argument("--size", type=int, default=30_000, help="bytes of the constant artifact")
    parser.add_argument("--work", default="constant,postcard")
    parser.add_argument("--warm", type=Path, help="a file of nearly the memory's size, read before each measurement")
    parser.add_argument("--folder", help="where the data directories lie; another disk, or memory")
    parser.add_argument("--latency", action=argparse.BooleanOptionalAction, default=True)
    asked = parser.parse_args()
    root = Path(tempfile.mkdtemp(prefix="pressrun-bench-", dir=asked.folder))
    try:
        if asked.latency:
            measure_latency(root, asked.size)
        for work in asked.work.split(","):
            measure_throughput(root, work, asked.recipients, asked.size, asked.warm)
    finally:
        shutil.rmtree(root, ignore_errors=True)


if __name__ == "__main__":
    main()
