"""What a broker directory remembers for as long as it exists: the engine, the ports, the cluster id."""

import base64
import hashlib
import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from streams.devbroker.errors import BrokerFailed
from streams.devbroker.ports import choose_free_ports
from streams.devbroker.settings import EngineName

IDENTITY_FILE = "broker.json"


@dataclass(frozen=True, slots=True)
class Identity:
    """A broker comes back under the same address after any crash, so that its clients find it again."""

    engine: EngineName
    port: int
    controller_port: int
    cluster_id: str
    kafka_version: str

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"


def directory_key(directory: Path) -> str:
    """12 hexadecimal characters that stand for the directory in process marks and Docker project names."""
    return hashlib.sha256(str(directory.resolve()).encode()).hexdigest()[:12]


def new_identity(engine: EngineName, kafka_version: str) -> Identity:
    port, controller_port = choose_free_ports(2)
    return Identity(engine, port, controller_port, _new_cluster_id(), kafka_version)


def recall(directory: Path) -> Identity | None:
    """What the directory remembers, or None when no broker has lived there."""
    try:
        return Identity(**json.loads((directory / IDENTITY_FILE).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as error:
        raise BrokerFailed(
            f"{directory / IDENTITY_FILE} cannot be read ({error}); the broker's ports are unknown. "
            "Restore the file, or remove the directory with its data.",
        ) from error


def remember(directory: Path, identity: Identity) -> None:
    """Write by rename, so that a crash leaves the old content or the new, never half of it."""
    draft = directory / f"{IDENTITY_FILE}.new"
    draft.write_text(json.dumps(asdict(identity), indent=1), encoding="utf-8")
    draft.replace(directory / IDENTITY_FILE)


def forget(directory: Path) -> None:
    (directory / IDENTITY_FILE).unlink(missing_ok=True)


def _new_cluster_id() -> str:
    """16 random bytes as URL-safe base64; Kafka's own tool refuses one that looks like an option."""
    while (cluster_id := base64.urlsafe_b64encode(secrets.token_bytes(16)).rstrip(b"=").decode()).startswith("-"):
        pass
    return cluster_id
