"""What is announced can be proved: digests on the log are those of the files; damage done on the way is repaired."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from broker.apps import read_topic
from broker.live import System, a_system, assert_clean, assert_exact

from schemas.completions import BatchCompleted
from schemas.decoding import Decoder
from schemas.results import BatchSealed
from sinks.comparison import compare_with_record
from sinks.verification import verify_archive

pytestmark = pytest.mark.broker

TOTAL = 3_000


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Work is slowed so that a batch of 3,000 lasts some seconds."""
    with a_system(tmp_path_factory.mktemp("proof"), item_delay_ms="2") as running:
        yield running


def announced(system: System, batch_id: str) -> list[BatchSealed]:
    """What `progress` says of the batch's sealing."""
    ignored = ("BatchProgressed", "BatchCompleted", "BatchRejected", "BatchFailed", "NoticeEnded")
    decoder = Decoder(BatchSealed, ignored=ignored)
    events = [decoder.decode(record.value) for record in read_topic(system.address, "progress")]
    return [event for event in events if isinstance(event, BatchSealed) and event.batch_id == batch_id]


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def test_an_archive_is_the_one_that_was_announced(system: System, tmp_path: Path) -> None:
    batch_id = system.submit(100)
    state = system.wait_until_sealed(batch_id)

    (sealed,) = announced(system, batch_id)

    found = assert_exact(system, state, 100)
    assert compare_with_record(found, sealed) == ()
    assert sealed.archive_sha256 == (found.sha256,)
    assert (system.directory / "batches" / batch_id / "sealed.json").read_bytes() == sealed.model_dump_json().encode()
    changed = tmp_path / "changed.zip"
    shutil.copy(system.archive(state), changed)
    flip(changed)
    assert verify_archive(changed).faults


def test_the_same_list_twice_makes_the_same_entries(system: System) -> None:
    first, second = (system.submit(100) for _ in range(2))
    for batch_id in (first, second):
        system.wait_until_sealed(batch_id)

    (one,), (other,) = announced(system, first), announced(system, second)

    assert one.merkle_root == other.merkle_root
    assert one.archive_sha256 != other.archive_sha256


def test_a_bit_flipped_in_every_segment_of_a_running_batch_is_repaired(system: System) -> None:
    batch_id = system.submit(TOTAL)
    flipped: set[Path] = set()

    def flip_new_segments() -> bool:
        for path in (system.directory / "batches" / batch_id / "1").glob("[!.]*.zip"):
            if path not in flipped:
                flip(path)
                flipped.add(path)
        return len(flipped) >= 4

    system.wait(batch_id, lambda state: state.succeeded > 0)
    system.until(flip_new_segments, "four segments")

    state = system.wait_until_sealed(batch_id)
    assert_exact(system, state, TOTAL)
    assert_clean(system, batch_id)
    (sealed,) = announced(system, batch_id)
    assert compare_with_record(verify_archive(system.archive(state)), sealed) == ()


def test_a_bit_flipped_in_the_rows_is_said_and_never_becomes_a_letter(system: System) -> None:
    before = set((system.directory / "blobs").rglob("*"))
    batch_id = system.submit(5_000)
    system.wait(batch_id, lambda state: state.succeeded > 0)
    rows = max(set((system.directory / "blobs").rglob("*")) - before, key=lambda path: path.stat().st_size)
    assert rows.is_file()
    data = bytearray(rows.read_bytes())
    data[-10] ^= 1
    rows.write_bytes(data)

    state = system.wait(batch_id, lambda state: state.status in {"failed", "sealed"})

    assert state.status == "failed"
    assert [fault.code for fault in state.faults] == ["blob_corrupt"]
    assert not list(system.settings.archives.glob(f"{batch_id}*"))


def test_a_completion_is_said_with_the_tally_it_is_sealed_from(system: System) -> None:
    batch_id = system.submit(100)
    system.wait_until_sealed(batch_id)
    decoder = Decoder(BatchCompleted, ignored=("ClosingEnded", "BatchFailed"))

    said = [decoder.decode(record.value) for record in read_topic(system.address, "completions")]

    (tally,) = {event.tally for event in said if isinstance(event, BatchCompleted) and event.batch_id == batch_id}
    (sealed,) = announced(system, batch_id)
    bitmaps = (system.directory / "blobs" / tally[:2] / tally).read_bytes()
    size = (sealed.total + 7) // 8
    assert int.from_bytes(bitmaps[:size]).bit_count() == sealed.succeeded
