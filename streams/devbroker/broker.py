"""Starting, finding and stopping the broker of a directory, whoever runs it."""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from streams.administration import ClusterRefused, ClusterUnavailable, cluster_summary
from streams.devbroker.docker_engine import DOCKER
from streams.devbroker.engine import Engine
from streams.devbroker.errors import BrokerFailed, DirectoryTaken, EngineRefused, NoEngine
from streams.devbroker.identity import Identity, recall
from streams.devbroker.local_java import JAVA
from streams.devbroker.readiness import await_ready
from streams.devbroker.settings import BrokerSettings, Log, RunningBroker

# Docker first: where an engine runs, it needs nothing else on the machine.
ENGINES: dict[str, Engine] = {engine.name: engine for engine in (DOCKER, JAVA)}
GIVEN_LIMIT_S = 15.0


def _say_nothing(_line: str) -> None:
    """Where nobody watches the start."""


def start_broker(settings: BrokerSettings, *, log: Log = _say_nothing) -> RunningBroker:
    """Return a usable broker: the given one, the one that runs already, or a new one.

    `log` is told in one line each what takes time. Raises NoEngine when nothing can run a broker here, BrokerFailed
    when one was started in vain (it is stopped again), DirectoryTaken, PortTaken.
    """
    if settings.address is not None:
        return _given_broker(settings, settings.address, within_s=GIVEN_LIMIT_S)
    with _alone(settings.directory):
        identity = recall(settings.directory)
        refusals: list[EngineRefused] = []
        for engine in _engines_to_try(settings, identity):
            try:
                return engine.start(settings, identity, log)
            except EngineRefused as refusal:
                refusals.append(refusal)
        raise NoEngine(refusals)


def stop_broker(settings: BrokerSettings) -> bool:
    """Stop what this directory started, and wait for its end; False when nothing ran. A given broker is not ours."""
    if settings.address is not None or not settings.directory.is_dir():
        return False
    with _alone(settings.directory):
        identity = recall(settings.directory)
        return identity is not None and ENGINES[identity.engine].stop(settings, identity)


def broker_status(settings: BrokerSettings) -> RunningBroker | None:
    """The broker that runs (or the given one, if it answers now), else None."""
    if settings.address is not None:
        try:
            return _given_broker(settings, settings.address, within_s=0)
        except BrokerFailed:
            return None
    identity = recall(settings.directory)
    return None if identity is None else ENGINES[identity.engine].find(settings, identity)


def _engines_to_try(settings: BrokerSettings, identity: Identity | None) -> Sequence[Engine]:
    """All in order at first; later only the engine that has the data."""
    if identity is None:
        return tuple(ENGINES.values()) if settings.engine == "auto" else (ENGINES[settings.engine],)
    if settings.engine not in {"auto", identity.engine}:
        raise DirectoryTaken(
            f"{settings.directory} holds the data of a broker run by {identity.engine}, not {settings.engine}. "
            "Choose another directory, or remove this one with its data.",
        )
    return (ENGINES[identity.engine],)


def _given_broker(settings: BrokerSettings, address: str, *, within_s: float) -> RunningBroker:
    if reason := await_ready(address, within_s=within_s):
        raise BrokerFailed(f"The broker at {address} cannot be used: {reason}")
    try:
        version = cluster_summary(address).version
    except (ClusterUnavailable, ClusterRefused) as error:
        raise BrokerFailed(f"The broker at {address} cannot be used: {error}") from error
    return RunningBroker(address, "given", None, version, settings.directory, None)


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """Two starters of one directory take turns, so the second finds the broker of the first.

    The directory is for its owner only: the log holds what people submitted.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(directory / "start.lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
