"""Command lines run in this process, in a data directory of the test's own."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pressrun.cli.commands import app
from pressrun.settings import Settings
from pressrun.system import RunningSystem, write_system

Run = Callable[..., Result]

NOBODY = "127.0.0.1:1"
"""An address nothing answers at."""


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Of an empty data directory; no setting of whoever runs the tests reaches them."""
    for name in os.environ:
        if name.startswith(("PRESSRUN_", "SMTP_", "BATCH_", "OUTPUT_DIR")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PRESSRUN_DATA_DIR", str(tmp_path / "var"))
    return Settings()


@pytest.fixture
def run() -> Run:
    """Run a command line; the result has its exit code and both outputs apart."""

    def invoke(*arguments: object) -> Result:
        return CliRunner().invoke(app, [str(argument) for argument in arguments])

    return invoke


@pytest.fixture
def a_system(settings: Settings) -> Settings:
    """A data directory in which a system seems to run: its supervisor is this process, its broker is away."""
    write_system(settings, RunningSystem(NOBODY, is_own_broker=True, supervisor=os.getpid()))
    return settings


@pytest.fixture
def postcard() -> Path:
    return Path(__file__).parents[3] / "examples" / "postcard"
