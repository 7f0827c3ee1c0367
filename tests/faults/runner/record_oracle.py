"""What was said on the log: counts that only grow, one completion and one sealing each, only poison in dead-letters."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from faults.runner.records import Said
from faults.runner.verdicts import Verdict


@dataclass(slots=True)
class Heights:
    """The highest counts seen of an attempt."""

    counts: dict[str, int] = field(default_factory=lambda: {"succeeded": 0, "failed": 0, "cancelled": 0})


def judge_progress(said: Iterable[Said]) -> Verdict:
    """O2: at every record of `progress` the sum is at most the total, and nothing goes down within an attempt."""
    seen: dict[tuple[str, int], Heights] = defaultdict(Heights)
    wrong = []
    for one in said:
        if one.body.get("type") != "BatchProgressed" or one.is_replayed:
            continue
        heights = seen[one.body["batch_id"], one.body["attempt"]].counts
        counts = {name: one.body[name] for name in heights}
        place = f"progress {one.partition}/{one.offset}: {one.body['batch_id']}"
        if sum(counts.values()) > one.body["total"]:
            wrong.append(f"{place} has {counts} of {one.body['total']}")
        wrong += [
            f"{place}: {name} went from {high} to {counts[name]}"
            for name, high in heights.items()
            if counts[name] < high
        ]
        heights.update(counts)
    return Verdict(tuple(wrong))


def judge_announcements(topics: Sequence[Iterable[Said]], batches: Collection[str]) -> Verdict:
    """O3: over whole topics, one id of BatchCompleted and one of BatchSealed per attempt, saying the same each time."""
    ids: dict[tuple[str, str, int], set[str]] = defaultdict(set)
    words: dict[str, set[str]] = defaultdict(set)
    for said in topics:
        for one in said:
            kind = one.body.get("type")
            if kind in {"BatchCompleted", "BatchSealed"} and one.body["batch_id"] in batches:
                ids[kind, one.body["batch_id"], one.body["attempt"]].add(one.body["id"])
                words[one.body["id"]].add(_words(one))
    doubled = [
        f"{kind} of {batch}/{attempt} has ids {sorted(found)}"
        for (kind, batch, attempt), found in ids.items()
        if len(found) > 1
    ]
    contrary = [
        f"{identity} says different things: {sorted(found)}" for identity, found in words.items() if len(found) > 1
    ]
    return Verdict((*doubled, *contrary), doubled=len(doubled))


def _words(one: Said) -> str:
    """What must be the same in every repeat; a repeat may be said at another time."""
    return str({name: one.body.get(name) for name in ("total", "succeeded", "failed", "cancelled", "archive", "tally")})


def judge_dead_letters(said: Sequence[Said], poison: int) -> Verdict:
    """O9: what was injected, no more and no less."""
    if len(said) == poison:
        return Verdict()
    shown = [_shown(one) for one in said[:5]]
    return Verdict((f"{len(said)} dead letters where {poison} were injected: {shown}",))


def _shown(one: Said) -> str:
    return str({name: value for name, value in one.body.items() if name not in {"value", "key"}})
