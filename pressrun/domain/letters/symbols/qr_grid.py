"""Where the bits of a QR symbol stand: one grid for each version and level, and the slow way to draw by it.

ISO/IEC 18004:2015 names the parts: data codewords stand in blocks, each block has check codewords (Reed-Solomon), all
are interleaved and walk up and down the symbol. segno knows the blocks and draws what is the same in each symbol.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, reduce
from itertools import accumulate, chain, pairwise, zip_longest
from operator import getitem, itemgetter, xor
from typing import Final, Literal

import segno
from segno import consts

from pressrun.domain.letters.symbols.reed_solomon import multiples, remainders

Level = Literal["L", "M", "Q", "H"]

LEVELS: Final[tuple[Level, ...]] = ("L", "M", "Q", "H")
# Any of the eight masks reads: choosing the best one for each code would cost eight tables. Of 2,000 codes turned by
# 7 degrees under noise, 11 failed to read with mask 3 and 12 with the best.
_MASK: Final = 3
_VERSIONS: Final = range(1, 41)


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the bits of one version and level stand.

    `blocks` has the number of data codewords of each block, `checks` that of its check codewords. `places` gives for
    each bit (of the data in order, then of the checks block by block) the symbol's bit, counted from the last;
    `gather` does the reverse: it picks the symbol's bits out of all those and a zero at their end. `frame` holds what
    no content changes: patterns, format and mask.

    A symbol is an integer: rows from the top, each padded to whole bytes, most significant bit first, dark is 1. Its
    first bit is always dark, so that its binary and hexadecimal forms need no zeros in front.
    """

    version: int
    level: Level
    blocks: tuple[int, ...]
    checks: int
    places: tuple[int, ...]
    gather: Callable[[str], tuple[str, ...]]
    frame: int

    @property
    def size(self) -> int:
        return size_of(self.version)


def size_of(version: int) -> int:
    """Return the modules on a side, quiet zone not counted."""
    return 17 + 4 * version


def row_bytes(size: int) -> int:
    """Return the bytes of a row of `size` one-bit samples, as PDF image data is laid out."""
    return (size + 7) // 8


@cache
def capacities(level: Level) -> tuple[int, ...]:
    """Return the bytes that versions 1 to 40 hold (ISO/IEC 18004:2015, table 7)."""
    return tuple(
        sum(count * data for count, _, data in _block_sizes(version, level)) - head_bytes(version)
        for version in _VERSIONS
    )


def fits(length: int, level: Level = "M") -> bool:
    return 0 < length <= capacities(level)[-1]


def version_for(length: int, level: Level = "M") -> int:
    """Return the smallest version that holds `length` bytes; they must fit (`fits`)."""
    return bisect_left(capacities(level), length) + 1


@cache
def open_grid(version: int, level: Level) -> Grid:
    """Return the grid of a version from 1 to 40; takes milliseconds once (29 for version 40)."""
    sizes = _block_sizes(version, level)
    blocks = tuple(chain.from_iterable([data] * count for count, _, data in sizes))
    checks = sizes[0][1] - sizes[0][2]
    symbol = segno.make_qr(b"\0", error=level, version=version, mode="byte", mask=_MASK, boost_error=False)
    data_modules = [
        [module in {consts.TYPE_DATA_DARK, consts.TYPE_DATA_LIGHT} for module in row]
        for row in symbol.matrix_iter(border=0, verbose=True)
    ]
    # segno 1.6.6 calls this one a module of the format information, which is one shorter.
    data_modules[8][-9] = True
    places = tuple(_place_bits(blocks, checks, data_modules))
    plain = Grid(version, level, blocks, checks, places, _gatherer(version, places), 0)
    stride = 8 * row_bytes(plain.size)
    drawn = int("".join(bytes(module + 48 for module in row).decode().ljust(stride, "0") for row in symbol.matrix), 2)
    return replace(plain, frame=drawn ^ _scatter(_codewords(b"\0", plain), plain))


def _block_sizes(version: int, level: Level) -> tuple[tuple[int, int, int], ...]:
    """Return (number of blocks, codewords of each, data codewords of each) of ISO/IEC 18004:2015, table 9."""
    sizes: tuple[tuple[int, int, int], ...] = consts.ECC[version][consts.ERROR_MAPPING[level]]
    return sizes


