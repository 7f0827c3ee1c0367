"""The work `constant`: one fixed artifact for everyone, so that the pipeline alone is measured."""

import hashlib
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from pressrun.domain.letters import Letter
from pressrun.domain.recipients.mapping import Want
from pressrun.preparation import RowsOfFile, store_plan, store_rows
from schemas.plans import Plan
from sinks.storage import LocalStorage

TAIL_BYTES = 1_500
"""What differs from letter to letter in a real batch; its SHA-256 and CRC-32 are computed each time."""

WANTS = [Want(name, required=True) for name in ("first_name", "last_name", "street", "city")]


class ConstantStamper:
    """Stamps the same artifact, with the checksums computed anew as a letter's are."""

    def __init__(self, size: int) -> None:
        tail = min(TAIL_BYTES, size // 2)
        self._prefix = hashlib.shake_128(b"prefix").digest(size - tail)
        self._tail = hashlib.shake_128(b"tail").digest(tail)
        self._hash = hashlib.sha256(self._prefix)
        self._crc32 = zlib.crc32(self._prefix)

    def stamp(self, record: Mapping[str, str]) -> Letter:
        assert record
        digest = self._hash.copy()
        digest.update(self._tail)
        return Letter(self._prefix, self._tail, zlib.crc32(self._tail, self._crc32), digest.hexdigest())


def load_constant(compiled: bytes) -> ConstantStamper:
    """The stored form is the artifact's size in digits."""
    return ConstantStamper(int(compiled))


def prepare_constant(recipients: Path, size: int, storage: LocalStorage) -> tuple[str, Plan]:
    """Intake of a real list for the fixed work."""
    with RowsOfFile(recipients).open() as opened:
        rows = store_rows(opened, WANTS, {}, storage)
    plan = Plan(
        kind="letters",
        total=rows.total,
        rows=rows.digest,
        row_offsets=rows.offsets,
        columns=rows.columns,
        variables=tuple(want.name for want in WANTS),
        design=storage.put_blob(b"constant"),
        compiled=storage.put_blob(str(size).encode()),
        renderer_version="constant",
        mapping=dict(rows.mapping),
        output_bytes=rows.total * size,
    )
    return store_plan(plan, storage), plan


def write_recipients(path: Path, total: int) -> Path:
    """A made-up list of about 100 bytes a row."""
    with path.open("w", encoding="utf-8") as file:
        file.write("first_name,last_name,street,postcode,city,code,link\n")
        file.writelines(_rows(total))
    return path


def _rows(total: int) -> Iterator[str]:
    for index in range(total):
        yield (
            f"Zoë,Müller-{index},Bahnhofstraße {index % 200},{10_000 + index % 80_000},Köln,"
            f"SEA-{index:07d},https://example.com/r/{index:07d}\n"
        )
