"""What sealing is asked to do and what comes of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Sealing:
    """What is to be sealed: the three outcome bitmaps have bit i % 8 (lowest first) of byte i // 8 for index i.

    `columns` and `cells_of` are the header and the cells of the original rows, for the items that did not succeed.
    """

    batch_id: str
    attempt: int
    total: int
    succeeded: bytes
    failed: bytes
    cancelled: bytes
    columns: tuple[str, ...]
    cells_of: Callable[[int], Sequence[str]] = field(repr=False)
    password: bytes | None = field(default=None, repr=False)
    suffix: str = "pdf"


@dataclass(frozen=True, slots=True)
class Sealed:
    """An archive under its final name: bytes, hexadecimal SHA-256 if asked for, and items in it.

    `unreadable` names segments that were damaged and not needed.
    """

    path: Path
    size: int
    sha256: str | None
    entries: int
    unreadable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Holes:
    """Ranges of indexes, both ends included, that succeeded and are in no readable segment.

    `unreadable` names the segments that were damaged.
    """

    ranges: tuple[tuple[int, int], ...]
    unreadable: tuple[str, ...] = ()
