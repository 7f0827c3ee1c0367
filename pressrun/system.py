"""A running system, found by its data directory: where its broker is, whether its supervisor is alive."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import ClassVar

from pressrun.settings import Settings
from schemas.errors import PressrunError

OUR_SESSION_TIMEOUT = 3.0
FOREIGN_SESSION_TIMEOUT = 6.0
"""A broker not ours refuses less (its `group.min.session.timeout.ms` is 6 s by default)."""


class SystemDown(PressrunError):
    """No system is running in this data directory: start one with `pressrun up`."""

    code: ClassVar[str] = "system_down"
    retriable: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class RunningSystem:
    """What `pressrun up` leaves in the data directory while it runs."""

    broker: str
    is_own_broker: bool
    supervisor: int


def write_system(settings: Settings, system: RunningSystem) -> None:
    path = _path(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(asdict(system)), encoding="utf-8")
    temporary.replace(path)


def remove_system(settings: Settings) -> None:
    _path(settings).unlink(missing_ok=True)


def read_system(settings: Settings) -> RunningSystem | None:
    """The system that runs in the data directory, if its supervisor is alive."""
    try:
        system = RunningSystem(**json.loads(_path(settings).read_text(encoding="utf-8")))
        os.kill(system.supervisor, 0)
    except (OSError, ValueError, TypeError):
        return None
    return system


def require_system(settings: Settings) -> RunningSystem:
    """Raises SystemDown."""
    system = read_system(settings)
    if system is None:
        raise SystemDown(
            f"no system is running in {settings.home}: start one with `pressrun up` (PRESSRUN_DATA_DIR names another)"
        )
    return system


def broker_of(settings: Settings) -> str:
    """The address roles connect to: the settings', else the running system's; raises SystemDown."""
    return settings.broker or require_system(settings).broker


def session_timeout_of(settings: Settings) -> float:
    if settings.session_timeout is not None:
        return settings.session_timeout
    system = read_system(settings)
    return OUR_SESSION_TIMEOUT if system is not None and system.is_own_broker else FOREIGN_SESSION_TIMEOUT


def _path(settings: Settings) -> Path:
    return settings.home / "system.json"
