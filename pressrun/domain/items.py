"""Items as records: from the canonical lines of a plan's rows to what a worker reads."""

from collections.abc import Sequence
from datetime import datetime

import orjson

from pressrun.domain.errors import DomainError
from pressrun.domain.releasing import Release

Entry = tuple[bytes, bytes]
"""Key and value of one record."""

_CELLS = b',"cells":'
"""Ends the part of a canonical line that an item carries; inside a JSON string its quotes would be escaped."""


def encode_items(release: Release, lines: Sequence[bytes], time: datetime) -> list[Entry]:
    """One ItemReleased per line; the key names the piece, so that a block never holds two pieces.

    Spliced, not serialised: a canonical line already is the JSON of its values or its fault (2 µs an item saved).
    """
    if len(lines) != release.last - release.first + 1:
        raise DomainError(f"{len(lines)} rows for items {release.first} to {release.last}")
    item_id = f"{release.batch_id}/{release.attempt}/"
    head = orjson.dumps(
        {
            "type": "ItemReleased",
            "version": 1,
            "time": time.isoformat(),
            "batch_id": release.batch_id,
            "attempt": release.attempt,
            "plan": release.plan,
            "repair": release.repair,
        }
    )[:-1]
    start = head + b',"id":"' + item_id.encode()
    key = f"{item_id}{release.first}".encode()
    return [
        (key, b'%b%d","index":%d,%b}' % (start, index, index, line[1 : line.index(_CELLS)]))
        for index, line in enumerate(lines, release.first)
    ]
