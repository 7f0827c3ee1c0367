"""What a run says of itself: a table for people, a line of JSON for whoever compares runs."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from faults.runner.recovery import percentile
from faults.runner.verdicts import Verdict

HISTORY = Path("build/faults/history.jsonl")


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one ground of a run."""

    seed: int
    ground: str
    seconds: float
    batches: int
    items: int
    counts: Mapping[str, int]
    recoveries: Mapping[str, Sequence[float]]
    verdict: Verdict
    not_run: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_good(self) -> bool:
        return not self.verdict.wrong


def tell(text: str) -> None:
    """Say it at once, also into a pipe."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def render(outcome: Outcome) -> str:
    return "\n".join(_lines(outcome))


def _lines(outcome: Outcome) -> Iterator[str]:
    verdict = outcome.verdict
    size = f"{outcome.batches} batches, {outcome.items} items"
    yield f"{outcome.ground}: seed {outcome.seed}, {outcome.seconds:.0f} s, {size}"
    yield f"  {'fault':<34}{'times':>6}{'p50 s':>8}{'p99 s':>8}{'max s':>8}"
    for kind in sorted({*outcome.counts, *outcome.recoveries}):
        waits = outcome.recoveries.get(kind, ())
        times = outcome.counts.get(kind, len(waits))
        figures = [percentile(waits, 0.5), percentile(waits, 0.99), max(waits)] if waits else []
        yield f"  {kind:<34}{times:>6}" + "".join(f"{figure:>8.1f}" for figure in figures)
    yield f"  lost {verdict.lost}, doubled {verdict.doubled}"
    yield from (f"  not run: {name}: {why}" for name, why in outcome.not_run.items())
    yield from (f"  WRONG {line}" for line in verdict.wrong)


def append_history(outcome: Outcome, path: Path = HISTORY) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    line = asdict(replace(outcome, counts=dict(outcome.counts), recoveries={}))
    line["recoveries"] = {
        kind: {
            "p50": round(percentile(waits, 0.5), 2),
            "p99": round(percentile(waits, 0.99), 2),
            "max": round(max(waits), 2),
        }
        for kind, waits in outcome.recoveries.items()
        if waits
    }
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
