"""The development broker itself: started, found, killed, stopped."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from streams.administration import connect
from streams.devbroker import BrokerSettings, RunningBroker, broker_status, start_broker, stop_broker
from streams.devbroker.identity import Identity, recall, remember
from streams.devbroker.readiness import why_not_ready

pytestmark = pytest.mark.broker


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[BrokerSettings]:
    """A directory of its own, run by the local Java, with nothing left running afterwards."""
    settings = BrokerSettings(tmp_path / "broker", None, engine="java", heap_mb=256)
    yield settings
    stop_broker(settings)


def the_pid(broker: RunningBroker) -> int:
    assert broker.pid is not None
    return broker.pid


def kill(settings: BrokerSettings, broker: RunningBroker) -> None:
    """SIGKILL, and wait until the kernel is done: kafka-python leaks a socket for each connection refused meanwhile."""
    os.kill(the_pid(broker), signal.SIGKILL)
    while broker_status(settings):
        pass


def write_records(address: str, topic: str, count: int) -> None:
    with connect(address) as admin:
        admin.create_topics({topic: {"num_partitions": 1, "replication_factor": 1}}, wait_for_metadata=True)
    producer = KafkaProducer(bootstrap_servers=address, acks="all")
    for number in range(count):
        producer.send(topic, str(number).encode())
    producer.flush()
    producer.close()


def read_records(address: str, topic: str, count: int) -> list[bytes]:
    consumer = KafkaConsumer(bootstrap_servers=address, auto_offset_reset="earliest", enable_auto_commit=False)
    consumer.assign([TopicPartition(topic, 0)])
    values = [next(consumer).value for _ in range(count)]
    consumer.close()
    return values


def test_a_started_broker_is_usable_and_known(broker: RunningBroker) -> None:
    assert why_not_ready(broker.address) is None
    assert re.fullmatch(r"127\.0\.0\.1:\d+", broker.address)
    assert broker_status(BrokerSettings(broker.directory, None)) == broker


def test_starting_again_returns_the_broker_that_runs(broker: RunningBroker) -> None:
    assert start_broker(BrokerSettings(broker.directory, None)) == broker


def test_a_given_address_is_used_and_never_stopped(broker: RunningBroker, tmp_path: Path) -> None:
    given = BrokerSettings(tmp_path / "unused", broker.address)

    found = start_broker(given)

    assert (found.address, found.engine, found.pid) == (broker.address, "given", None)
    assert broker_status(given) == found
    assert stop_broker(given) is False
    assert why_not_ready(broker.address) is None
    assert not given.directory.exists()


def test_a_missing_topic_is_an_error_and_is_not_made_silently(broker: RunningBroker) -> None:
    with connect(broker.address) as admin:
        described = admin.describe_topics(["never-created"])
        assert described[0]["error_code"] == 3
        assert "never-created" not in admin.list_topics()


def test_a_killed_broker_comes_back_with_its_address_and_its_data(settings: BrokerSettings) -> None:
    first = start_broker(settings)
    write_records(first.address, "kept", 500)

    kill(settings, first)
    second = start_broker(settings)

    assert second.address == first.address
    assert second.pid != first.pid
    assert read_records(second.address, "kept", 500) == [str(number).encode() for number in range(500)]


def test_a_stopped_broker_is_gone_and_comes_back_with_its_address(settings: BrokerSettings) -> None:
    first = start_broker(settings)

    assert stop_broker(settings) is True
    assert broker_status(settings) is None
    assert why_not_ready(first.address) is not None
    assert stop_broker(settings) is False
    assert start_broker(settings).address == first.address


def test_a_stop_is_a_clean_end(settings: BrokerSettings) -> None:
    started = start_broker(settings)

    stop_broker(settings)

    assert (settings.directory / "data" / ".kafka_cleanshutdown").exists()
    assert started.log_file is not None
    assert "shut down" in started.log_file.read_text()


def test_a_broker_outlives_the_process_that_started_it_and_any_process_can_stop_it(settings: BrokerSettings) -> None:
    program = "import sys; from pathlib import Path; from streams.devbroker import *; "
    start = f"{program} start_broker(BrokerSettings(Path(sys.argv[1]), None, engine='java', heap_mb=256))"

    subprocess.run([sys.executable, "-c", start, str(settings.directory)], check=True)

    found = broker_status(settings)
    assert found is not None
    assert why_not_ready(found.address) is None
    assert os.getsid(the_pid(found)) != os.getsid(0)
    assert stop_broker(settings) is True


def test_two_directories_have_two_brokers_side_by_side(broker: RunningBroker, settings: BrokerSettings) -> None:
    other = start_broker(settings)
    write_records(other.address, "only-here", 1)

    with connect(broker.address) as admin:
        assert "only-here" not in admin.list_topics()
    assert other.address != broker.address
    stop_broker(settings)
    assert why_not_ready(broker.address) is None


def test_two_starts_at_once_give_one_broker(settings: BrokerSettings) -> None:
    program = (
        "import sys; from pathlib import Path; from streams.devbroker import *; "
        "print(start_broker(BrokerSettings(Path(sys.argv[1]), None, engine='java', heap_mb=256)).pid)"
    )
    command = [sys.executable, "-c", program, str(settings.directory)]

    starters = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    answers = {starter.communicate()[0] for starter in starters}

    found = broker_status(settings)
    assert found is not None
    assert answers == {f"{found.pid}\n"}


def test_a_directory_with_spaces_and_accents_serves(tmp_path: Path) -> None:
    settings = BrokerSettings(tmp_path / "caf\u00e9 = 100 % $x, here", None, engine="java", heap_mb=256)
    try:
        assert why_not_ready(start_broker(settings).address) is None
    finally:
        assert stop_broker(settings) is True


def test_a_broker_in_docker_is_ready_when_its_published_port_is(
    broker: RunningBroker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A stand-in for Docker, which publishes the port of the real broker as the container's.
    docker = tmp_path / "docker"
    docker.write_text(f'#!/bin/sh\necho "$KAFKA_PORT $KAFKA_HEAP_MB $*" >>"{tmp_path}/calls"\n')
    docker.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    port = int(broker.address.rpartition(":")[2])
    settings = BrokerSettings(tmp_path / "broker", None, heap_mb=300)
    settings.directory.mkdir()
    remember(settings.directory, Identity("docker", port, port + 1, "UQhq2R_HTPeGDvFNaZP3Qw", "4.4.0"))

    started = start_broker(settings)

    assert (started.address, started.engine) == (broker.address, "docker")
    assert re.search(rf"^{port} 300 compose .* up --detach --wait", (tmp_path / "calls").read_text(), re.MULTILINE)
    assert recall(settings.directory) is not None
