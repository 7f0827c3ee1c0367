"""Runs the simulator from the command line: many random runs, every pair of deaths, or one run with its trace.

PYTHONPATH=tests .venv/bin/python -m faults.simulator --runs 1000000 --processes 2
PYTHONPATH=tests .venv/bin/python -m faults.simulator --pairs 12
PYTHONPATH=tests .venv/bin/python -m faults.simulator --seed 417
PYTHONPATH=tests .venv/bin/python -m faults.simulator --pairs 3 --deaths 1,23
"""

import argparse
import random
import sys
from collections import Counter

from faults.simulator.campaigns import Campaign, run_many, run_pairs_of
from faults.simulator.exhaustive import replay, setting_of
from faults.simulator.random_runs import traced


def main() -> int:
    options = _parse()
    if options.deaths is not None:
        lines = list(replay(setting_of(options.pairs or 8), tuple(map(int, options.deaths.split(",")))))
    elif options.seed is not None:
        lines = list(traced(options.seed))
    else:
        if options.pairs:
            campaign = run_pairs_of(options.pairs, options.processes)
        else:
            start = options.start if options.start is not None else random.SystemRandom().randrange(1 << 40)
            campaign = run_many(start, options.runs, options.processes)
        lines = list(_told(campaign))
        sys.stdout.write("\n".join(lines) + "\n")
        return int(bool(campaign.broken))
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="faults.simulator", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=10_000, help="random runs")
    parser.add_argument("--start", type=int, help="number of the first random run; any, and printed, if not given")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--pairs", type=int, help="every pair of deaths for so many items, in place of random runs")
    parser.add_argument("--seed", type=int, help="one random run with its trace")
    parser.add_argument("--deaths", help="one run of --pairs with its trace: the places of its deaths, as 12,40")
    return parser.parse_args()


def _told(campaign: Campaign) -> list[str]:
    rate, broken = campaign.runs / campaign.seconds, len(campaign.broken)
    lines = [f"{campaign.name}: {campaign.runs} runs in {campaign.seconds:.1f} s, {rate:.0f}/s, {broken} broken"]
    if campaign.singles:
        lines.append(f"single deaths {campaign.singles}, pairs {campaign.pairs}: all there are")
    lines += [f"{times:10} {kind}" for kind, times in campaign.struck.most_common()]
    codes = Counter(found.split(":", 1)[0] for found in campaign.broken)
    lines += [f"{times:10} broken: {code}" for code, times in codes.most_common()]
    return lines + list(campaign.broken[:3])


if __name__ == "__main__":
    sys.exit(main())
