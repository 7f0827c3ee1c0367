"""Runs the scenarios of one ground on a system of their own, from its start to what the oracles say."""

import shutil
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from faults.runner.arena import Arena
from faults.runner.ending import await_ends, end_run
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
    played = Played()
    try:
        with a_ground(ground, directory, seed, sizes) as arena:
            _play(arena, chosen, played)
        played.wrong += judge_end_of_system(directory).wrong
    except Exception as error:  # noqa: BLE001 - a run that fails says why in its outcome
        played.blame(error)
    faults = played.arena.log.faults if played.arena else []
    counts = Counter(fault.kind for fault in faults)
    played.wrong += too_few(chosen, counts)
    if played.wrong or played.verdict.wrong:
        played.wrong.append(f"kept: {directory}")
    else:
        shutil.rmtree(directory)
    handed = played.arena.handed if played.arena else []
    return Outcome(
        seed=seed,
        ground=ground,
        seconds=time.monotonic() - began,
        batches=len(handed),
        items=sum(one.plan.total for one in handed),
        counts=counts,
        recoveries=played.recoveries,
        verdict=together([played.verdict, Verdict(tuple(played.wrong))]),
        not_run=not_run,
    )


@dataclass(slots=True)
class Played:
    """What has come of a run so far."""

    arena: Arena | None = None
    verdict: Verdict = field(default_factory=Verdict)
    recoveries: Mapping[str, Sequence[float]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def blame(self, error: Exception) -> None:
        self.wrong.append(f"{type(error).__name__}: {error}")
        traceback.print_exception(error)


def _play(arena: Arena, chosen: Sequence[Scenario], played: Played) -> None:
    """One scenario that goes wrong does not keep the others from being played."""
    played.arena = arena
    before = _warm_up(arena) if arena.system.is_up else {}
    for scenario in chosen:
        began = time.monotonic()
        try:
            scenario.inject(arena)
        except Exception as error:  # noqa: BLE001 - see above
            played.blame(error)
        tell(f"  {scenario.name}: {scenario.says} ({time.monotonic() - began:.0f} s)")
    ended = end_run(arena, before)
    tell(f"  every batch had ended {ended.seconds:.0f} s after the last fault")
    played.verdict = ended.verdict
    played.recoveries = recoveries(arena.log.faults, ended.results, ended.releases)


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
