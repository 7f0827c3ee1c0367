"""Where the published case sets lie."""

from pathlib import Path

import pytest
from cases import case_set


@pytest.fixture
def cases() -> Path:
    return case_set(".")
