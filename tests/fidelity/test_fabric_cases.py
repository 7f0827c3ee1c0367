"""Designs drawn by Fabric itself: the same picture within anti-aliasing, the same lines as text, codes that decode."""

from typing import Any

import pytest
from fidelity.published import Case, find_cases, stamp_case
from fidelity.scoring import score_letter


def cases() -> list[Any]:
    """The first ones in every run; those called u… combine what these show one by one, and take a minute more."""
    long = {"marks": pytest.mark.long}
    return [pytest.param(case, id=case.name, **(long if case.name.startswith("u") else {})) for case in find_cases()]


@pytest.mark.parametrize("case", cases())
def test_a_letter_looks_and_reads_as_fabric_draws_its_design(case: Case) -> None:
    score = score_letter(case, stamp_case(case))

    assert not score.faults
