"""Sets of indexes as bitmaps: index i is bit `i % 8` (lowest first) of byte `i // 8`."""

from collections.abc import Iterator

from sinks.errors import SealingRefused


def bitmap_length(total: int) -> int:
    """Return the bytes a bitmap of the indexes 0 to total - 1 has."""
    return (total + 7) // 8


def contains(bitmap: bytes | bytearray, index: int) -> bool:
    """Tell whether an index is in the set."""
    return bool(bitmap[index >> 3] >> (index & 7) & 1)


def add(bitmap: bytearray, index: int) -> None:
    """Put an index into the set."""
    bitmap[index >> 3] |= 1 << (index & 7)


def iterate(bitmap: bytes | bytearray) -> Iterator[int]:
    """Yield the indexes of a set, ascending."""
    for position, byte in enumerate(bitmap):
        if byte:
            yield from (position * 8 + bit for bit in range(8) if byte >> bit & 1)


def unite(one: bytes | bytearray, other: bytes | bytearray) -> bytes:
    """Return the indexes that are in one or the other of two sets of one length."""
    return (int.from_bytes(one, "little") | int.from_bytes(other, "little")).to_bytes(len(one), "little")


def subtract(one: bytes | bytearray, other: bytes | bytearray) -> bytes:
    """Return the indexes of one set that are not in another of the same length."""
    return (int.from_bytes(one, "little") & ~int.from_bytes(other, "little")).to_bytes(len(one), "little")


def to_ranges(bitmap: bytes) -> tuple[tuple[int, int], ...]:
    """Return the set as ascending ranges, both ends included."""
    ranges: list[tuple[int, int]] = []
    for index in iterate(bitmap):
        first = ranges.pop()[0] if ranges and ranges[-1][1] == index - 1 else index
        ranges.append((first, index))
    return tuple(ranges)


def check_partition(total: int, *bitmaps: bytes) -> None:
    """Raise SealingRefused unless each index from 0 to total - 1 is in exactly one set, and no other index in any."""
    if any(len(bitmap) != bitmap_length(total) for bitmap in bitmaps):
        raise SealingRefused("An outcome bitmap has not one bit for each index.")
    union = 0
    for bitmap in bitmaps:
        indexes = int.from_bytes(bitmap, "little")
        if union & indexes:
            raise SealingRefused("An index has two outcomes.")
        union |= indexes
    if union != (1 << total) - 1:
        raise SealingRefused("An index has no outcome, or is not of this batch.")
