"""The broker as one `java` process of this machine."""

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from streams.devbroker.artifacts import fetch_libraries, pinned_kafka_version
from streams.devbroker.engine import Engine
from streams.devbroker.errors import BrokerFailed, EngineRefused, PortTaken
from streams.devbroker.identity import Identity, directory_key, new_identity, remember
from streams.devbroker.ports import becomes_free
from streams.devbroker.process import end_process, recorded_pid, run_command, spawn_detached
from streams.devbroker.properties import LOG4J_PROPERTIES, SERVER_PROPERTIES, write_properties
from streams.devbroker.readiness import await_ready
from streams.devbroker.settings import BrokerSettings, Log, RunningBroker

OLDEST_JAVA = 17
PID_FILE, LOG_FILE = "broker.pid", "broker.log"
READY_LIMIT_S = 120.0
STOP_GRACE_S = 30.0
PORT_LIMIT_S = 5.0


@dataclass(frozen=True, slots=True)
class Runtime:
    """A Java that can run the broker, and the jars it runs."""

    java: Path
    libraries: Path


def start(settings: BrokerSettings, identity: Identity | None, log: Log) -> RunningBroker:
    """Start it, or wait for one that runs already; raises EngineRefused, PortTaken or BrokerFailed."""
    # One that was killed a moment ago still looks alive, and then ends while it is waited for: start anew.
    if identity is not None and find(settings, identity) and (running := _await_usable(settings, identity)):
        return running
    runtime = Runtime(find_java(), fetch_libraries(log))
    identity = _prepare(settings, identity, runtime)
    log(f"starting Kafka {identity.kafka_version} on {identity.address} with {runtime.java}")
    try:
        return _launch(settings, identity, runtime)
    except BaseException:
        # Also at an interrupt: a half-started broker would hold the ports, and nobody knows of it.
        stop(settings, identity)
        raise


def find(settings: BrokerSettings, identity: Identity) -> RunningBroker | None:
    """The broker if its recorded process is alive and ours; whether it answers is not asked."""
    pid = recorded_pid(settings.directory / PID_FILE, _mark(settings))
    return None if pid is None else _described(settings, identity, pid)


def stop(settings: BrokerSettings, identity: Identity) -> bool:  # noqa: ARG001 - every engine is stopped the same way
    pid = recorded_pid(settings.directory / PID_FILE, _mark(settings))
    if pid is not None:
        end_process(pid, _mark(settings), grace_s=STOP_GRACE_S)
    (settings.directory / PID_FILE).unlink(missing_ok=True)
    return pid is not None


def find_java() -> Path:
    """The first Java that is new enough, from JAVA_HOME, then PATH; raises EngineRefused with what each one was."""
    seen = []
    for origin, java in _java_candidates():
        major, reason = _java_major(java)
        if major >= OLDEST_JAVA:
            return java
        seen.append(f"{origin} ({java}) {reason}")
    reason = "; ".join(seen) or "no java in JAVA_HOME or on PATH"
    raise EngineRefused("java", reason, f"Install Java {OLDEST_JAVA} or newer (a JRE is enough), or set JAVA_HOME")


def _java_candidates() -> Iterator[tuple[str, Path]]:
    if home := os.environ.get("JAVA_HOME"):
        yield "JAVA_HOME", Path(home) / "bin" / "java"
    if found := shutil.which("java"):
        yield "PATH", Path(found)


def _java_major(java: Path) -> tuple[int, str]:
    """The major version and, for a refusal, what is wrong with it; versions before 9 call themselves 1.x."""
    answer = run_command([java, "-version"], within_s=10)
    found = re.search(r'version "(?:1\.)?(\d+)', answer.text)
    if answer.code != 0 or not found:
        return 0, f"does not answer: {answer.text.splitlines()[0] if answer.text else 'no output'}"
    return int(found[1]), f"is Java {found[1]}, too old"


def _prepare(settings: BrokerSettings, identity: Identity | None, runtime: Runtime) -> Identity:
    """Everything the process finds on disk when it starts, with the ports it had before if there was a before."""
    version = pinned_kafka_version()
    identity = replace(identity, kafka_version=version) if identity else new_identity("java", version)
    _check_ports(settings, identity)
    remember(settings.directory, identity)
    write_properties(settings.directory, identity)
    _format_data(settings, identity, runtime)
    return identity


