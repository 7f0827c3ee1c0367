"""A whole system in the foreground: broker, topics, every role; whatever ends it, nothing of it stays behind."""

import fcntl
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import FrameType
from typing import ClassVar

from pressrun.settings import Settings
from pressrun.supervisor import Supervisor
from pressrun.system import RunningSystem, read_system, remove_system, write_system
from schemas.errors import PressrunError
from streams.administration import apply_topics
from streams.devbroker import BrokerSettings, RunningBroker, broker_status, start_broker, stop_broker
from streams.devbroker.local_java import PID_FILE

Say = Callable[[str], None]

STOPPING_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
LOOK_SECONDS = 1.0
LOG_NAME = "up.log"


class SystemRunning(PressrunError):
    """A system already runs in this data directory."""

    code: ClassVar[str] = "system_running"


def broker_settings_of(settings: Settings) -> BrokerSettings:
    """The broker of the data directory, or the given one."""
    return BrokerSettings(settings.home / "broker", settings.broker, settings.broker_engine, settings.broker_heap_mb)


def run_system(settings: Settings, say: Say, on_ready: Callable[[], None]) -> None:
    """Run until told to stop by SIGTERM, SIGINT or SIGHUP.

    Raises SystemRunning, what starting a broker and applying topics raise, and KeyboardInterrupt when it was told to
    stop before any role ran.
    """
    with _alone(settings), _interrupted_by_signals():
        say = _noted(settings, say)
        try:
            broker = _start_broker(settings, say)
            write_system(settings, RunningSystem(broker.address, settings.broker is None, os.getpid()))
            _supervise(settings, say, on_ready)
            say("every role has ended")
        except KeyboardInterrupt:
            say("stopped before it was ready")
            raise
        finally:
            # A second Ctrl-C would leave half of it running.
            _handle_signals(lambda *_: None)
            _end(settings, say)


def _noted(settings: Settings, say: Say) -> Say:
    """What is said is also kept, with its time, beside the logs of the roles."""
    settings.logs.mkdir(parents=True, exist_ok=True)

    def say_and_note(line: str) -> None:
        say(line)
        with (settings.logs / LOG_NAME).open("a", encoding="utf-8") as log:
            log.write(f"{datetime.now(UTC).isoformat(timespec='milliseconds')} {line}\n")

    return say_and_note


def _start_broker(settings: Settings, say: Say) -> RunningBroker:
    broker = start_broker(broker_settings_of(settings), log=say)
    say(f"broker at {broker.address}, Kafka {broker.kafka_version}")
    report = apply_topics(broker.address)
    if report.created:
        say(f"{len(report.created)} topics created")
    for difference in report.differing:
        say(f"topic {difference.topic}: {difference.setting} is {difference.found}, not {difference.wanted}")
    return broker


def _supervise(settings: Settings, say: Say, on_ready: Callable[[], None]) -> None:
    supervisor = Supervisor(
        settings.logs,
        settings.workers,
        say,
        home=settings.home,
        on_ready=on_ready,
        silence=settings.silence_seconds,
    )
    _handle_signals(lambda *_: supervisor.stop())
    ended = threading.Event()
    keeper = threading.Thread(target=_keep_broker, args=(settings, say, ended), name="broker-keeper", daemon=True)
    keeper.start()
    try:
        supervisor.run()
    finally:
        ended.set()
        keeper.join()


def _keep_broker(settings: Settings, say: Say, ended: threading.Event) -> None:
    """Start our broker again when its process was killed; one that was stopped by command stays stopped."""
    was_dead = False
    while not ended.wait(LOOK_SECONDS):
        # Whoever stops the broker removes its pid file a moment after its end: only the second look tells.
        is_dead = _has_died(settings)
        if is_dead and was_dead:
            say("the broker has died, starting it again")
            try:
                start_broker(broker_settings_of(settings))
            except PressrunError as error:
                say(f"{error.code}: {error}")
        was_dead = is_dead


def _has_died(settings: Settings) -> bool:
    broker = broker_settings_of(settings)
    return broker.address is None and (broker.directory / PID_FILE).exists() and broker_status(broker) is None


def _end(settings: Settings, say: Say) -> None:
    remove_system(settings)
    if stop_broker(broker_settings_of(settings)):
        say("broker stopped")


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Two supervisors of one data directory would start every role twice."""
    settings.home.mkdir(parents=True, exist_ok=True)
    handle = os.open(settings.home / "up.lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        running = read_system(settings)
        who = f" (process {running.supervisor})" if running else ""
        raise SystemRunning(f"a system already runs in {settings.home}{who}; PRESSRUN_DATA_DIR names another") from None
    finally:
        os.close(handle)


@contextmanager
def _interrupted_by_signals() -> Iterator[None]:
    """Until roles run, each stopping signal is a KeyboardInterrupt, which undoes what was begun."""
    before = {number: signal.getsignal(number) for number in STOPPING_SIGNALS}
    _handle_signals(_interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _handle_signals(handler: Callable[[int, FrameType | None], None]) -> None:
    for number in STOPPING_SIGNALS:
        signal.signal(number, handler)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
