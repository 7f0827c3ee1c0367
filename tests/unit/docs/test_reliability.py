"""Every promise names tests and scenarios that exist."""

import re

import pytest
from faults.runner.catalogue import scenarios
from faults.runner.sizes import SHORT
from faults.simulator.defects import DEFECTS
from unit.docs.pages import ROOT, read

PAGE = read("docs/reliability.md")
PROMISES = [line for line in PAGE.splitlines() if re.match(r"\| \d+ \|", line)]
TESTS = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
SCENARIOS = {scenario.name for scenario in scenarios(SHORT)}


def test_the_promises_are_read() -> None:
    assert len(PROMISES) >= 20


@pytest.mark.parametrize("promise", PROMISES, ids=lambda line: line.split("|")[1].strip())
def test_a_promise_names_what_tests_it(promise: str) -> None:
    named = re.findall(r"`([a-z_]+)`", promise.split("|")[3])

    assert named
    for name in named:
        assert f"def {name}(" in TESTS or name in SCENARIOS, name


def test_every_scenario_stands_for_a_promise() -> None:
    assert SCENARIOS - {"calm"} <= set(re.findall(r"`([a-z]+)`", PAGE))


def test_the_number_of_planted_defects_is_said() -> None:
    assert len(DEFECTS) == 21
    assert "twenty-one defects" in PAGE
