"""QR symbols in byte mode with mask 3, drawn bit for bit as segno draws them, several hundred times as fast.

A symbol of fixed version, level and length is affine over GF(2) in its content's bits: that of zero bytes XOR one
column for each bit that is set. Up to version 10 the columns of a byte are added up once for each value it takes and
a symbol is one XOR a byte; above, where those sums would fill gigabytes, the bits are put in place one by one.
Nothing of this is stored with a design: a version is ready in some 20 ms.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from itertools import accumulate, pairwise
from operator import getitem, xor
from typing import Final

from pressrun.domain.letters.symbols.qr_grid import (
    Grid,
    Level,
    draw_by_grid,
    head_bytes,
    open_grid,
    sum_columns,
    version_for,
)
from pressrun.domain.letters.symbols.reed_solomon import multiples, remainders

# Sums for 64 values a byte take 7 MB at version 10 and would take 570 MB at version 40.
_MOST_TABLED: Final = 10


@dataclass(frozen=True, slots=True)
class QrTable:
    """The symbols of one version and level; `columns` has what each bit of the content adds, first bit first.

    `parts` holds, for each byte of the content, the sums of its columns for the values met so far.
    """

    grid: Grid
    columns: Sequence[int]
    parts: Sequence[dict[int, int]]

    def add_values(self, content: bytes) -> None:
        for number, (part, byte) in enumerate(zip(self.parts, content, strict=False)):
            if byte not in part:
                part[byte] = sum_columns(self.columns[8 * number : 8 * number + 8], byte)


@dataclass(frozen=True, slots=True)
class QrDrawer:
    """Draws contents of one length by table, in one XOR for each byte behind what they begin with alike.

    `base` is the symbol of zero bytes, `begun` the one of `start` and zeros, `rest` the parts behind it.
    """

    table: QrTable
    base: int
    start: bytes
    begun: int
    rest: Sequence[dict[int, int]]

    def draw(self, content: bytes) -> int:
        symbol, parts, tail = self.base, self.table.parts, content
        if content.startswith(self.start):
            symbol, parts, tail = self.begun, self.rest, content[len(self.start) :]
        try:
            # Not reduce(): a plain loop over plain dicts is half as fast again (CPython 3.11).
            for part, byte in zip(parts, tail, strict=False):
                symbol ^= part[byte]
        except KeyError:
            self.table.add_values(content)
            return self.draw(content)
        return symbol


def draw_symbol(content: bytes, level: Level = "M") -> int:
    """Return the symbol of a content that fits, in its smallest version; see `Grid` for its form."""
    return open_drawer(content, level)(content)


def open_drawer(first: bytes, level: Level = "M") -> Callable[[bytes], int]:
    """Return what draws contents of the same length as `first`, which must fit; fastest if they begin as it does.

    Links differ behind their last slash, so that is how far they are taken to be alike.
    """
    version = version_for(len(first), level)
    grid = open_grid(version, level)
    if version > _MOST_TABLED:
        return lambda content: draw_by_grid(content, grid)
    table = _open_table(version, level)
    base = draw_by_grid(bytes(len(first)), grid)
    start = first[: first.rfind(b"/") + 1]
    begun = draw_by_grid(start.ljust(len(first), b"\0"), grid)
    return QrDrawer(table, base, start, begun, table.parts[len(start) :]).draw


@cache
def _open_table(version: int, level: Level) -> QrTable:
    grid = open_grid(version, level)
    # Mode and length stand in front of the content, the terminator behind it, each from the middle of a codeword.
    columns = list(_columns(grid))[8 * head_bytes(version) - 4 : -4]
    return QrTable(grid, columns, [{} for _ in range(len(columns) // 8)])


def _columns(grid: Grid) -> Iterator[int]:
    """Yield what each bit of the data codewords adds to a symbol: its own module and those of its block's checks."""
    count = sum(grid.blocks)
    by_distance = remainders(grid.checks, max(grid.blocks))
    for number, (start, end) in enumerate(pairwise(accumulate(grid.blocks, initial=0))):
        first = count + number * grid.checks
        sums = [_sum_places(grid.places[8 * at : 8 * at + 8]) for at in range(first, first + grid.checks)]
        for codeword in range(start, end):
            remainder = by_distance[end - codeword - 1]
            for bit, place in enumerate(grid.places[8 * codeword : 8 * codeword + 8]):
                checks = remainder.translate(multiples(128 >> bit))
                yield reduce(xor, map(getitem, sums, checks), 1 << place)


def _sum_places(places: Sequence[int]) -> list[int]:
    """Return the modules that each value of a codeword at these places makes dark."""
    sums = [0]
    for place in reversed(places):
        sums += [modules | 1 << place for modules in sums]
    return sums
