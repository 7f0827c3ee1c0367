"""What sealing is asked to do and what comes of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Sealing:
    """What is to be sealed: the three outcome bitmaps have bit i % 8 (lowest first) of byte i // 8 for index i.

    `columns` and `cells_of` are the header and the cells of the original rows, for the items that did not succeed. With
    `wants_reasons` a failure whose reason may have been in a damaged segment is a hole too.
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
    wants_reasons: bool = False


@dataclass(frozen=True, slots=True)
class Sealed:
    """An archive under its final name: bytes, items in it, and both digests in hexadecimal.

    `sha256` is of the file, `merkle_root` of its manifest (see sinks.manifest). `unreadable` names segments that were
    damaged and not needed.
    """

    path: Path
    size: int
    entries: int
    sha256: str
    merkle_root: str
    unreadable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Holes:
    """Ranges of indexes, both ends included, that succeeded and are in no readable segment, or have lost their reason.

    `unreadable` names the segments that were damaged.
    """

    ranges: tuple[tuple[int, int], ...]
    unreadable: tuple[str, ...] = ()
