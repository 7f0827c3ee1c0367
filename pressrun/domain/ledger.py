"""Batches in the rows of a table: one head and up to one bitmap row per 1,024 indexes, encoded as bytes."""

from collections.abc import Iterator, MutableMapping

from pressrun.domain.batches import ENDED, Batch
from pressrun.domain.heads import Head
from pressrun.domain.tally import Row, Tally
from schemas.layouts import ROW_LENGTH

HEAD = b"head/"


class Ledger:
    """Reads and writes batches; keeps those in use decoded, because a result touches one row of a thousand."""

    def __init__(self, rows: MutableMapping[bytes, bytes]) -> None:
        self._rows = rows
        self._in_use: dict[str, Batch] = {}

    def load(self, batch_id: str) -> Batch | None:
        """The batch, or None if it was never heard of."""
        if batch_id not in self._in_use:
            head_row = self._rows.get(_head_key(batch_id))
            if head_row is None:
                return None
            batch = self._read(Head.model_validate_json(head_row))
            if not batch.is_open:
                return batch
            self._in_use[batch_id] = batch
        return self._in_use[batch_id]

    def store(self, batch: Batch) -> None:
        """Write what changed; an ended batch keeps its head only."""
        head = batch.head
        before = self._in_use.get(head.batch_id)
        if not batch.is_open:
            self._write_head(head)
            self._drop_rows(head)
            self._in_use.pop(head.batch_id, None)
            return
        changed = batch.tally.changed_rows(before.tally if before else Tally())
        for number, row in changed.items():
            self._rows[_row_key(head, number)] = row.to_bytes()
        # The head last: a crash between two rows must not leave one that says more than the bitmaps do.
        if before is None or _with_counts_of(head, before.head) != head:
            self._write_head(head)
        self._in_use[head.batch_id] = batch

    def open_batches(self) -> Iterator[Batch]:
        """Every batch that has not ended, from the rows: also those nobody has asked for since a recovery."""
        batch_ids = [key[len(HEAD) :].decode() for key in list(self._rows) if key.startswith(HEAD)]
        for batch_id in batch_ids:
            head_row = self._rows.get(_head_key(batch_id))
            if batch_id in self._in_use or (head_row and Head.model_validate_json(head_row).status not in ENDED):
                batch = self.load(batch_id)
                if batch is not None:
                    yield batch

    @property
    def is_busy(self) -> bool:
        """Whether any batch in use is open; others are found by `open_batches`."""
        return bool(self._in_use)

    def forget(self) -> None:
        """Decoded batches are read again from the rows: after a rebalance the rows may be others."""
        self._in_use.clear()

    def _read(self, head: Head) -> Batch:
        if head.total is None:
            prefix = f"row/{head.batch_id}/{head.attempt}/".encode()
            found = {int(key[len(prefix) :]): key for key in list(self._rows) if key.startswith(prefix)}
        else:
            found = {n: _row_key(head, n) for n in range((head.total + ROW_LENGTH - 1) // ROW_LENGTH)}
        rows = {number: data for number, key in found.items() if (data := self._rows.get(key)) is not None}
        return Batch(head, Tally.of({number: Row.from_bytes(data) for number, data in rows.items()}))

    def _write_head(self, head: Head) -> None:
        self._rows[_head_key(head.batch_id)] = head.model_dump_json().encode()

    def _drop_rows(self, head: Head) -> None:
        """Also those a crash left: whoever ended the batch before may not have got so far."""
        for number in range(((head.total or 0) + ROW_LENGTH - 1) // ROW_LENGTH):
            if (key := _row_key(head, number)) in self._rows:
                del self._rows[key]


def _with_counts_of(other: Head, head: Head) -> Head:
    """Counts are read off the bitmap rows; a head is written again only for what it alone knows."""
    counts = {"succeeded": other.succeeded, "failed": other.failed, "cancelled": other.cancelled}
    return head.model_copy(update=counts)


def _head_key(batch_id: str) -> bytes:
    return HEAD + batch_id.encode()


def _row_key(head: Head, number: int) -> bytes:
    return f"row/{head.batch_id}/{head.attempt}/{number}".encode()
