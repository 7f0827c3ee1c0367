"""Which broker a start gives, and what is left of a start that failed."""

import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from streams.devbroker import BrokerSettings, broker_status, start_broker, stop_broker
from streams.devbroker.errors import BrokerFailed, DirectoryTaken, NoEngine, PortTaken
from streams.devbroker.identity import Identity, directory_key, recall, remember
from streams.devbroker.ports import choose_free_ports
from streams.devbroker.process import carries

NOBODY = "127.0.0.1:1"


def test_with_nothing_installed_the_error_lists_what_was_tried_and_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(NoEngine) as failed:
        start_broker(BrokerSettings(tmp_path / "broker", None))

    text = str(failed.value)
    assert "docker: no docker command on PATH" in text
    assert "java: no java in JAVA_HOME or on PATH" in text
    assert "Install or start a Docker engine" in text
    assert "Install Java 17" in text
    assert [refusal.engine for refusal in failed.value.refusals] == ["docker", "java"]


def test_only_the_engine_asked_for_is_tried(tmp_path: Path) -> None:
    with pytest.raises(NoEngine) as failed:
        start_broker(BrokerSettings(tmp_path / "broker", None, engine="java"))

    assert [refusal.engine for refusal in failed.value.refusals] == ["java"]


def test_docker_that_does_not_come_up_leaves_the_turn_to_java(
    install_docker: Callable[..., Path], tmp_path: Path
) -> None:
    install_docker(up="exit 1")

    with pytest.raises(NoEngine) as failed:
        start_broker(BrokerSettings(tmp_path / "broker", None))

    assert [refusal.engine for refusal in failed.value.refusals] == ["docker", "java"]


def test_a_directory_belongs_to_the_engine_that_filled_it(tmp_path: Path) -> None:
    remember(tmp_path, Identity("docker", 20_000, 20_001, "UQhq2R_HTPeGDvFNaZP3Qw", "4.4.0"))

    with pytest.raises(DirectoryTaken, match="run by docker, not java"):
        start_broker(BrokerSettings(tmp_path, None, engine="java"))


def test_a_given_address_that_does_not_answer_starts_nothing(tmp_path: Path) -> None:
    settings = BrokerSettings(tmp_path / "broker", NOBODY)

    assert broker_status(settings) is None
    assert stop_broker(settings) is False
    assert not settings.directory.exists()


def test_stopping_where_no_broker_has_lived_is_no_error(tmp_path: Path) -> None:
    assert stop_broker(BrokerSettings(tmp_path / "never", None)) is False
    assert stop_broker(BrokerSettings(tmp_path, None)) is False
    assert broker_status(BrokerSettings(tmp_path, None)) is None


def test_a_broker_that_ends_at_once_is_reported_with_the_end_of_its_log(
    install_java: Callable[..., Path], fetched_jars: Path, tmp_path: Path
) -> None:
    install_java("17.0.15", as_kafka="echo 'FATAL Unable to start acceptor'; exit 1")
    settings = BrokerSettings(tmp_path / "broker", None)

    with pytest.raises(BrokerFailed, match=r"ended while it started.*Unable to start acceptor"):
        start_broker(settings)

    assert fetched_jars.is_dir()
    assert broker_status(settings) is None
    assert not (settings.directory / "broker.pid").exists()


def test_a_start_that_failed_keeps_its_ports_for_the_next(
    install_java: Callable[..., Path], fetched_jars: Path, tmp_path: Path
) -> None:
    install_java("17.0.15", as_kafka="exit 1")
    settings = BrokerSettings(tmp_path / "broker", None)

    def a_failed_start() -> Identity | None:
        with pytest.raises(BrokerFailed):
            start_broker(settings)
        return recall(settings.directory)

    assert a_failed_start() == a_failed_start()
    assert fetched_jars.is_dir()


def test_kafka_is_formatted_once(
    install_java: Callable[..., Path], calls_of: Callable[[str], list[str]], fetched_jars: Path, tmp_path: Path
) -> None:
    install_java("17.0.15", as_kafka="exit 1")

    for _ in range(2):
        with pytest.raises(BrokerFailed):
            start_broker(BrokerSettings(tmp_path / "broker", None))

    assert len([call for call in calls_of("java") if "StorageTool" in call]) == 1
    assert fetched_jars.is_dir()


