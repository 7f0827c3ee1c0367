"""Merging yields each index once, in order, from the first segment by name, and holds only what overlaps."""

from collections.abc import Iterator
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from sinks.merge import merge_segments
from sinks.sidecar import FailedItem
from sinks.survey import Segment

Contents = dict[str, set[int]]

contents = st.dictionaries(st.text("abc", min_size=1, max_size=3), st.sets(st.integers(0, 30)), max_size=8)


def list_segments(held: Contents) -> list[Segment]:
    return [Segment(Path(f"{name}.zip"), min(indexes, default=0)) for name, indexes in held.items()]


@given(contents)
def test_each_index_comes_once_from_the_first_segment_that_has_it(held: Contents) -> None:
    def load(segment: Segment) -> list[FailedItem]:
        return [FailedItem(index, segment.name, "") for index in sorted(held[segment.name])]

    merged = [(item.index, item.code, segment.name) for segment, item in merge_segments(list_segments(held), load)]
    expected = []
    for index in sorted(set().union(*held.values())):
        name = min(name for name, indexes in held.items() if index in indexes)
        expected.append((index, name, name))
    assert merged == expected


def test_a_segment_is_loaded_when_its_first_index_is_reached() -> None:
    held = {f"s{number}": set(range(number * 10, number * 10 + 10)) for number in range(50)}
    events: list[str] = []

    def load(segment: Segment) -> Iterator[FailedItem]:
        events.append(f"load {segment.name}")
        yield from (FailedItem(index, "", "") for index in sorted(held[segment.name]))
        events.append(f"drop {segment.name}")

    assert len(list(merge_segments(list_segments(held), load))) == 500
    loaded = peak = 0
    for event in events:
        loaded += 1 if event.startswith("load") else -1
        peak = max(peak, loaded)
    assert peak <= 2
