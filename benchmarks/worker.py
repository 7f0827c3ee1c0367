"""A role's process that does the fixed work: `python -m benchmarks.worker ROLE`."""

import os
import sys

from benchmarks.constant import load_constant
from pressrun.bootstrap import build_role
from pressrun.log import configure_logs
from pressrun.settings import Settings
from streams.runner import run_app

if __name__ == "__main__":
    settings = Settings()
    role = sys.argv[1]
    configure_logs(f"{role}-{os.environ.get('PRESSRUN_ROLE_NUMBER', '0')}", settings.logs, settings.log_level)
    sys.exit(run_app(lambda: build_role(role, settings, load_stamper=load_constant)))
