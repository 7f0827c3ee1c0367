"""How long it takes until work goes on: from a fault to the first results after it, as the broker dates them."""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from faults.runner.faultlog import Fault
from faults.runner.records import Said

_PARTITION = re.compile(r"-p(\d+)-o\d+")
IN_FLIGHT_SECONDS = 0.1
"""A killed worker's last record may be appended so long after its death."""


def recoveries(faults: Iterable[Fault], results: Sequence[Said]) -> dict[str, list[float]]:
    """Seconds by kind of fault; faults after which nothing was left to do have none.

    After a worker's kill every partition has to be worked again that still had work: those it had are among them.
    After any other fault the first result of any counts.
    """
    worked = worked_at(results)
    everywhere = sorted(at for times in worked.values() for at in times)
    found: dict[str, list[float]] = defaultdict(list)
    for fault in faults:
        since = fault.at + IN_FLIGHT_SECONDS
        if fault.kind == "kill render":
            next_ones = [_next(times, since) for times in worked.values()]
            waits = [at - fault.at for at in next_ones if at is not None]
            found[fault.kind] += [max(waits)] if waits else []
        elif (at := _next(everywhere, since)) is not None:
            found[fault.kind].append(at - fault.at)
    return found


def worked_at(results: Iterable[Said]) -> dict[int, list[float]]:
    """When each partition of the items was worked, ascending."""
    worked: dict[int, list[float]] = defaultdict(list)
    for one in results:
        name = one.body.get("segment") if one.body.get("type") == "ItemsFinished" else None
        found = _PARTITION.search(name) if isinstance(name, str) else None
        if found and not one.is_replayed:
            worked[int(found[1])].append(one.at)
    return {partition: sorted(times) for partition, times in worked.items()}


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that so large a share of them does not exceed."""
    ordered = sorted(values)
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)]


def _next(times: Sequence[float], since: float) -> float | None:
    return next((at for at in times if at >= since), None)
