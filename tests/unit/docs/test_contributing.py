"""The overrides of Faust in docs/contributing.md exist, and so do the tests that guard them."""

import re
from types import ModuleType

import pytest
from unit.docs.pages import ROOT, read

from streams import acknowledgements, app, assignor, consumer, fences, header_names, lanes, producer, tables

FAUST = read("docs/contributing.md").split("## Faust")[1]
ROWS = [line.split(" | ") for line in FAUST.splitlines() if line.startswith("| `")]
MODULES: tuple[ModuleType, ...] = (
    acknowledgements,
    app,
    assignor,
    consumer,
    fences,
    header_names,
    lanes,
    producer,
    tables,
)


def test_the_table_of_overrides_is_read() -> None:
    assert len(ROWS) > 10


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_an_override_exists(row: list[str]) -> None:
    owner: object | None = None
    for name in re.findall(r"`([A-Za-z_.]+)`", row[0]):
        head, _, member = name.rpartition(".")
        if owner is None and name.islower():
            assert any(hasattr(module, member) for module in MODULES), name
            continue
        if head or name[0].isupper():
            owner = next((getattr(module, head or name) for module in MODULES if hasattr(module, head or name)), None)
            assert owner is not None, name
        if member and not member[0].isupper():
            assert member in vars(owner), name


def test_every_guard_is_a_test() -> None:
    tests = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    guards = set(re.findall(r"`(test_[a-z_]+)`", FAUST))

    assert guards
    assert {guard for guard in guards if f"def {guard}(" not in tests} == set()


def test_the_pinned_versions_are_those_of_the_project() -> None:
    pinned = re.findall(r'"(faust-streaming|mode-streaming|aiokafka)==([\d.]+)"', read("pyproject.toml"))

    assert len(pinned) == 3
    assert all(f"{name} {version}" in FAUST for name, version in pinned)
