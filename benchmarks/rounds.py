"""Engines measured by turns on one core, so that a busy moment of the machine meets all of them."""

import itertools
import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import psutil


@dataclass(frozen=True, slots=True)
class Engine:
    """Something that makes a thing of each item: `make` takes some of them and gives the bytes it made.

    `lot` items are handed over at once, so that looking at the clock costs nothing beside the work.
    """

    name: str
    make: Callable[[Sequence[Any]], int]
    items: Sequence[Any]
    lot: int = 1

    def lots(self) -> Iterator[Sequence[Any]]:
        """Return lots without end; they go on where the last turn stopped, so that what an engine keeps is no gain."""
        starts = itertools.cycle(range(0, len(self.items), self.lot))
        return (self.items[start : start + self.lot] for start in starts)


@dataclass(frozen=True, slots=True)
class Pace:
    """Items a second: the median of the turns and the best of them; `size` is the mean in bytes.

    `per_cpu_second` counts only the time the engine's processes were running: what a busy machine takes away is not
    in it.
    """

    median: float
    best: float
    per_cpu_second: float
    size: float


@dataclass(frozen=True, slots=True)
class Turn:
    """What an engine did in one turn."""

    made: int
    size: int
    seconds: float
    cpu_seconds: float


def pace_of(turns: Sequence[Turn]) -> Pace:
    speeds = [turn.made / turn.seconds for turn in turns]
    return Pace(
        statistics.median(speeds),
        max(speeds),
        statistics.median(turn.made / turn.cpu_seconds for turn in turns),
        sum(turn.size for turn in turns) / sum(turn.made for turn in turns),
    )


def take_turn(make: Callable[[Sequence[Any]], int], lots: Iterator[Sequence[Any]], seconds: float) -> Turn:
    """Make lots until the time is over, or the lots."""
    made = size = 0
    cpu_started, started = _cpu_seconds(), time.perf_counter()
    for lot in lots:
        size += make(lot)
        made += len(lot)
        if time.perf_counter() - started >= seconds:
            break
    return Turn(made, size, time.perf_counter() - started, _cpu_seconds() - cpu_started)


def pin_to_one_core() -> str:
    """Hold this process and its children on one core where the system can; return how, in words."""
    if not hasattr(os, "sched_setaffinity"):
        return "not pinned: this system cannot"
    core = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    return f"pinned to core {core}"


def run_rounds(engines: Sequence[Engine], rounds: int, seconds: float) -> dict[str, Pace]:
    """Give every engine a turn of some seconds in each round; return the pace of each by name."""
    running = [(engine, engine.lots()) for engine in engines]
    turns: dict[str, list[Turn]] = {engine.name: [] for engine in engines}
    for engine, lots in running:
        engine.make(next(lots))
    for _ in range(rounds):
        for engine, lots in running:
            turns[engine.name].append(take_turn(engine.make, lots, seconds))
    return {name: pace_of(taken) for name, taken in turns.items()}


def median_seconds(work: Callable[[], object], times: int) -> float:
    """Return the median of the seconds that some work takes."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def _cpu_seconds() -> float:
    """Return the CPU seconds of this process and of the children it has now."""
    children = [child.cpu_times() for child in psutil.Process().children(recursive=True)]
    return time.process_time() + float(sum(times.user + times.system for times in children))
