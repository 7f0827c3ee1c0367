"""`pressrun work ROLE`: one role in this process, until it is told to stop."""

import os
import sys
import time

from pressrun.bootstrap import build_role
from pressrun.log import configure_logs
from pressrun.readiness import note_ready, pulse_path
from pressrun.settings import Settings
from pressrun.supervisor import GRACE_SECONDS, NUMBER_VARIABLE
from pressrun.system import broker_of
from schemas.errors import PressrunError
from streams.administration import ClusterUnavailable, missing_topics
from streams.app import EXIT_UNCOMMITTED, BlockApp
from streams.runner import run_app, watch_lifeline

LOOK_SECONDS = 0.3

CANNOT_START = 78
"""EX_CONFIG: as things are, the role cannot start."""


def run_role(role: str, settings: Settings) -> int:
    """Exit code of the process: 0 asked to stop, 70 crashed, 78 cannot start as things are.

    While the broker is away, or its topics are, the process waits.
    """
    number = int(os.environ.get(NUMBER_VARIABLE, "0"))
    configure_logs(f"{role}-{number}", settings.logs, settings.log_level)
    end_without_supervisor(GRACE_SECONDS)

    def create() -> BlockApp:
        app = build_role(role, settings)
        app.after_seek.append(lambda: note_ready(settings.home, role, number))
        app.pulse_path = pulse_path(settings.home, role, number)
        return app

    try:
        wait_for_topics(settings)
        return run_app(create)
    except PressrunError as error:
        sys.stderr.write(f"{error.code}: {error}\n")
        return CANNOT_START


def wait_for_topics(settings: Settings) -> None:
    """What is down is waited for, here and not by starting again: that takes seconds of a core. Raises SystemDown."""
    waited_for = ""
    while reason := _absent(broker_of(settings)):
        if reason != waited_for:
            sys.stderr.write(f"waiting: {reason}\n")
            waited_for = reason
        time.sleep(LOOK_SECONDS)


def _absent(address: str) -> str:
    try:
        missing = missing_topics(address)
    except ClusterUnavailable as error:
        return f"{error.code}: {error}"
    return f"topics are missing ({', '.join(missing)}): run `pressrun topics apply`" if missing else ""


def end_without_supervisor(grace: float) -> None:
    """A supervisor that was killed cannot kill: a role that does not end by itself then does it here."""

    def end() -> None:
        time.sleep(grace)
        os._exit(EXIT_UNCOMMITTED)

    watch_lifeline(end)
