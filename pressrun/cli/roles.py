"""`pressrun work ROLE`: one role in this process, until it is told to stop."""

import os
import sys

from pressrun.bootstrap import build_role
from pressrun.log import configure_logs
from pressrun.settings import Settings
from schemas.errors import PressrunError
from streams.runner import run_app


def run_role(role: str, settings: Settings) -> int:
    """Exit code of the process: 0 asked to stop, 70 crashed, 78 cannot start as things are."""
    number = os.environ.get("PRESSRUN_ROLE_NUMBER", "0")
    configure_logs(f"{role}-{number}", settings.logs, settings.log_level)
    try:
        return run_app(lambda: build_role(role, settings))
    except PressrunError as error:
        sys.stderr.write(f"{error.code}: {error}\n")
        return 78
