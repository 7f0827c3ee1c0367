"""The fault runner: `PYTHONPATH=tests python -m faults.runner --seed N [--long] [--only NAME] [--hours H]`."""

import argparse
import os
import secrets
import signal
import sys
import time
from itertools import groupby

from faults.runner.catalogue import ONLY_LONG, scenarios
from faults.runner.running import run_ground
from faults.runner.scenario import Scenario, why_not
from faults.runner.sizes import LONG, SHORT
from faults.runner.table import append_history, render, tell


def main() -> int:
    """1 when anything was lost, doubled, stuck, left behind, or a fault did not happen."""
    asked = _arguments()
    # As an interrupt does: what was started is ended and what was mounted is unmounted on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))
    seed = asked.seed if asked.seed is not None else secrets.randbelow(1 << 31)
    until = time.monotonic() + asked.hours * 3600
    good = _run(seed, asked)
    while good and time.monotonic() < until:
        seed += 1
        good = _run(seed, asked)
    return 0 if good else 1


def _run(seed: int, asked: argparse.Namespace) -> bool:
    tell(f"seed {seed}")
    sizes = LONG if asked.long else SHORT
    wanted = [one for one in scenarios(sizes) if _is_wanted(one, asked)]
    reasons = {one.name: reason for one in wanted if (reason := why_not(one))}
    good = bool(wanted)
    for ground, group in groupby(wanted, key=lambda one: one.ground):
        chosen = list(group)
        not_run = {one.name: reasons[one.name] for one in chosen if one.name in reasons}
        outcome = run_ground(ground, [one for one in chosen if one.name not in reasons], seed, sizes, not_run)
        append_history(outcome)
        tell(render(outcome))
        good &= outcome.is_good and not (not_run and os.environ.get("CI") == "true")
    return good


def _is_wanted(scenario: Scenario, asked: argparse.Namespace) -> bool:
    if asked.only:
        return scenario.name in asked.only or scenario.ground in asked.only
    return asked.long or scenario.ground not in ONLY_LONG


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="faults.runner", description=__doc__)
    parser.add_argument("--seed", type=int, help="every choice comes from it; without one it is drawn and printed")
    parser.add_argument(
        "--long", action="store_true", help="larger numbers of everything, and an outage of ten minutes"
    )
    parser.add_argument("--only", action="append", help="a scenario or a ground; may be repeated")
    parser.add_argument("--hours", type=float, default=0.0, help="further seeds until so long after the start")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