def _check_ports(settings: BrokerSettings, identity: Identity) -> None:
    """Raises PortTaken. A process killed just now keeps its sockets until the kernel has taken its memory apart."""
    for port in (identity.port, identity.controller_port):
        if not becomes_free(port, within_s=PORT_LIMIT_S):
            raise PortTaken(
                f"The broker of {settings.directory} has to come back on port {port} of 127.0.0.1, "
                "which another program uses now. Stop that program, or choose another broker directory.",
            )


def _format_data(settings: BrokerSettings, identity: Identity, runtime: Runtime) -> None:
    """Make the data directory a Kafka one. meta.properties is written last, so without it nothing was ever stored."""
    if (settings.directory / "data" / "meta.properties").exists():
        return
    tool = ["kafka.tools.StorageTool", "format", "--standalone", "--ignore-formatted"]
    answer = run_command(
        [*_java_command(runtime, heap_mb=128), *tool, "-t", identity.cluster_id, "-c", SERVER_PROPERTIES],
        within_s=60,
        directory=settings.directory,
    )
    (settings.directory / "format.log").write_text(answer.text, encoding="utf-8")
    if answer.code != 0:
        raise BrokerFailed(f"Kafka could not format {settings.directory / 'data'}: {_last_lines(answer.text)}")


def _launch(settings: BrokerSettings, identity: Identity, runtime: Runtime) -> RunningBroker:
    log_file = settings.directory / LOG_FILE
    if log_file.exists():
        log_file.replace(log_file.with_suffix(".log.1"))
    spawn_detached(
        [*_java_command(runtime, settings.heap_mb), _mark(settings), "kafka.Kafka", SERVER_PROPERTIES],
        directory=settings.directory,
        log_file=log_file,
        pid_file=settings.directory / PID_FILE,
    )
    if broker := _await_usable(settings, identity):
        return broker
    raise BrokerFailed(f"Kafka ended while it started. {_end_of_log(settings)}")


def _java_command(runtime: Runtime, heap_mb: int) -> list[str]:
    """Serial collector and first-tier compiler only: 180 MB after start, for 2 s of start-up."""
    return [
        str(runtime.java),
        f"-Xms{min(128, heap_mb)}m",
        f"-Xmx{heap_mb}m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-XX:+ExitOnOutOfMemoryError",
        f"-Dlog4j2.configurationFile={LOG4J_PROPERTIES}",
        "-cp",
        f"{runtime.libraries}/*",
    ]


def _await_usable(settings: BrokerSettings, identity: Identity) -> RunningBroker | None:
    """The broker once it is usable, None if its process ends instead; raises BrokerFailed when it only hangs."""
    reason = await_ready(
        identity.address,
        within_s=READY_LIMIT_S,
        still_alive=lambda: find(settings, identity) is not None,
    )
    broker = find(settings, identity)
    if broker is not None and reason is not None:
        raise BrokerFailed(f"Kafka did not become usable: {reason}. {_end_of_log(settings)}")
    return broker


def _described(settings: BrokerSettings, identity: Identity, pid: int) -> RunningBroker:
    return RunningBroker(
        address=identity.address,
        engine="java",
        pid=pid,
        kafka_version=identity.kafka_version,
        directory=settings.directory,
        log_file=settings.directory / LOG_FILE,
    )


def _mark(settings: BrokerSettings) -> str:
    """A JVM property nobody reads: by it a process is known to be this directory's broker."""
    return f"-Dpressrun.broker={directory_key(settings.directory)}"


def _end_of_log(settings: BrokerSettings) -> str:
    log_file = settings.directory / LOG_FILE
    if not log_file.exists():
        return "It left no log."
    return f"{log_file} ends: {_last_lines(log_file.read_text(encoding='utf-8', errors='replace'))}"


def _last_lines(text: str, count: int = 8) -> str:
    return "\n".join(text.splitlines()[-count:])


JAVA = Engine("java", start, find, stop)
