"""Which Java is taken."""

from collections.abc import Callable
from pathlib import Path

import pytest

from streams.devbroker.errors import EngineRefused
from streams.devbroker.local_java import find_java


@pytest.mark.parametrize("version", ["17.0.15", "21", "25.0.1"])
def test_java_17_and_newer_serve(install_java: Callable[..., Path], version: str) -> None:
    java = install_java(version)

    assert find_java() == java


@pytest.mark.parametrize(("version", "called"), [("11.0.2", "Java 11"), ("1.8.0_392", "Java 8")])
def test_an_older_java_is_refused_by_name(install_java: Callable[..., Path], version: str, called: str) -> None:
    install_java(version)

    with pytest.raises(EngineRefused, match=called):
        find_java()


def test_java_home_comes_before_the_path(
    install_java: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_java("17.0.15")
    at_home = install_java("21.0.1", folder=tmp_path / "jdk" / "bin")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "jdk"))

    assert find_java() == at_home


def test_a_java_home_without_java_does_not_hide_the_java_on_the_path(
    install_java: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_path = install_java("17.0.15")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "gone"))

    assert find_java() == on_path


def test_a_refusal_names_each_place_and_what_was_wrong_there(
    install: Callable[..., Path],
    install_java: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    install_java("11.0.2", folder=tmp_path / "jdk" / "bin")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "jdk"))
    # What macOS has at /usr/bin/java where no Java is installed.
    install("java", "echo 'Unable to locate a Java Runtime.' >&2; exit 1")

    with pytest.raises(EngineRefused) as refused:
        find_java()

    assert "JAVA_HOME" in refused.value.reason
    assert "Java 11, too old" in refused.value.reason
    assert "Unable to locate a Java Runtime." in refused.value.reason
    assert "17" in refused.value.remedy
