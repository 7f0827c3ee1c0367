"""Every archive against an undisturbed run: each index once, as a letter of the right bytes or a failure (O1, O6)."""

import csv
import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from faults.runner.handing import Handed
from faults.runner.verdicts import Verdict

from schemas.batches import BatchState
from schemas.errors import PressrunError
from sinks.verification import verify_archive

CANCELLED = "failed:cancelled"
SHOWN = 5


def judge_end(handed: Handed, state: BatchState, archives: Path) -> Verdict:
    """The batch ended as it may, and what it left is exact."""
    end = f"failed:{state.faults[0].code}" if state.status == "failed" and state.faults else state.status
    if end not in handed.ends:
        return Verdict((f"{handed.batch_id} ended {end}, not {', '.join(sorted(handed.ends))}: {state.faults}",))
    if state.status not in {"sealed", "cancelled"}:
        return Verdict(_archives_left(handed, archives))
    (name,) = state.archive
    wrong = [f"{handed.batch_id}: {line}" for line in _judge_counts(handed, state)]
    wrong += [f"{name}: {fault}" for fault in _faults_of(archives / name)]
    try:
        made = read_outcomes(archives / name)
    except (OSError, ValueError, zipfile.BadZipFile, KeyError) as error:
        return Verdict((*wrong, f"{name} cannot be read: {error!r}"), lost=handed.plan.total)
    wrong += [f"{name}: {line}" for line in _compare(handed, made, may_cancel=state.status == "cancelled")]
    seen = Counter(index for index, _ in made)
    lost = sum(index not in seen for index in handed.outcomes)
    return Verdict(tuple(wrong), lost, sum(seen.values()) - len(seen))


def _faults_of(archive: Path) -> Sequence[str]:
    try:
        return verify_archive(archive).faults
    except PressrunError as error:
        return (f"it cannot be verified: {error}",)


def read_outcomes(archive: Path) -> list[tuple[int, str]]:
    """Index and outcome of every entry and every failure, in the form of the reference."""
    with zipfile.ZipFile(archive) as opened:
        manifest = json.loads(opened.read("manifest.json"))
        failures = list(csv.reader(io.StringIO(opened.read("failures.csv").decode())))[1:]
        names = [name for name in opened.namelist() if name.endswith(".pdf")]
    if names != [f"{item['index']:07d}.pdf" for item in manifest["items"]]:
        raise ValueError("the entries are not those of the manifest")
    letters = [(item["index"], item["sha256"]) for item in manifest["items"]]
    return letters + [(int(row[0]), f"failed:{row[1]}") for row in failures]


def _judge_counts(handed: Handed, state: BatchState) -> Iterator[str]:
    if state.total != handed.plan.total:
        yield f"total is {state.total}, not {handed.plan.total}"
    if state.succeeded + state.failed + state.cancelled != handed.plan.total:
        yield f"{state.succeeded} + {state.failed} + {state.cancelled} is not {handed.plan.total}"


def _compare(handed: Handed, made: list[tuple[int, str]], *, may_cancel: bool) -> Iterator[str]:
    differing = [
        f"{index} is {outcome[:20]}, not {handed.outcomes.get(index, 'nothing')[:20]}"
        for index, outcome in made
        if outcome != handed.outcomes.get(index) and not (may_cancel and outcome == CANCELLED)
    ]
    if differing:
        yield f"{len(differing)} differ from an undisturbed run: {'; '.join(differing[:SHOWN])}"
    missing = handed.outcomes.keys() - {index for index, _ in made}
    if missing:
        yield f"{len(missing)} have no outcome: {sorted(missing)[:SHOWN]}"


def _archives_left(handed: Handed, archives: Path) -> tuple[str, ...]:
    return tuple(f"{path.name} is there without a sealed batch" for path in archives.glob(f"{handed.batch_id}*"))
