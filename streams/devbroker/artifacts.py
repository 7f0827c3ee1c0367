"""Kafka's jars: fetched once per user from Maven by the pinned pom.xml, and whole or absent."""

import hashlib
import os
import re
import shutil
import tempfile
from importlib import resources
from pathlib import Path

from streams.devbroker.errors import EngineRefused
from streams.devbroker.process import run_command
from streams.devbroker.settings import Log

FETCH_LIMIT_S = 900.0
# Maven 3.8 would take version 2.8 of this plugin by itself, which knows neither TLS defaults nor these options well.
COPY_DEPENDENCIES = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
# One of each family: Kafka itself, its server, the logging backend that Kafka's own pom leaves out.
NEEDED = ("kafka_2.13-*.jar", "kafka-server-4*.jar", "log4j-core-*.jar", "log4j-slf4j-impl-*.jar")


def cache_directory() -> Path:
    """`PRESSRUN_CACHE_DIR`, else `$XDG_CACHE_HOME/pressrun`, else `~/.cache/pressrun`."""
    if own := os.environ.get("PRESSRUN_CACHE_DIR"):
        return Path(own).expanduser()
    if shared := os.environ.get("XDG_CACHE_HOME"):
        return Path(shared).expanduser() / "pressrun"
    return Path.home() / ".cache" / "pressrun"


def pinned_kafka_version() -> str:
    found = re.search(r"<kafka\.version>([^<]+)</kafka\.version>", _pom())
    assert found, "pom.xml pins kafka.version"
    return found[1]


def find_libraries() -> Path | None:
    """The folder of jars of exactly this pom.xml, if they have been fetched before."""
    libraries = _libraries()
    return libraries if libraries.is_dir() else None


def fetch_libraries(log: Log) -> Path:
    """Fetch about 45 jars (43 MB) unless they are there. Raises EngineRefused without Maven or without a download."""
    if found := find_libraries():
        return found
    maven = shutil.which("mvn")
    if maven is None:
        raise EngineRefused("java", "Maven (mvn) is not on PATH, and Kafka's jars have not been fetched yet", _HELP)
    log(f"fetching Kafka {pinned_kafka_version()} with Maven, once, into {_libraries()}")
    cache_directory().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="fetch-", dir=cache_directory()) as draft:
        return _publish(_download(maven, Path(draft)))


def _download(maven: str, draft: Path) -> Path:
    (draft / "pom.xml").write_text(_pom(), encoding="utf-8")
    jars = draft / "jars"
    options = ["-B", "-q", "--strict-checksums", "-f", str(draft / "pom.xml")]
    target = ["-DincludeScope=runtime", f"-DoutputDirectory={jars}"]
    answer = run_command([maven, *options, COPY_DEPENDENCIES, *target], within_s=FETCH_LIMIT_S)
    if answer.code != 0:
        raise EngineRefused("java", f"Maven could not fetch Kafka's jars: {_first_error(answer.text)}", _HELP)
    if absent := [pattern for pattern in NEEDED if not any(jars.glob(pattern))]:
        raise EngineRefused("java", f"Maven fetched no {', '.join(absent)}", _HELP)
    return jars


def _publish(jars: Path) -> Path:
    """Give whole jars their final name; when another process was faster, its jars are the same."""
    final = _libraries()
    try:
        jars.rename(final)
    except OSError:
        if not final.is_dir():
            raise
    return final


def _first_error(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return next((line for line in lines if "ERROR" in line), lines[-1] if lines else "no output")[:300]


def _libraries() -> Path:
    digest = hashlib.sha256(_pom().encode()).hexdigest()[:12]
    return cache_directory() / f"kafka-{pinned_kafka_version()}-{digest}"


def _pom() -> str:
    return resources.files("streams.devbroker").joinpath("pom.xml").read_text(encoding="utf-8")


_HELP = "Install Maven 3.6 or newer, or let it reach its repository (a proxy or mirror goes into ~/.m2/settings.xml)"
