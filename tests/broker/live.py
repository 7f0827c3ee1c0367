"""A whole system as a user runs it: `pressrun up` in a directory of its own, with its processes within reach."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

from pressrun.bootstrap import open_storage
from pressrun.designs import read_design_folder
from pressrun.following import BatchStates, StatesUnreadable
from pressrun.preparation import Order, RowsOfFile
from pressrun.settings import Settings
from pressrun.submitting import Request, submit_letters
from pressrun.supervisor import NUMBER_VARIABLE, work_command
from pressrun.system import broker_of
from schemas.batches import BatchState
from sinks.verification import Verification, verify_archive
from streams.topology import ROLE_NAMES

POSTCARD = Path(__file__).parents[2] / "examples" / "postcard"
PATIENCE = 120.0


class System:
    """One data directory, and what runs in it."""

    def __init__(self, directory: Path, **settings: str) -> None:
        self.directory = directory
        self.environment = {f"PRESSRUN_{name.upper()}": value for name, value in settings.items()}
        """Of `pressrun up` and all it starts; read when it starts."""
        self._given: dict[str, Any] = dict(settings)
        self._supervisor: subprocess.Popen[str] | None = None

    @property
    def settings(self) -> Settings:
        # Whoever hands in is not to die at a point armed for the system.
        return Settings(**{**self._given, "data_dir": self.directory, "crashpoints": False})

    @property
    def address(self) -> str:
        return broker_of(self.settings)

    @property
    def is_up(self) -> bool:
        """Whether a supervisor was started and not stopped."""
        return self._supervisor is not None

    @property
    def whole_environment(self) -> dict[str, str]:
        return {**os.environ, **self.environment, "PRESSRUN_DATA_DIR": str(self.directory)}

    @property
    def broker_pid(self) -> int | None:
        """Of the broker's recorded process, dead or alive."""
        try:
            return int((self.directory / "broker" / "broker.pid").read_text(encoding="ascii"))
        except (FileNotFoundError, ValueError):
            return None

    def start(self) -> None:
        """`pressrun up`, until it says that it is ready."""
        self.directory.mkdir(parents=True, exist_ok=True)
        with (self.directory / "up.log").open("ab") as log:
            self._supervisor = subprocess.Popen(
                [sys.executable, "-m", "pressrun", "up"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                text=True,
                env=self.whole_environment,
            )
        start = (self.directory / "up.log").stat().st_size
        self.until(lambda: self._said("ready", start), "the system is ready")

    def stop(self) -> None:
        """SIGTERM to the supervisor; everything has ended when this returns."""
        if self._supervisor is not None:
            self._supervisor.terminate()
            assert self._supervisor.wait(60) == 0, (self.directory / "up.log").read_text()
            self._supervisor = None

    def abandon(self) -> None:
        """Nothing of a failed test stays behind."""
        if self._supervisor is not None:
            self._supervisor.terminate()
            try:
                self._supervisor.wait(60)
            except subprocess.TimeoutExpired:
                self._supervisor.kill()
            self._supervisor = None

    def kill_supervisor(self) -> None:
        """SIGKILL `pressrun up` itself."""
        assert self._supervisor is not None
        self._supervisor.kill()
        self._supervisor.wait()

    def processes(self, role: str) -> list[psutil.Process]:
        """Living processes of a role, by their command line."""
        if self._supervisor is None:
            return []
        children = psutil.Process(self._supervisor.pid).children()
        return [child for child in children if _command_of(child)[-2:] == ["work", role]]

    def role_processes(self) -> list[psutil.Process]:
        """Living processes of all roles."""
        return [process for role in ROLE_NAMES for process in self.processes(role)]

    def join(self, role: str, number: int) -> "subprocess.Popen[bytes]":
        """One more process of the role, which no supervisor knows; whoever asked for it ends it."""
        with (self.directory / "joined.log").open("ab") as log:
            return subprocess.Popen(
                work_command(role),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**self.whole_environment, NUMBER_VARIABLE: str(number)},
            )

    def kill(self, role: str) -> int:
        """SIGKILL one process of the role; returns its pid."""
        process = self.processes(role)[0]
        process.send_signal(signal.SIGKILL)
        return int(process.pid)

    def kill_broker(self) -> None:
        """SIGKILL the broker and wait until another process has taken its place."""
        pid = self.broker_pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        self.until(lambda: self.broker_pid not in {None, pid}, "another broker")

    def submit(self, total: int, *, design: Path = POSTCARD, **request: Any) -> str:
        """A batch of the example's recipients, repeated up to the total; returns its id."""
        recipients = write_recipients(self.directory / f"recipients-{total}.csv", total)
        order = Order(read_design_folder(design), RowsOfFile(recipients), {}, request.pop("password_secret", None))
        submission, _ = submit_letters(
            order,
            Request(**request),
            storage=open_storage(self.settings),
            settings=self.settings,
            address=self.address,
        )
        return submission.batch_id

    def wait(self, batch_id: str, condition: Callable[[BatchState], bool]) -> BatchState:
        """The first state of the batch that fulfils the condition."""
        deadline = time.monotonic() + PATIENCE
        last: BatchState | None = None
        while time.monotonic() < deadline:
            # A broker that was killed is on its way back: until then nobody can be asked.
            with suppress(StatesUnreadable), BatchStates(self.address) as states:
                for state in states.follow(batch_id):
                    last = state or last
                    if last is not None and condition(last):
                        return last
                    assert time.monotonic() < deadline, f"last seen: {last}"
                raise AssertionError(f"it ended without: {last}")
        raise AssertionError(f"last seen: {last}")

    def wait_until_sealed(self, batch_id: str) -> BatchState:
        return self.wait(batch_id, lambda state: state.status in {"sealed", "cancelled"})

    def archive(self, state: BatchState) -> Path:
        (name,) = state.archive
        return self.settings.archives / name

    def until(self, condition: Callable[[], object], what: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, (
                f"not in {PATIENCE:.0f} s: {what}\n{(self.directory / 'up.log').read_text()}"
            )
            time.sleep(0.05)

    def _said(self, word: str, start: int) -> bool:
        assert self._supervisor is not None
        assert self._supervisor.poll() is None, (self.directory / "up.log").read_text()
        return word in (self.directory / "up.log").read_bytes()[start:].decode().splitlines()


@contextmanager
def a_system(directory: Path, **settings: str) -> Iterator[System]:
    system = System(directory, **settings)
    try:
        system.start()
        yield system
        system.stop()
    finally:
        system.abandon()


def write_recipients(path: Path, total: int) -> Path:
    header, *rows = (POSTCARD / "recipients.csv").read_text(encoding="utf-8").splitlines()
    lines = [header, *(rows[index % len(rows)] for index in range(total))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def assert_exact(system: System, state: BatchState, total: int) -> Verification:
    """Counts, entries, manifest and failures agree, and every entry is what the manifest says."""
    assert state.total == total
    assert state.succeeded + state.failed + state.cancelled == total
    archive = system.archive(state)
    verification = verify_archive(archive)
    assert verification.faults == ()
    with zipfile.ZipFile(archive) as opened:
        names = opened.namelist()
        manifest = json.loads(opened.read("manifest.json"))
        failures = list(csv.reader(io.StringIO(opened.read("failures.csv").decode())))
    letters = [name for name in names if name.endswith(".pdf")]
    assert len(set(letters)) == len(letters) == state.succeeded
    assert [item["entry"] for item in manifest["items"]] == letters
    failed = [int(row[0]) for row in failures[1:]]
    assert len(failed) == state.failed + state.cancelled
    assert sorted(failed + [item["index"] for item in manifest["items"]]) == list(range(total))
    return verification


def assert_clean(system: System, batch_id: str) -> None:
    """No segment and no temporary file of the batch is left."""
    left = sorted(path.name for path in (system.directory / "batches" / batch_id).iterdir())
    assert not [name for name in left if not name.endswith((".json", ".begun", ".ended"))], left


def _command_of(process: psutil.Process) -> Sequence[str]:
    try:
        return list(process.cmdline())
    except psutil.Error:
        return ()
