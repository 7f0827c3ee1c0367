"""Whole systems started by `pressrun up` in a data directory of the test's own, and command lines run against them."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from streams.devbroker import BrokerSettings, stop_broker
from streams.devbroker.artifacts import cache_directory

POSTCARD = Path(__file__).parents[2] / "examples" / "postcard"
PATIENCE = 120.0


@dataclass(frozen=True)
class System:
    """A data directory, and how to say things to what runs in it."""

    data_dir: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> Mapping[str, str]:
        own = ("PRESSRUN_", "SMTP_", "BATCH_", "OUTPUT_DIR")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
        return {
            **kept,
            "PRESSRUN_DATA_DIR": str(self.data_dir),
            "PRESSRUN_CACHE_DIR": str(cache_directory()),
            **self.settings,
        }

    def start(self, *arguments: object) -> "subprocess.Popen[str]":
        """A command line that goes on while the test does."""
        return subprocess.Popen(
            [sys.executable, "-m", "pressrun", *map(str, arguments)],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: object) -> "subprocess.CompletedProcess[str]":
        """A command line run to its end."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=PATIENCE)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def answer(self, *arguments: object) -> Any:
        """What a command line answers in JSON."""
        return json.loads(self.run(*arguments, "--json").stdout)

    def submit(self, recipients: Path, *options: object) -> "subprocess.CompletedProcess[str]":
        return self.run(*submission(recipients), *options)

    def processes(self) -> dict[int, str]:
        """Pid and command line of everything that runs in this data directory."""
        found = psutil.process_iter(["pid", "cmdline", "environ"])
        mine = [
            seen.info for seen in found if (seen.info["environ"] or {}).get("PRESSRUN_DATA_DIR") == str(self.data_dir)
        ]
        return {info["pid"]: " ".join(info["cmdline"] or ()) for info in mine}

    def roles(self, role: str = "") -> set[int]:
        """Pids of the processes of a role, or of all."""
        return {pid for pid, command in self.processes().items() if f"-m pressrun work {role}" in command}

    @contextmanager
    def paused(self, role: str) -> Iterator[None]:
        """Nobody of a role works for a while."""
        pids = self.roles(role)
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)


def submission(recipients: Path) -> tuple[object, ...]:
    return ("submit", "letters", "--design", POSTCARD, "--recipients", recipients)


def a_list(path: Path, count: int) -> Path:
    """A list of so many recipients, of which none has a fault."""
    header, *rows = (POSTCARD / "recipients.csv").read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([header, *[rows[0]] * count, ""]), encoding="utf-8")
    return path


@contextmanager
def a_running_system(data_dir: Path) -> Iterator[tuple[System, "subprocess.Popen[str]"]]:
    """A system that has said `ready`; nothing of it is left afterwards, whatever the test did."""
    system = System(data_dir)
    up = system.start("up")
    try:
        await_ready(up)
        yield system, up
    finally:
        end(up)
        stop_broker(BrokerSettings(data_dir / "broker", None))


def await_ready(up: "subprocess.Popen[str]") -> None:
    assert up.stdout is not None
    line = up.stdout.readline()
    if line != "ready\n":
        assert up.stderr is not None
        raise AssertionError(f"up said {line!r} and {up.stderr.read()!r}")


def end(process: "subprocess.Popen[str]") -> tuple[str, str]:
    """Ask a process to end, wait, and return what it had said."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    return process.communicate(timeout=PATIENCE)


def said_by(process: "subprocess.Popen[str]") -> str:
    """The next line of a process's talk; it is waited for."""
    assert process.stderr is not None
    return process.stderr.readline()


def until(condition: Callable[[], Any]) -> Any:
    """Wait for a condition; the test fails when it never comes."""
    deadline = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.1)
    return found
