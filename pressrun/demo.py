"""The whole of pressrun in half a minute: a system of its own, one batch, its archive, its failures and its mail."""

import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType
from typing import ClassVar

from pressrun.mailbox import HOST, Mailbox, is_available, open_mailbox
from pressrun.preparation import Order
from pressrun.settings import Settings
from pressrun.submitting import Request, submit_letters
from pressrun.system import broker_of
from schemas.batches import BatchState
from schemas.errors import PressrunError
from sinks import failures_table
from sinks.storage import LocalStorage

Say = Callable[[str], None]

ADDRESS = "you@example.com"
MAIL_SECONDS = 15.0
STOP_SECONDS = 60.0
POLL_SECONDS = 0.1
LINES_TOLD = 10


class DemoFailed(PressrunError):
    """The demo's system did not start."""

    code: ClassVar[str] = "demo_failed"


@dataclass(frozen=True, slots=True)
class Stage:
    """What the demo runs on: its system's settings, and the mailbox where there is one."""

    settings: Settings
    mailbox: Mailbox | None

    @property
    def address(self) -> str:
        """Of its broker; raises SystemDown."""
        return broker_of(self.settings)

    def count_mails(self) -> int:
        return len(self.mailbox.messages()) if self.mailbox else 0


@contextmanager
def open_stage(settings: Settings, say: Say) -> Iterator[Stage]:
    """A running system with a mailbox, ended with everything it started; raises DemoFailed."""
    settings.home.mkdir(parents=True, exist_ok=True)
    with _ended_by_signals(), ExitStack() as stack:
        mailbox = None
        if is_available():
            mailbox = stack.enter_context(open_mailbox(settings.home / "mail"))
        else:
            say("aiosmtpd is not installed: no mail in this demo")
        stack.enter_context(_running_system(settings, mailbox))
        yield Stage(settings, mailbox)


def submit_order(stage: Stage, order: Order, request: Request) -> str:
    """The id of the batch; raises NotPublished and storage's errors."""
    settings = stage.settings
    storage = LocalStorage(settings.home, settings.archives)
    if stage.mailbox is None:
        request = replace(request, notify=None)
    submission, _ = submit_letters(order, request, storage=storage, settings=settings, address=stage.address)
    return submission.batch_id


def extract_failures(archive: Path, batch_id: str) -> Path:
    """Put the table of failures beside the archive, to be corrected and submitted again."""
    target = archive.with_name(f"{batch_id}-failures.csv")
    with zipfile.ZipFile(archive) as sealed:
        content = sealed.read(failures_table.NAME)
    # It holds rows of people, like the archive, which is for its owner only.
    with open(target, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        file.write(content)
    return target


def await_mail(stage: Stage, before: int) -> Path | None:
    """The message that came after the first `before` ones; None when there is none in time."""
    deadline = time.monotonic() + MAIL_SECONDS
    while stage.mailbox and time.monotonic() < deadline:
        messages = stage.mailbox.messages()
        if len(messages) > before:
            return messages[-1]
        time.sleep(POLL_SECONDS)
    return None


def tell_results(stage: Stage, state: BatchState, mail: Path | None, say: Say) -> None:
    """Where everything lies that the batch left."""
    for name in state.archive:
        archive = stage.settings.archives / name
        say(f"archive   {archive} ({archive.stat().st_size:,} bytes, {state.succeeded:,} letters)")
        say(f"failures  {extract_failures(archive, state.batch_id)} ({state.failed:,} rows to correct)")
    if stage.mailbox:
        say(f"mail      {mail or 'none came'}")
    say(f"logs      {stage.settings.logs}")


@contextmanager
def _running_system(settings: Settings, mailbox: Mailbox | None) -> Iterator[None]:
    log = settings.home / "up.log"
    with log.open("wb") as talk, _started(settings, mailbox, talk.fileno()) as system:
        assert system.stdout is not None
        if b"ready\n" not in iter(system.stdout.readline, b""):
            last = log.read_text(errors="replace").splitlines()[-LINES_TOLD:]
            raise DemoFailed("\n".join(["the system did not start:", *last]))
        yield


@contextmanager
def _started(settings: Settings, mailbox: Mailbox | None, talk: int) -> Iterator["subprocess.Popen[bytes]"]:
    system = subprocess.Popen(
        [sys.executable, "-m", "pressrun", "up"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=talk,
        env={**os.environ, **_environment(settings, mailbox)},
        # Ctrl-C reaches it through us, after we have said so.
        start_new_session=True,
    )
    try:
        yield system
    finally:
        _end(system)


def _environment(settings: Settings, mailbox: Mailbox | None) -> Mapping[str, str]:
    own = {"PRESSRUN_DATA_DIR": str(settings.home)}
    return own if mailbox is None else {**own, "PRESSRUN_SMTP_HOST": HOST, "PRESSRUN_SMTP_PORT": str(mailbox.port)}


def _end(system: "subprocess.Popen[bytes]") -> None:
    system.terminate()
    try:
        system.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        system.kill()
        system.wait()
    if system.stdout is not None:
        system.stdout.close()


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """SIGTERM and a closed terminal end the demo as Ctrl-C does: by undoing what was begun."""
    numbers = (signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, _interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
