"""Many overlapping segments as one sequence: each index once, ascending, from the first segment by name that has it."""

import heapq
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

from sinks.survey import Segment


class Indexed(Protocol):
    """Something that is about one item."""

    @property
    def index(self) -> int:
        """The item's index."""


IndexedT = TypeVar("IndexedT", bound=Indexed)


def merge_segments(
    segments: Sequence[Segment], load: Callable[[Segment], Iterable[IndexedT]]
) -> Iterator[tuple[Segment, IndexedT]]:
    """Yield what `load` returns for each segment (ascending), each index once, with the segment it is from.

    A segment is loaded when the sequence reaches its first index and dropped when it has passed its last, so memory
    holds only those that overlap.
    """
    waiting = deque(sorted(segments, key=lambda segment: (segment.first_index, segment.name)))
    # Ordered by index, then name; the two are never both equal, so nothing further is compared.
    reached: list[tuple[int, str, IndexedT, Iterator[IndexedT], Segment]] = []
    last = -1
    while waiting or reached:
        while waiting and (not reached or waiting[0].first_index <= reached[0][0]):
            _reach(reached, waiting.popleft(), load)
        if reached:
            index, item, segment = _advance(reached)
            if index > last:
                yield segment, item
                last = index


def _reach(
    reached: list[tuple[int, str, IndexedT, Iterator[IndexedT], Segment]],
    segment: Segment,
    load: Callable[[Segment], Iterable[IndexedT]],
) -> None:
    items = iter(load(segment))
    first = next(items, None)
    if first is not None:
        heapq.heappush(reached, (first.index, segment.name, first, items, segment))


def _advance(
    reached: list[tuple[int, str, IndexedT, Iterator[IndexedT], Segment]],
) -> tuple[int, IndexedT, Segment]:
    index, name, item, items, segment = reached[0]
    following = next(items, None)
    if following is None:
        heapq.heappop(reached)
    else:
        heapq.heapreplace(reached, (following.index, name, following, items, segment))
    return index, item, segment