def test_the_heap_is_the_one_asked_for(
    install_java: Callable[..., Path], calls_of: Callable[[str], list[str]], fetched_jars: Path, tmp_path: Path
) -> None:
    install_java("17.0.15", as_kafka="exit 1")

    with pytest.raises(BrokerFailed):
        start_broker(BrokerSettings(tmp_path / "broker", None, heap_mb=300))

    (call,) = (call for call in calls_of("java") if "kafka.Kafka" in call)
    assert "-Xms128m -Xmx300m" in call
    assert f"{fetched_jars}/*" in call


def test_a_remembered_port_that_another_program_has_is_named(
    install_java: Callable[..., Path], fetched_jars: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_java("17.0.15")
    monkeypatch.setattr("streams.devbroker.local_java.PORT_LIMIT_S", 0.0)
    port, controller_port = choose_free_ports(2)
    remember(tmp_path, Identity("java", port, controller_port, "UQhq2R_HTPeGDvFNaZP3Qw", "4.4.0"))

    with socket.create_server(("127.0.0.1", controller_port)), pytest.raises(PortTaken, match=str(controller_port)):
        start_broker(BrokerSettings(tmp_path, None))

    assert fetched_jars.is_dir()


def test_an_interrupted_start_leaves_no_process_behind(
    install_java: Callable[..., Path], fetched_jars: Path, tmp_path: Path
) -> None:
    started = tmp_path / "started"
    os.mkfifo(started)
    install_java("17.0.15", as_kafka=f'echo $$ >"{started}"; read -r _ <"{started}"')
    starter = subprocess.Popen(
        [sys.executable, "-c", START, str(tmp_path / "broker")], stderr=subprocess.PIPE, text=True
    )

    pid = int(first_line(started))
    starter.send_signal(signal.SIGINT)
    _, errors = starter.communicate()

    assert "KeyboardInterrupt" in errors
    assert broker_status(BrokerSettings(tmp_path / "broker", None)) is None
    assert fetched_jars.is_dir()
    assert not carries(pid, f"-Dpressrun.broker={directory_key(tmp_path / 'broker')}")


def test_a_broker_whose_starter_was_killed_is_known_to_the_next_command(
    install_java: Callable[..., Path], fetched_jars: Path, tmp_path: Path
) -> None:
    started = tmp_path / "started"
    os.mkfifo(started)
    install_java("17.0.15", as_kafka=f'echo $$ >"{started}"; read -r _ <"{started}"')
    settings = BrokerSettings(tmp_path / "broker", None)

    with a_starter(settings):
        pid = int(first_line(started))

    found = broker_status(settings)
    assert found is not None
    assert found.pid == pid
    assert stop_broker(settings) is True
    assert fetched_jars.is_dir()


def test_a_broker_that_dies_while_it_is_waited_for_is_started_anew(
    install_java: Callable[..., Path], fetched_jars: Path, tmp_path: Path
) -> None:
    started = tmp_path / "started"
    os.mkfifo(started)
    install_java("17.0.15", as_kafka=f'echo $$ >"{started}"; read -r _ <"{started}"')
    settings = BrokerSettings(tmp_path / "broker", None)
    with a_starter(settings):
        first_pid = int(first_line(started))
    identity = recall(settings.directory)
    assert identity is not None

    with socket.create_server(("127.0.0.1", identity.port)) as server, a_starter(settings):
        server.settimeout(60)
        # The second starter looks whether the first broker is ready, so it is waiting for it.
        server.accept()[0].close()
        server.close()
        os.kill(first_pid, signal.SIGKILL)
        second_pid = int(first_line(started))

    assert second_pid != first_pid
    assert stop_broker(settings) is True
    assert fetched_jars.is_dir()


@contextmanager
def a_starter(settings: BrokerSettings) -> Iterator[subprocess.Popen[bytes]]:
    """A process that starts the broker; it is killed at the end, and what it started is not."""
    with subprocess.Popen([sys.executable, "-c", START, str(settings.directory)]) as starter:
        yield starter
        starter.kill()


def first_line(fifo: Path) -> str:
    """What a process writes once it runs; a process that never does fails the test instead of hanging it."""
    with os.fdopen(os.open(fifo, os.O_RDONLY | os.O_NONBLOCK), encoding="utf-8") as stream:
        assert select.select([stream], [], [], 60)[0], "the process did not start"
        return stream.readline()


START = """
import sys
from pathlib import Path
from streams.devbroker import BrokerSettings, start_broker
start_broker(BrokerSettings(Path(sys.argv[1]), None))
"""
