"""Where the published case sets lie: beside the repository, or where PRESSRUN_CASES says; CI must have them."""

import os
from pathlib import Path

import pytest

CASES = Path(os.environ.get("PRESSRUN_CASES", Path(__file__).parents[2] / "shared" / "cases"))


def case_set(name: str) -> Path:
    """One set's folder or file; without the sets its tests are skipped, but in CI they fail."""
    path = CASES / name
    if not path.exists():
        message = f"the published cases are not at {CASES} (PRESSRUN_CASES names another place)"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return path
