"""A machine on which only what a test installs can be found, and stand-ins for Docker, Java and Maven."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from streams.devbroker.artifacts import fetch_libraries

# What the stand-ins are written with, and the `ps` every POSIX system has.
SHELL_TOOLS = ("sh", "mkdir", "touch", "sleep", "ps")


@pytest.fixture(autouse=True)
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on PATH; with it an empty cache, and nothing in the environment that points elsewhere."""
    folder = tmp_path / "programs"
    folder.mkdir()
    for tool in SHELL_TOOLS:
        (folder / tool).symlink_to(shutil.which(tool) or pytest.fail(f"this machine has no {tool}"))
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("PRESSRUN_CACHE_DIR", str(tmp_path / "cache"))
    for name in ("JAVA_HOME", "KAFKA_IMAGE"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def install(programs: Path, tmp_path: Path) -> Callable[..., Path]:
    """`install(name, script, folder)` makes a program that notes its arguments before it does what the script says."""

    def make(name: str, script: str, folder: Path = programs) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        program = folder / name
        program.write_text(f'#!/bin/sh\necho "{name} $*" >>"{tmp_path}/calls"\n{script}\n')
        program.chmod(0o755)
        return program

    return make


@pytest.fixture
def calls_of(tmp_path: Path) -> Callable[[str], list[str]]:
    """Every call of a program so far, one line each, with its arguments."""

    def read(name: str) -> list[str]:
        calls = tmp_path / "calls"
        lines = calls.read_text().splitlines() if calls.exists() else []
        return [line for line in lines if line.split()[0] == name]

    return read


@pytest.fixture
def install_java(install: Callable[..., Path], programs: Path) -> Callable[..., Path]:
    """`install_java(version, as_kafka, folder)`: formats data like Kafka's tool; `as_kafka` is what the broker does."""

    def make(version: str, as_kafka: str = "exit 0", folder: Path = programs) -> Path:
        return install(
            "java",
            f"""case "$*" in
              -version) echo 'openjdk version "{version}" 2025-04-15' >&2; exit 0 ;;
              *StorageTool*) mkdir -p data; touch data/meta.properties; exit 0 ;;
            esac
            {as_kafka}""",
            folder,
        )

    return make


@pytest.fixture
def install_maven(install: Callable[..., Path]) -> Callable[..., Path]:
    """`install_maven(jars, ending)` puts empty jars of these names where it is told to, then ends as it is told."""

    def make(
        jars: str = "kafka_2.13-4.4.0 kafka-server-4.4.0 log4j-core-2 log4j-slf4j-impl-2", ending: str = ""
    ) -> Path:
        return install(
            "mvn",
            f"""for option in "$@"
            do case "$option" in -DoutputDirectory=*) jars=${{option#*=}} ;; esac; done
            mkdir -p "$jars"
            for jar in {jars}; do touch "$jars/$jar.jar"; done
            {ending}""",
        )

    return make


@pytest.fixture
def fetched_jars(install_maven: Callable[..., Path]) -> Path:
    """Jars as an earlier start has fetched them; Maven itself is gone again."""
    maven = install_maven()
    jars = fetch_libraries(print)
    maven.unlink()
    return jars


@pytest.fixture
def install_docker(install: Callable[..., Path]) -> Callable[..., Path]:
    """`install_docker(info, compose_version, up, running)`: what each call of Docker answers, as a shell script."""

    def make(info: str = "", compose_version: str = "", up: str = "", running: str = "") -> Path:
        return install(
            "docker",
            f"""case "$*" in
              info*) {info or "echo 27.0"} ;;
              "compose version") {compose_version or "echo v2.30"} ;;
              *" up "*) echo "port $KAFKA_PORT heap $KAFKA_HEAP_MB"; {up or "exit 0"} ;;
              *" ps "*) {running or "exit 0"} ;;
            esac""",
        )

    return make
