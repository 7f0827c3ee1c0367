"""The configuration files a local broker is started with."""

from importlib import resources
from pathlib import Path
from string import Template

from streams.devbroker.identity import Identity

SERVER_PROPERTIES = "server.properties"
LOG4J_PROPERTIES = "log4j2.properties"


def write_properties(directory: Path, identity: Identity) -> None:
    """Write both files anew, so that a broker started by a newer pressrun has the newer settings."""
    (directory / SERVER_PROPERTIES).write_text(server_properties(identity), encoding="utf-8")
    (directory / LOG4J_PROPERTIES).write_text(_packaged(LOG4J_PROPERTIES), encoding="utf-8")


def server_properties(identity: Identity) -> str:
    return Template(_packaged(SERVER_PROPERTIES)).substitute(
        port=identity.port,
        controller_port=identity.controller_port,
    )


def _packaged(name: str) -> str:
    return resources.files("streams.devbroker").joinpath(name).read_text(encoding="utf-8")
