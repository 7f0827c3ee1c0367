"""The broker as a container of the local Docker engine, described by the packaged compose file."""

import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import replace
from importlib import resources

from streams.devbroker.engine import Engine
from streams.devbroker.errors import BrokerFailed, EngineRefused
from streams.devbroker.identity import Identity, directory_key, forget, new_identity, remember
from streams.devbroker.process import Answer, run_command
from streams.devbroker.readiness import await_ready
from streams.devbroker.settings import BrokerSettings, Log, RunningBroker

COMPOSE_FILE = "docker-compose.kafka.yml"
# A command line without an engine answers in 0.05 s, but a remote engine can hang for ever.
PROBE_LIMIT_S = 5.0
UP_LIMIT_S = 600.0
READY_LIMIT_S = 120.0
_HELP = "Install or start a Docker engine with its compose plugin"


def start(settings: BrokerSettings, identity: Identity | None, log: Log) -> RunningBroker:
    """Start the container and wait until it is usable; what does not become usable is taken down again."""
    check_docker()
    version = image_version()
    chosen = replace(identity, kafka_version=version) if identity else new_identity("docker", version)
    remember(settings.directory, chosen)
    log(f"starting Kafka {version} on {chosen.address} with Docker")
    try:
        _bring_up(settings, chosen)
    except BaseException:
        _compose(settings, chosen, ["down"])
        if identity is None:
            forget(settings.directory)
        raise
    return _described(settings, chosen)


def find(settings: BrokerSettings, identity: Identity) -> RunningBroker | None:
    answer = _compose(settings, identity, ["ps", "--quiet", "--status", "running"])
    return _described(settings, identity) if answer.code == 0 and answer.text else None


def stop(settings: BrokerSettings, identity: Identity) -> bool:
    """Remove the container; the volume with the data stays, and so does the port."""
    if find(settings, identity) is None:
        return False
    answer = _compose(settings, identity, ["down", "--timeout", "30"])
    if answer.code != 0:
        raise BrokerFailed(f"Docker could not stop the broker: {answer.text}")
    return True


def check_docker() -> None:
    """Raises EngineRefused unless an engine answers and the compose plugin is there; a command alone proves nothing."""
    if shutil.which("docker") is None:
        raise EngineRefused("docker", "no docker command on PATH", _HELP)
    for argv, what in (
        (["docker", "info", "--format", "{{.ServerVersion}}"], "no engine answers"),
        (["docker", "compose", "version"], "the compose plugin does not answer"),
    ):
        answer = run_command(argv, within_s=PROBE_LIMIT_S)
        if answer.code != 0:
            raise EngineRefused("docker", f"{what} ({_last_line(answer)})", _HELP)


def image_version() -> str:
    """The Kafka version of the image: its tag, from KAFKA_IMAGE (a company's registry) or the compose file."""
    text = resources.files("streams.devbroker").joinpath(COMPOSE_FILE).read_text(encoding="utf-8")
    pinned = re.search(r"\$\{KAFKA_IMAGE:-([^}]+)\}", text)
    assert pinned, "the compose file pins an image"
    return (os.environ.get("KAFKA_IMAGE") or pinned[1]).rpartition(":")[2]


def _bring_up(settings: BrokerSettings, identity: Identity) -> None:
    answer = _compose(settings, identity, ["up", "--detach", "--wait", "--wait-timeout", "120"], within_s=UP_LIMIT_S)
    if answer.code != 0:
        raise EngineRefused("docker", f"docker compose up failed ({_last_line(answer)})", _HELP)
    if reason := await_ready(identity.address, within_s=READY_LIMIT_S):
        raise BrokerFailed(f"Kafka in Docker did not become usable: {reason}")


def _compose(
    settings: BrokerSettings,
    identity: Identity,
    arguments: Sequence[str],
    within_s: float = 60.0,
) -> Answer:
    """Docker's answer about this directory's own project, so that two directories never share a container."""
    packaged = resources.files("streams.devbroker").joinpath(COMPOSE_FILE)
    with resources.as_file(packaged) as compose_file:
        project = ["--project-name", f"pressrun-{directory_key(settings.directory)}", "--file", str(compose_file)]
        return run_command(
            ["docker", "compose", *project, *arguments],
            within_s=within_s,
            environment={
                "KAFKA_PORT": str(identity.port),
                "KAFKA_CLUSTER_ID": identity.cluster_id,
                "KAFKA_HEAP_MB": str(settings.heap_mb),
            },
        )


def _described(settings: BrokerSettings, identity: Identity) -> RunningBroker:
    return RunningBroker(
        address=identity.address,
        engine="docker",
        pid=None,
        kafka_version=identity.kafka_version,
        directory=settings.directory,
        log_file=None,
    )


def _last_line(answer: Answer) -> str:
    return answer.text.splitlines()[-1] if answer.text else f"code {answer.code}"


DOCKER = Engine("docker", start, find, stop)
