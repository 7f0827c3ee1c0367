"""Docker as an engine, played by a stand-in that notes how it is called."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from streams.devbroker import BrokerSettings, broker_status, start_broker, stop_broker
from streams.devbroker.docker_engine import check_docker, image_version
from streams.devbroker.errors import EngineRefused, NoEngine
from streams.devbroker.identity import Identity, recall, remember


def a_docker_broker(directory: Path, port: int = 20_000) -> BrokerSettings:
    """A directory whose broker Docker has run before."""
    directory.mkdir()
    remember(directory, Identity("docker", port, port + 1, "UQhq2R_HTPeGDvFNaZP3Qw", "4.4.0"))
    return BrokerSettings(directory, None, engine="docker", heap_mb=384)


def project_of(call: str) -> str:
    found = re.search(r"--project-name (\S+)", call)
    assert found
    return found[1]


def test_an_engine_that_answers_and_its_compose_plugin_serve(install_docker: Callable[..., Path]) -> None:
    install_docker()

    check_docker()


def test_a_docker_command_without_an_engine_does_not_serve(install_docker: Callable[..., Path]) -> None:
    install_docker(info="echo 'Cannot connect to the Docker daemon' >&2; exit 1")

    with pytest.raises(EngineRefused, match=r"no engine answers.*Cannot connect to the Docker daemon"):
        check_docker()


def test_an_engine_without_the_compose_plugin_does_not_serve(install_docker: Callable[..., Path]) -> None:
    install_docker(compose_version="echo 'unknown command: docker compose' >&2; exit 1")

    with pytest.raises(EngineRefused, match="compose plugin"):
        check_docker()


def test_no_docker_at_all_does_not_serve() -> None:
    with pytest.raises(EngineRefused, match="no docker command"):
        check_docker()


def test_a_container_that_does_not_come_up_is_taken_down_and_forgotten(
    install_docker: Callable[..., Path], calls_of: Callable[[str], list[str]], tmp_path: Path
) -> None:
    install_docker(up="echo 'manifest unknown'; exit 18")

    with pytest.raises(NoEngine, match="manifest unknown"):
        start_broker(BrokerSettings(tmp_path / "broker", None, engine="docker"))

    assert calls_of("docker")[-1].endswith(" down")
    assert recall(tmp_path / "broker") is None


def test_a_container_that_fails_later_keeps_its_port_and_its_data(
    install_docker: Callable[..., Path], calls_of: Callable[[str], list[str]], tmp_path: Path
) -> None:
    settings = a_docker_broker(tmp_path / "broker")
    install_docker(up="exit 1")

    with pytest.raises(NoEngine):
        start_broker(settings)

    assert recall(settings.directory) is not None
    assert not any("--volumes" in call or " -v" in call for call in calls_of("docker"))


def test_a_running_container_is_found(install_docker: Callable[..., Path], tmp_path: Path) -> None:
    settings = a_docker_broker(tmp_path / "broker", port=20_500)
    install_docker(running="echo 0123456789ab")

    found = broker_status(settings)

    assert found is not None
    assert (found.engine, found.address, found.pid) == ("docker", "127.0.0.1:20500", None)


def test_without_a_running_container_there_is_nothing_to_find_or_stop(
    install_docker: Callable[..., Path], calls_of: Callable[[str], list[str]], tmp_path: Path
) -> None:
    settings = a_docker_broker(tmp_path / "broker")
    install_docker()

    assert broker_status(settings) is None
    assert stop_broker(settings) is False
    assert not any(" down" in call for call in calls_of("docker"))


def test_stopping_removes_the_container_and_not_the_volume(
    install_docker: Callable[..., Path], calls_of: Callable[[str], list[str]], tmp_path: Path
) -> None:
    settings = a_docker_broker(tmp_path / "broker")
    install_docker(running="echo 0123456789ab")

    assert stop_broker(settings) is True
    assert calls_of("docker")[-1].endswith(" down --timeout 30")


def test_each_directory_has_a_project_of_its_own(
    install_docker: Callable[..., Path], calls_of: Callable[[str], list[str]], tmp_path: Path
) -> None:
    install_docker()

    broker_status(a_docker_broker(tmp_path / "one"))
    broker_status(a_docker_broker(tmp_path / "two"))
    broker_status(BrokerSettings(tmp_path / "one", None))

    one, two, one_again = (project_of(call) for call in calls_of("docker"))
    assert one == one_again != two


def test_the_version_is_the_tag_of_the_image_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    assert image_version() == "4.4.0"

    monkeypatch.setenv("KAFKA_IMAGE", "registry.example:5000/apache/kafka:4.2.0")
    assert image_version() == "4.2.0"