def head_bytes(version: int) -> int:
    """Return the bytes of mode, length and terminator (ISO/IEC 18004:2015, tables 2 and 3); half a one is in front."""
    return 2 if version <= 9 else 3


def _codewords(content: bytes, grid: Grid) -> bytes:
    """Return the data codewords: mode 4, length, content, terminator, padding (ISO/IEC 18004:2015, 7.4)."""
    head = head_bytes(grid.version)
    bits = (4 << 8 * (head - 1) | len(content)) << 8 * len(content) | int.from_bytes(content, "big")
    data = (bits << 4).to_bytes(head + len(content), "big")
    room = sum(grid.blocks) - len(data)
    # segno leaves a codeword of zeros behind the terminator; what stands there is read by nobody.
    return data + (b"\0" + b"\xec\x11" * (room // 2))[:room]


def _place_bits(blocks: Sequence[int], checks: int, data_modules: Sequence[Sequence[bool]]) -> Iterator[int]:
    """Yield `Grid.places`: the walk of ISO/IEC 18004:2015, 7.7.3, met in the order of data and checks by block."""
    size = len(data_modules)
    stride = 8 * row_bytes(size)
    walk = [size * stride - 1 - row * stride - column for row, column in _walk(size) if data_modules[row][column]]
    sent = [
        *_interleave([range(start, end) for start, end in pairwise(accumulate(blocks, initial=0))]),
        *_interleave([range(at, at + checks) for at in range(sum(blocks), sum(blocks) + len(blocks) * checks, checks)]),
    ]
    position = {codeword: index for index, codeword in enumerate(sent)}
    for codeword in range(len(sent)):
        yield from walk[8 * position[codeword] : 8 * position[codeword] + 8]


def _walk(size: int) -> Iterator[tuple[int, int]]:
    """Yield rows and columns in the order of the bits: pairs of columns from the right, up and down in turn."""
    # Column 6 holds the timing pattern, and no pair stands across it.
    for number, right in enumerate([*range(size - 1, 6, -2), *range(5, 0, -2)]):
        for row in range(size) if number % 2 else range(size - 1, -1, -1):
            yield row, right
            yield row, right - 1


def _interleave(blocks: Sequence[Sequence[int]]) -> Iterator[int]:
    return (codeword for turn in zip_longest(*blocks) for codeword in turn if codeword is not None)


def draw_by_grid(content: bytes, grid: Grid) -> int:
    """Return the symbol of a content that fits into the grid's version, made bit by bit."""
    return grid.frame ^ _scatter(_codewords(content, grid), grid)


def _scatter(data: bytes, grid: Grid) -> int:
    """Return the symbol's bits for these data codewords and their checks, before the mask."""
    tables = _check_tables(grid.checks, max(grid.blocks))
    checks = [
        reduce(xor, map(getitem, tables[start - end :], data[start:end])).to_bytes(grid.checks, "big")
        for start, end in pairwise(accumulate(grid.blocks, initial=0))
    ]
    stream = b"".join([data, *checks])
    bits = f"{int.from_bytes(stream, 'big'):0{8 * len(stream)}b}0"
    return int("".join(grid.gather(bits)), 2)


def _gatherer(version: int, places: Sequence[int]) -> Callable[[str], tuple[str, ...]]:
    size = size_of(version)
    order = [len(places)] * (size * 8 * row_bytes(size))
    for bit, place in enumerate(places):
        order[-1 - place] = bit
    return itemgetter(*order)


@cache
def _check_tables(checks: int, longest: int) -> list[list[int]]:
    """Return for each place in a block, the last one last, the check codewords of each value as an integer."""
    tables = []
    for remainder in reversed(remainders(checks, longest)):
        bits = [int.from_bytes(remainder.translate(multiples(128 >> bit)), "big") for bit in range(8)]
        tables.append([sum_columns(bits, byte) for byte in range(256)])
    return tables


def sum_columns(columns: Sequence[int], byte: int) -> int:
    """Return what the bits of a byte add up to; the first column is that of its most significant bit."""
    return reduce(xor, (column for bit, column in enumerate(columns) if byte >> (7 - bit) & 1), 0)
