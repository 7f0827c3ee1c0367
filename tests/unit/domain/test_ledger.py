"""Batches in table rows: what is stored can be loaded by another process, and no more is written than changed."""

from builders import a_batch, a_moment, a_result, a_sealing

from pressrun.domain.batches import Batch, report, step
from pressrun.domain.ledger import Ledger


class CountingRows(dict[bytes, bytes]):
    writes: int = 0

    def __setitem__(self, key: bytes, value: bytes) -> None:
        self.writes += 1
        super().__setitem__(key, value)


def stepped(batch: Batch, *events: object) -> Batch:
    for event in events:
        after, _ = step(batch, event)  # type: ignore[arg-type] # events of the builders
        assert after is not None
        batch = after
    return report(batch, a_moment())[0]


def test_a_stored_batch_is_loaded_by_another_process() -> None:
    rows: dict[bytes, bytes] = {}
    batch = stepped(a_batch(5000), a_result((0, 700)), a_result((4000, 4100), failed=[2000]))
    Ledger(rows).store(batch)

    loaded = Ledger(rows).load("batch-0001")

    assert loaded is not None
    assert loaded.tally == batch.tally
    assert report(loaded, a_moment())[0].head == batch.head


def test_an_unknown_batch_is_none() -> None:
    assert Ledger({}).load("batch-0001") is None


def test_one_result_writes_one_row() -> None:
    rows = CountingRows()
    ledger = Ledger(rows)
    batch = stepped(a_batch(100_000), a_result((0, 511)))
    ledger.store(batch)
    before = rows.writes

    ledger.store(stepped(batch, a_result((512, 1023))))

    assert rows.writes - before == 1


def test_an_ended_batch_keeps_one_row() -> None:
    rows: dict[bytes, bytes] = {}
    ledger = Ledger(rows)
    batch = stepped(a_batch(5000), a_result((0, 4999)))
    ledger.store(batch)

    ledger.store(stepped(batch, a_sealing(5000)))

    assert list(rows) == [b"head/batch-0001"]
    assert not ledger.is_busy


def test_open_batches_are_found_in_the_rows_after_a_recovery() -> None:
    rows: dict[bytes, bytes] = {}
    ledger = Ledger(rows)
    ledger.store(a_batch(10, "batch-open"))
    ledger.store(stepped(a_batch(10, "batch-ended"), a_sealing(10, "batch-ended")))

    found = [batch.head.batch_id for batch in Ledger(rows).open_batches()]

    assert found == ["batch-open"]


def test_results_before_the_total_are_kept() -> None:
    rows: dict[bytes, bytes] = {}
    early, _ = step(None, a_result((1024, 1030)))
    assert early is not None
    Ledger(rows).store(early)

    loaded = Ledger(rows).load("batch-0001")

    assert loaded is not None
    assert loaded.tally.counts.succeeded == 7


def test_bitmaps_are_written_before_the_head_that_relies_on_them() -> None:
    written: list[bytes] = []

    class NotingRows(dict[bytes, bytes]):
        def __setitem__(self, key: bytes, value: bytes) -> None:
            written.append(key.split(b"/")[0])
            super().__setitem__(key, value)

    batch, _ = step(a_batch(10), a_result((0, 9)))
    assert batch is not None

    Ledger(NotingRows()).store(batch)

    assert written == [b"row", b"head"]
