"""The manifest of an archive: JSON, one line for each entry in index order, so that it can be read as it is written.

Its last member is the Merkle root of these lines: a leaf is a line without the comma behind it, which is JSON without
white space, its members in the order index, entry, sha256, bytes.
"""

import re
from dataclasses import dataclass
from typing import IO, Any

import orjson

from sinks.merkle import MerkleTree

NAME = "manifest.json"

HEAD_END = b',"items":['
TAIL = b'\n],"merkle_root":"%b"}\n'
_TAIL_LINE = re.compile(rb'\](?:,"merkle_root":"(?P<root>[0-9a-f]{64})")?\}')

# Whoever reads keeps two bits for each item: 25 MB at most, however large a total someone writes into a manifest.
_GREATEST_TOTAL = 100_000_000


class ManifestWriter:
    """Writes `{"batch_id", "attempt", "total", "items": [{"index", "entry", "sha256", "bytes"}, …], "merkle_root"}`."""

    def __init__(self, target: IO[bytes], batch_id: str, attempt: int, total: int) -> None:
        self._target = target
        self._separator = b"\n"
        self._tree = MerkleTree()
        self.count = 0
        head = orjson.dumps({"batch_id": batch_id, "attempt": attempt, "total": total})
        target.write(head[:-1] + HEAD_END)

    def add(self, index: int, entry: str, sha256: str, size: int) -> None:
        """Append an entry: its name in the archive, and digest (hexadecimal) and size (bytes) of its content."""
        item = orjson.dumps({"index": index, "entry": entry, "sha256": sha256, "bytes": size})
        self._target.write(self._separator + item)
        self._separator = b",\n"
        self._tree.add(item)
        self.count += 1

    def finish(self) -> str:
        """Write the end and return the Merkle root, in hexadecimal."""
        root = self._tree.root()
        self._target.write(TAIL % root.encode())
        return root


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


def leaf_of(line: bytes) -> bytes:
    """Return what a line about an entry is in the Merkle tree."""
    return line.removesuffix(b",")


def parse_tail(line: bytes) -> str | None:
    """Read the last line: the Merkle root, or nothing in archives sealed before there was one; raises ValueError."""
    found = _TAIL_LINE.fullmatch(line)
    if not found:
        raise ValueError("The line is not the last one of a manifest.")
    return found["root"].decode() if found["root"] else None


def parse_item(line: bytes) -> ListedItem:
    """Read one of the other lines; raises ValueError."""
    facts = _parse(leaf_of(line), {"index": int, "entry": str, "sha256": str, "bytes": int})
    return ListedItem(facts["index"], facts["entry"], facts["sha256"], facts["bytes"])


def _parse(line: bytes, members: dict[str, type]) -> dict[str, Any]:
    facts = orjson.loads(line)
    if not isinstance(facts, dict) or {name: type(value) for name, value in facts.items()} != members:
        raise ValueError("The line has other members than pressrun writes.")
    return facts
