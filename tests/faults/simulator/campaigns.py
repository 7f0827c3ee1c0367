"""Many runs in several processes, and what they come to together."""

import gc
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from multiprocessing import get_context
from typing import TypeVar

from faults.simulator.exhaustive import Coverage, run_all, setting_of
from faults.simulator.random_runs import run_one
from faults.simulator.verdicts import Broken

MOST_BROKEN = 20
"""Broken runs that are kept with their trace; the rest would say the same."""


PartT = TypeVar("PartT", bound=tuple[int, ...])


@dataclass(slots=True)
class Campaign:
    """What a campaign ran and found."""

    name: str
    runs: int = 0
    singles: int = 0
    pairs: int = 0
    seconds: float = 0.0
    struck: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)

    def add(self, other: "Campaign") -> None:
        self.runs += other.runs
        self.singles += other.singles
        self.pairs += other.pairs
        self.struck += other.struck
        self.broken += other.broken[: MOST_BROKEN - len(self.broken)]


def run_many(start: int, runs: int, processes: int = 1) -> Campaign:
    """Random runs of consecutive numbers."""
    size = max(min(runs // processes, 5_000), 1)
    spans = list(pairwise([*range(start, start + runs, size), start + runs]))
    return _together(f"seeds {start} to {start + runs - 1}", _run_span, spans, processes)


def run_pairs_of(total: int, processes: int = 1) -> Campaign:
    """Every pair of deaths for a batch of so many items."""
    shares = [(total, number, processes) for number in range(processes)]
    return _together(f"pairs of deaths, {total} items", _run_share, shares, processes)


def _together(name: str, work: Callable[[PartT], Campaign], parts: Iterable[PartT], processes: int) -> Campaign:
    whole, started = Campaign(name), time.perf_counter()
    if processes == 1:
        for part in parts:
            whole.add(work(part))
    else:
        # Not forked: whoever calls may have threads.
        with ProcessPoolExecutor(processes, get_context("spawn"), _calm_collector) as pool:
            for campaign in pool.map(work, parts):
                whole.add(campaign)
    whole.seconds = time.perf_counter() - started
    return whole


def _calm_collector() -> None:
    """A world is a thousand values that go at once: collected a fiftieth as often, runs are a tenth faster."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)


def _run_span(span: tuple[int, int]) -> Campaign:
    campaign = Campaign("")
    for seed in range(*span):
        campaign.runs += 1
        try:
            campaign.struck += run_one(seed)
        except Broken as broken:
            campaign.broken.append(str(broken))
    return campaign


def _run_share(share: tuple[int, int, int]) -> Campaign:
    total, number, of = share
    campaign = Campaign("")
    try:
        coverage = run_all(setting_of(total), (number, of))
    except Broken as broken:
        campaign.broken.append(str(broken))
        coverage = Coverage()
    campaign.runs, campaign.singles, campaign.pairs = coverage.runs, coverage.singles, coverage.pairs
    campaign.struck["crash"] = coverage.singles + 2 * coverage.pairs
    return campaign
