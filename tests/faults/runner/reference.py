"""What an undisturbed run makes of a plan: each index's SHA-256, or the code with which it fails."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypeAlias

from pressrun.domain.items import encode_items
from pressrun.domain.releasing import Release
from pressrun.domain.work import Failed, make_letter
from pressrun.plans import BenchShelf, PlanShelf
from schemas.decoding import decode_one
from schemas.items import ItemReleased
from schemas.layouts import ROW_LENGTH
from sinks.storage import LocalStorage

Outcomes: TypeAlias = Mapping[int, str]
"""Index to the hexadecimal SHA-256 of its letter, or `failed:<code>`."""


def stamp_reference(storage: LocalStorage, digest: str) -> dict[int, str]:
    """Stamp every row of a plan here, by what the workers use, without a broker."""
    bench = BenchShelf(storage).open(digest)
    shelf = PlanShelf(storage)
    outcomes: dict[int, str] = {}
    for first in range(0, bench.total, ROW_LENGTH):
        last = min(first + ROW_LENGTH, bench.total) - 1
        piece = Release("reference", 1, digest, 0, first, last)
        entries = encode_items(piece, shelf.lines(digest, first, last), datetime.now(UTC))
        for _, value in entries:
            made = make_letter(bench.stamper, bench.variables, decode_one(ItemReleased, value))
            outcomes[made.index] = f"failed:{made.code}" if isinstance(made, Failed) else made.sha256
    return outcomes
