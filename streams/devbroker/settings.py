"""What is asked of the development broker, and what is known about one that runs."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

EngineName: TypeAlias = Literal["docker", "java"]
Log: TypeAlias = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class BrokerSettings:
    """Where a broker lives and who may run it.

    `directory` holds its data, ports, pid and log, and belongs to this one broker. With an `address` (host:port)
    nothing is ever started or stopped. `heap_mb` is the Java heap in MiB; at 512 the whole process stays under 700 MB.
    """

    directory: Path
    address: str | None
    engine: Literal["auto", "docker", "java"] = "auto"
    heap_mb: int = 512


@dataclass(frozen=True, slots=True)
class RunningBroker:
    """A broker that can be used: `engine` is "given", "docker" or "java".

    `pid` and `log_file` are known only for a local Java process. The version of a given broker is the newest release
    whose calls it speaks, as far as our client knows releases.
    """

    address: str
    engine: str
    pid: int | None
    kafka_version: str
    directory: Path
    log_file: Path | None
