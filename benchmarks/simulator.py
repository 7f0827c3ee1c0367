"""Simulated runs a second of the whole pipeline: random faults, and every pair of deaths of one batch.

    python -m benchmarks.simulator [--runs 4000] [--items 8] [--processes 2]

A random run is one or two batches with up to seven faults; a pair is one batch in which two processes die.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from faults.simulator.campaigns import Campaign, run_many, run_pairs_of


def _row(campaign: Campaign) -> str:
    rate = campaign.runs / campaign.seconds
    return f"{campaign.name:32} {campaign.runs:8} runs {campaign.seconds:7.1f} s {rate:8.0f} runs/s"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=4_000)
    parser.add_argument("--items", type=int, default=8)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    print(_row(run_many(0, options.runs, options.processes)))
    print(_row(run_pairs_of(options.items, options.processes)))


if __name__ == "__main__":
    main()
