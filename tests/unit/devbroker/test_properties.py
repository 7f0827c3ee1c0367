"""The broker's settings, which the Java process and the container share."""

from collections.abc import Iterator
from pathlib import Path

import yaml

from streams.devbroker.identity import Identity
from streams.devbroker.properties import server_properties, write_properties

ROOT = Path(__file__).parents[3]
PACKAGED = ROOT / "streams" / "devbroker" / "docker-compose.kafka.yml"
# Where a container differs: its listeners are on the container's own network, and its data on a volume.
PLACES = {"listeners", "listener.security.protocol.map", "log.dirs", "controller.quorum.bootstrap.servers"}


def an_identity() -> Identity:
    return Identity("java", 20_000, 20_001, "UQhq2R_HTPeGDvFNaZP3Qw", "4.4.0")


def settings_of_the_process() -> dict[str, str]:
    lines = [line for line in server_properties(an_identity()).splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def as_variable(setting: str) -> str:
    return f"KAFKA_{setting.upper().replace('.', '_')}"


def the_three_broker_variant() -> Iterator[str]:
    lines = iter(PACKAGED.read_text().splitlines())
    for line in lines:
        if line.startswith("# x-kafka:"):
            yield line.removeprefix("# ")
            break
    for line in lines:
        yield line.removeprefix("#").removeprefix(" ")


def test_the_ports_are_filled_in() -> None:
    settings = settings_of_the_process()

    assert settings["listeners"] == "PLAINTEXT://127.0.0.1:20000,CONTROLLER://127.0.0.1:20001"
    assert settings["controller.quorum.bootstrap.servers"] == "127.0.0.1:20001"


def test_the_broker_misses_workers_and_itself_within_seconds() -> None:
    settings = settings_of_the_process()

    assert settings["group.min.session.timeout.ms"] == "1000"
    assert settings["broker.session.timeout.ms"] == "1000"
    assert settings["broker.heartbeat.interval.ms"] == "200"
    assert settings["auto.create.topics.enable"] == "false"


def test_both_files_are_written_into_the_directory(tmp_path: Path) -> None:
    write_properties(tmp_path, an_identity())

    assert (tmp_path / "server.properties").read_text() == server_properties(an_identity())
    assert "rootLogger.level=INFO" in (tmp_path / "log4j2.properties").read_text()


def test_the_container_has_the_settings_of_the_process() -> None:
    environment = yaml.safe_load(PACKAGED.read_text())["services"]["kafka"]["environment"]

    for setting, value in settings_of_the_process().items():
        if setting not in PLACES:
            assert environment[as_variable(setting)] == value, setting


def test_the_compose_file_of_the_repository_is_the_packaged_one() -> None:
    assert (ROOT / "docker-compose.kafka.yml").resolve() == PACKAGED


def test_the_container_is_reached_on_loopback_only() -> None:
    kafka = yaml.safe_load(PACKAGED.read_text())["services"]["kafka"]

    assert [port.startswith("127.0.0.1:") for port in kafka["ports"]] == [True]
    assert kafka["healthcheck"]["test"]
    assert kafka["image"] == "${KAFKA_IMAGE:-apache/kafka:4.4.0}"


def test_the_three_broker_variant_is_valid_and_keeps_every_record_twice() -> None:
    variant = yaml.safe_load("\n".join(the_three_broker_variant()))

    brokers = variant["services"].values()
    assert len(variant["services"]) == len(variant["volumes"]) == 3
    assert {broker["environment"]["KAFKA_NODE_ID"] for broker in brokers} == {"1", "2", "3"}
    for broker in brokers:
        assert broker["environment"]["KAFKA_DEFAULT_REPLICATION_FACTOR"] == "3"
        assert broker["environment"]["KAFKA_MIN_INSYNC_REPLICAS"] == "2"
        assert broker["environment"]["KAFKA_UNCLEAN_LEADER_ELECTION_ENABLE"] == "false"
