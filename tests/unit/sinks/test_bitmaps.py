"""Bitmaps are sets of indexes, whatever one does with them."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinks.bitmaps import add, check_partition, contains, iterate, subtract, to_ranges, unite
from sinks.errors import SealingRefused

TOTAL = 37
indexes = st.sets(st.integers(0, TOTAL - 1))


@given(one=indexes, other=indexes)
def test_a_bitmap_behaves_as_a_set(a_bitmap: Callable[..., bytes], one: set[int], other: set[int]) -> None:
    first, second = a_bitmap(TOTAL, one), a_bitmap(TOTAL, other)
    assert list(iterate(first)) == sorted(one)
    assert {index for index in range(TOTAL) if contains(first, index)} == one
    assert set(iterate(unite(first, second))) == one | other
    assert set(iterate(subtract(first, second))) == one - other


@given(members=indexes)
def test_adding_each_index_makes_the_bitmap(a_bitmap: Callable[..., bytes], members: set[int]) -> None:
    bitmap = bytearray(len(a_bitmap(TOTAL, [])))
    for index in members:
        add(bitmap, index)
    assert bytes(bitmap) == a_bitmap(TOTAL, members)


@given(members=indexes)
def test_ranges_are_the_set_with_gaps_between_them(a_bitmap: Callable[..., bytes], members: set[int]) -> None:
    ranges = to_ranges(a_bitmap(TOTAL, members))
    assert [index for first, last in ranges for index in range(first, last + 1)] == sorted(members)
    assert all(before[1] + 1 < after[0] for before, after in pairwise(ranges))


@given(owners=st.lists(st.integers(0, 2), max_size=50))
def test_a_partition_is_accepted_and_no_change_of_one_bit(a_bitmap: Callable[..., bytes], owners: list[int]) -> None:
    total = len(owners)
    sets = [a_bitmap(total, (index for index in range(total) if owners[index] == owner)) for owner in range(3)]
    check_partition(total, *sets)
    for bit in range(len(sets[0]) * 8):
        changed = bytearray(sets[0])
        changed[bit >> 3] ^= 1 << (bit & 7)
        with pytest.raises(SealingRefused):
            check_partition(total, bytes(changed), *sets[1:])
