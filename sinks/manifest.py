"""The manifest of an archive: JSON, one line for each entry in index order, so that it can be read as it is written."""

from dataclasses import dataclass
from typing import IO, Any

import orjson

NAME = "manifest.json"

HEAD_END = b',"items":['
TAIL = b"\n]}\n"
TAIL_LINE = b"]}"

# Whoever reads keeps two bits for each item: 25 MB at most, however large a total someone writes into a manifest.
_GREATEST_TOTAL = 100_000_000


class ManifestWriter:
    """Writes `{"batch_id", "attempt", "total", "items": [{"index", "entry", "sha256", "bytes"}, …]}` to a file."""

    def __init__(self, target: IO[bytes], batch_id: str, attempt: int, total: int) -> None:
        self._target = target
        self._separator = b"\n"
        head = orjson.dumps({"batch_id": batch_id, "attempt": attempt, "total": total})
        target.write(head[:-1] + HEAD_END)

    def add(self, index: int, entry: str, sha256: str, size: int) -> None:
        """Append an entry: its name in the archive, and digest (hexadecimal) and size (bytes) of its content."""
        item = orjson.dumps({"index": index, "entry": entry, "sha256": sha256, "bytes": size})
        self._target.write(self._separator + item)
        self._separator = b",\n"

    def finish(self) -> None:
        """Write the end."""
        self._target.write(TAIL)


@dataclass(frozen=True, slots=True)
class ManifestHead:
    """Whose manifest it is, and of how many items, with or without an entry."""

    batch_id: str
    attempt: int
    total: int


@dataclass(frozen=True, slots=True)
class ListedItem:
    """An entry as the manifest has it: size in bytes, digest in hexadecimal."""

    index: int
    entry: str
    sha256: str
    size: int


def parse_head(line: bytes) -> ManifestHead:
    """Read the first line; raises ValueError."""
    facts = _parse(line.removesuffix(HEAD_END) + b"}", {"batch_id": str, "attempt": int, "total": int})
    if not 0 <= facts["total"] <= _GREATEST_TOTAL:
        raise ValueError("The total is out of bounds.")
    return ManifestHead(**facts)


def parse_item(line: bytes) -> ListedItem:
    """Read one of the other lines; raises ValueError."""
    facts = _parse(line.removesuffix(b","), {"index": int, "entry": str, "sha256": str, "bytes": int})
    return ListedItem(facts["index"], facts["entry"], facts["sha256"], facts["bytes"])


def _parse(line: bytes, members: dict[str, type]) -> dict[str, Any]:
    facts = orjson.loads(line)
    if not isinstance(facts, dict) or {name: type(value) for name, value in facts.items()} != members:
        raise ValueError("The line has other members than pressrun writes.")
    return facts
