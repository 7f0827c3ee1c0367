"""Runs the scenarios of one ground on a system of their own, from its start to what the oracles say."""

import shutil
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from faults.runner.arena import Arena
from faults.runner.ending import Ended, await_ends, end_run
from faults.runner.grounds import a_ground
from faults.runner.handing import hand_in, prepare_batch
from faults.runner.hygiene import Footprint, footprints, judge_end_of_system
from faults.runner.recovery import recoveries
from faults.runner.scenario import Ground, Scenario
from faults.runner.sizes import Sizes
from faults.runner.table import Outcome, tell
from faults.runner.verdicts import Verdict, together

WARM_UP = 60
"""Items of a batch before the faults, so that what is measured before has been at work once."""


def run_ground(
    ground: Ground, chosen: Sequence[Scenario], seed: int, sizes: Sizes, not_run: Mapping[str, str]
) -> Outcome:
    """Never raises for what a system does: whatever goes wrong is in the outcome. A bad run's directory is kept."""
    began = time.monotonic()
    directory = Path(tempfile.mkdtemp(prefix=f"faults-{ground}-"))
    arena: Arena | None = None
    ended: Ended | None = None
    wrong: list[str] = []
    try:
        with a_ground(ground, directory, seed, sizes) as arena:
            ended = _play(arena, chosen)
        wrong += judge_end_of_system(directory).wrong
    except Exception as error:  # noqa: BLE001 - a run that fails says why in its outcome
        wrong.append(f"{type(error).__name__}: {error}")
        traceback.print_exc()
    log = arena.log if arena else None
    counts = log.counts() if log else Counter[str]()
    wrong += too_few(chosen, counts)
    verdict = together([ended.verdict if ended else Verdict(), Verdict(tuple(wrong))])
    if verdict.wrong:
        verdict = together([verdict, Verdict((f"kept: {directory}",))])
    else:
        shutil.rmtree(directory)
    return Outcome(
        seed=seed,
        ground=ground,
        seconds=time.monotonic() - began,
        batches=len(arena.handed) if arena else 0,
        items=sum(handed.plan.total for handed in arena.handed) if arena else 0,
        counts=counts,
        recoveries=recoveries(log.faults, ended.results) if log and ended else {},
        verdict=verdict,
        not_run=not_run,
    )


def _play(arena: Arena, chosen: Sequence[Scenario]) -> Ended:
    before = _warm_up(arena) if arena.system.is_up else {}
    for scenario in chosen:
        began = time.monotonic()
        scenario.inject(arena)
        tell(f"  {scenario.name}: {scenario.says} ({time.monotonic() - began:.0f} s)")
    return end_run(arena, before)


def _warm_up(arena: Arena) -> Mapping[int, Footprint]:
    hand_in(arena, prepare_batch(arena, WARM_UP))
    await_ends(arena)
    return footprints(arena)


def too_few(chosen: Sequence[Scenario], counts: Mapping[str, int]) -> list[str]:
    """A kind that is asked for as one word is the sum of all that start with it."""
    found = []
    for scenario in chosen:
        for kind, asked in scenario.asked.items():
            times = sum(
                number
                for name, number in counts.items()
                if name == kind or (" " not in kind and name.startswith(f"{kind} "))
            )
            if times < asked:
                found.append(f"{scenario.name}: {kind} happened {times} times, not {asked}")
    return found
