"""QR codes by table: a byte-mode symbol of fixed version and mask is affine over GF(2) in its content's bits.

So a symbol of n bytes is the symbol of n zero bytes XOR one column for each bit that is set. The columns of a version
serve every length in it: the content always begins at the same bit. segno draws the symbols the tables are made from.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import getitem, xor
from typing import Final

import segno

# ISO/IEC 18004:2015, table 7: bytes that versions 1 to 40 hold at error level M.
CAPACITY: Final = (
    *(14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412, 450, 504, 560, 624, 666),
    *(711, 779, 857, 911, 997, 1059, 1125, 1190, 1264, 1370, 1452, 1538, 1628, 1722, 1809, 1911, 1989, 2099, 2213),
    2331,
)
# ISO/IEC 18004:2015, 6.3.8: light modules round the symbol.
QUIET_ZONE: Final = 4
# Any of the eight masks reads; choosing the best one per code would cost eight tables.
_MASK: Final = 3
# Up to version 10 a table takes about a second to make; longer contents are drawn one by one (about 200/s).
_MOST_TABLED: Final = 213


@dataclass(frozen=True, slots=True)
class QrTable:
    """One version's symbols: `bases` by content length, `columns` by bit of the content, most significant first.

    A symbol is an integer: rows from the top, each padded to whole bytes, most significant bit first, dark is 1.
    """

    version: int
    bases: Mapping[int, int]
    columns: Sequence[int]

    @property
    def size(self) -> int:
        return 17 + 4 * self.version


class _ByteColumns(dict[int, int]):
    """The symbol part of each value one byte of the content can take, made when first needed."""

    def __init__(self, columns: Sequence[int]) -> None:
        super().__init__()
        self._columns = columns

    def __missing__(self, byte: int) -> int:
        part = reduce(xor, (column for bit, column in enumerate(self._columns) if byte >> (7 - bit) & 1), 0)
        self[byte] = part
        return part


@dataclass(frozen=True, slots=True)
class QrDrawer:
    """The tables of a batch, opened for drawing."""

    tables: Mapping[int, QrTable]
    parts: dict[int, list[_ByteColumns]] = field(default_factory=dict)

    def draw(self, content: bytes) -> tuple[int, int]:
        """Return the symbol of `content` and its size in modules; `content` must fit (`fits`)."""
        version = version_for(len(content))
        table = self.tables.get(version)
        if table is None or len(content) not in table.bases:
            return draw_symbol(content, version), 17 + 4 * version
        parts = self.parts.get(version)
        if parts is None:
            columns = table.columns
            parts = [_ByteColumns(columns[start : start + 8]) for start in range(0, len(columns), 8)]
            self.parts[version] = parts
        return reduce(xor, map(getitem, parts, content), table.bases[len(content)]), table.size


def fits(length: int) -> bool:
    return 0 < length <= CAPACITY[-1]


def version_for(length: int) -> int:
    return bisect_left(CAPACITY, length) + 1


def build_tables(lengths: Iterable[int]) -> tuple[QrTable, ...]:
    """Return the tables for contents of these lengths in bytes; those over capacity are left to refusals."""
    by_version: dict[int, list[int]] = {}
    for length in sorted(set(lengths)):
        if 0 < length <= _MOST_TABLED:
            by_version.setdefault(version_for(length), []).append(length)
    return tuple(_build_table(version, found) for version, found in sorted(by_version.items()))


def _build_table(version: int, lengths: Sequence[int]) -> QrTable:
    bases = {length: draw_symbol(bytes(length), version) for length in lengths}
    longest = lengths[-1]
    columns = [
        bases[longest] ^ draw_symbol((1 << bit).to_bytes(longest, "big"), version)
        for bit in range(8 * longest - 1, -1, -1)
    ]
    return QrTable(version, bases, columns)


def draw_symbol(content: bytes, version: int) -> int:
    symbol = segno.make_qr(content, error="m", version=version, mode="byte", mask=_MASK, boost_error=False)
    stride = row_bytes(17 + 4 * version) * 8
    drawn = 0
    for row in symbol.matrix:
        bits = int(bytes(module + 48 for module in row), 2)
        drawn = drawn << stride | bits << (stride - len(row))
    return drawn


def row_bytes(size: int) -> int:
    """Return the bytes of a row of `size` one-bit samples, as PDF image data is laid out."""
    return (size + 7) // 8
