"""Designs drawn by Fabric itself: the same picture within anti-aliasing, the same lines as text, codes that decode."""

import pytest
from fidelity.published import Case, find_cases, stamp_case
from fidelity.scoring import score_letter


@pytest.mark.parametrize("case", find_cases(), ids=lambda case: str(case.name))
def test_a_letter_looks_and_reads_as_fabric_draws_its_design(case: Case) -> None:
    score = score_letter(case, stamp_case(case))

    assert not score.faults
