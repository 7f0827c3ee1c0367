"""Where the published case sets lie."""

from pathlib import Path

import pytest

CASES = Path("../shared/cases")


@pytest.fixture
def cases() -> Path:
    if not CASES.is_dir():
        pytest.fail(f"the case sets are not at {CASES}")
    return CASES
