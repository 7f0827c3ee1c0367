"""How long it takes until work goes on: from a fault to the first results after it, as the broker dates them."""

import math
import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from faults.runner.faultlog import Fault
from faults.runner.records import Said

_SEGMENT = re.compile(r"(\d+)-(\d+)-p(\d+)-o(\d+)(?:-\w+)?")
IN_FLIGHT_SECONDS = 0.1
"""A killed worker's last record may be appended so long after its death."""

KILLED_WORKER = "kill render"
BROKER_AWAY = frozenset({"kill broker", "stop broker", "stall broker", "disk full: broker"})


@dataclass(slots=True)
class Work:
    """Of one partition of the items: when each was released, and when results came and up to which offset."""

    released: list[float] = field(default_factory=list)
    finished: list[float] = field(default_factory=list)
    through: list[int] = field(default_factory=list)

    def is_waiting(self, at: float) -> bool:
        """Whether something was released by then that had no result."""
        done = bisect_right(self.finished, at + IN_FLIGHT_SECONDS)
        return bisect_right(self.released, at) > (self.through[done - 1] if done else 0)

    def next_after(self, at: float) -> float | None:
        place = bisect_left(self.finished, at + IN_FLIGHT_SECONDS)
        return self.finished[place] if place < len(self.finished) else None


def recoveries(faults: Sequence[Fault], results: Iterable[Said], releases: Iterable[Said]) -> dict[str, list[float]]:
    """Seconds by kind of fault; faults after which nothing was left to do have none.

    After a worker's kill every partition with released items that had no result has to be worked again: those the
    worker had are among them. Where the broker was away meanwhile that is another kind, for it is the broker that is
    waited for. After any other fault the first result of any partition counts.
    """
    work = work_of(results, releases)
    found: dict[str, list[float]] = defaultdict(list)
    for fault in faults:
        partitions = [one for one in work.values() if fault.kind != KILLED_WORKER or one.is_waiting(fault.at)]
        waits = [at - fault.at for one in partitions if (at := one.next_after(fault.at)) is not None]
        if waits:
            wait = max(waits) if fault.kind == KILLED_WORKER else min(waits)
            found[_kind(fault, wait, faults)].append(wait)
    return found


def work_of(results: Iterable[Said], releases: Iterable[Said]) -> Mapping[int, Work]:
    """By partition. Offsets start at 0 and nothing expires in a run, so an offset is also a count of releases."""
    work: dict[int, Work] = defaultdict(Work)
    for one in releases:
        work[one.partition].released.append(one.at)
    for one in results:
        name = one.body.get("segment") if one.body.get("type") == "ItemsFinished" else None
        found = _SEGMENT.fullmatch(name) if isinstance(name, str) and not one.is_replayed else None
        if found:
            first, last, partition, offset = map(int, found.groups())
            done = work[partition]
            done.finished.append(one.at)
            done.through.append(offset + last - first + 1)
    for done in work.values():
        done.released.sort()
        pairs = sorted(zip(done.finished, done.through, strict=True))
        done.finished = [at for at, _ in pairs]
        done.through = list(accumulate((through for _, through in pairs), max))
    return work


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that so large a share of them does not exceed."""
    ordered = sorted(values)
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)]


def _kind(fault: Fault, wait: float, faults: Iterable[Fault]) -> str:
    """Of a worker's kill: whether a fault of the broker fell into the wait."""
    over = any(other.kind in BROKER_AWAY and other.at < fault.at + wait and fault.at < other.until for other in faults)
    return f"{fault.kind}, broker away too" if fault.kind == KILLED_WORKER and over else fault.kind
