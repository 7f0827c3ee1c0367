"""Kafka's jars are there whole, or not at all."""

from collections.abc import Callable
from pathlib import Path

import pytest

from streams.devbroker.artifacts import cache_directory, fetch_libraries, find_libraries, pinned_kafka_version
from streams.devbroker.errors import EngineRefused


def test_the_cache_is_pressruns_own_setting_then_xdg_then_the_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/someone")
    monkeypatch.setenv("XDG_CACHE_HOME", "/xdg")
    monkeypatch.setenv("PRESSRUN_CACHE_DIR", "~/own")
    assert cache_directory() == Path("/home/someone/own")

    monkeypatch.delenv("PRESSRUN_CACHE_DIR")
    assert cache_directory() == Path("/xdg/pressrun")

    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_directory() == Path("/home/someone/.cache/pressrun")


def test_fetched_jars_are_found_without_maven(fetched_jars: Path) -> None:
    assert find_libraries() == fetched_jars
    assert fetch_libraries(print) == fetched_jars
    assert pinned_kafka_version() in fetched_jars.name


def test_maven_is_asked_once_and_told_to_check_what_it_gets(
    install_maven: Callable[..., Path], calls_of: Callable[[str], list[str]]
) -> None:
    install_maven()

    fetch_libraries(print)
    fetch_libraries(print)

    (call,) = calls_of("mvn")
    assert "--strict-checksums" in call


def test_a_broken_download_leaves_nothing_behind(install_maven: Callable[..., Path]) -> None:
    install_maven(ending='echo "[INFO] so far"; echo "[ERROR] Could not transfer kafka-server"; exit 1')

    with pytest.raises(EngineRefused, match="Could not transfer kafka-server"):
        fetch_libraries(print)

    assert find_libraries() is None
    assert list(cache_directory().iterdir()) == []


def test_a_download_after_a_broken_one_succeeds(install_maven: Callable[..., Path]) -> None:
    install_maven(ending="exit 1")
    with pytest.raises(EngineRefused):
        fetch_libraries(print)
    install_maven()

    assert fetch_libraries(print) == find_libraries()


def test_a_download_without_a_needed_jar_does_not_count(install_maven: Callable[..., Path]) -> None:
    install_maven(jars="kafka_2.13-4.4.0 kafka-server-4.4.0")

    with pytest.raises(EngineRefused, match="log4j-core"):
        fetch_libraries(print)

    assert find_libraries() is None


def test_jars_that_another_process_fetched_meanwhile_are_used(
    fetched_jars: Path, install_maven: Callable[..., Path], tmp_path: Path
) -> None:
    aside = tmp_path / "aside"
    fetched_jars.rename(aside)
    # The other process finishes while our Maven still works.
    install_maven(ending=f'mkdir "{fetched_jars}"; touch "{fetched_jars}/theirs.jar"')

    assert fetch_libraries(print) == fetched_jars
    assert (fetched_jars / "theirs.jar").exists()


def test_without_maven_and_without_jars_the_refusal_says_what_to_install() -> None:
    with pytest.raises(EngineRefused, match="mvn") as refused:
        fetch_libraries(print)

    assert "Install Maven" in refused.value.remedy
