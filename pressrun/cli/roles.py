"""`pressrun work ROLE`: one role in this process, until it is told to stop."""

import os
import sys
import time

from pressrun.bootstrap import build_role
from pressrun.log import configure_logs
from pressrun.readiness import note_ready
from pressrun.settings import Settings
from pressrun.supervisor import GRACE_SECONDS, NUMBER_VARIABLE
from schemas.errors import PressrunError
from streams.app import EXIT_UNCOMMITTED, BlockApp
from streams.runner import run_app, watch_lifeline

CANNOT_START = 78
"""EX_CONFIG: as things are, the role cannot start."""


def run_role(role: str, settings: Settings) -> int:
    """Exit code of the process: 0 asked to stop, 70 crashed, 78 cannot start as things are."""
    number = int(os.environ.get(NUMBER_VARIABLE, "0"))
    configure_logs(f"{role}-{number}", settings.logs, settings.log_level)
    end_without_supervisor(GRACE_SECONDS)

    def create() -> BlockApp:
        app = build_role(role, settings)
        app.after_seek.append(lambda: note_ready(settings.home, role, number))
        return app

    try:
        return run_app(create)
    except PressrunError as error:
        sys.stderr.write(f"{error.code}: {error}\n")
        return CANNOT_START


def end_without_supervisor(grace: float) -> None:
    """A supervisor that was killed cannot kill: a role that does not end by itself then does it here."""

    def end() -> None:
        time.sleep(grace)
        os._exit(EXIT_UNCOMMITTED)

    watch_lifeline(end)
