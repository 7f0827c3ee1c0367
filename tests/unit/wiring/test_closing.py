"""The closer carries out what is decided, in an order in which any step may be the last one it lives to do."""

import asyncio
import hashlib
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from builders import BATCH, NOW
from stage import NotingOutbox

from pressrun.closing import FAILED, SEALED, Closer, clean_up
from pressrun.domain.batches import TALLY_ABSENT
from pressrun.sealings import has_ended
from schemas.completions import BatchCompleted, ClosingEnded
from schemas.dispatch import ItemsMissing
from schemas.events import Digest
from schemas.plans import Plan
from schemas.results import BatchBlocked, BatchFailed, BatchSealed
from sinks.errors import StorageFull
from sinks.segments import Artifact, FailedItem, write_segment
from sinks.storage import LocalStorage
from sinks.verification import verify_archive

TOTAL = 4
ROWS = b'{"cells":["Ada"]}\n' * TOTAL


class Killed(BaseException):
    """The process is no more."""


@dataclass
class Scene:
    """A completed batch of four items, of which item 3 failed, with its segments; and who closes it."""

    storage: LocalStorage
    completed: BatchCompleted
    outbox: NotingOutbox = field(default_factory=NotingOutbox)
    passed: list[str] = field(default_factory=list)

    def close(self) -> float | None:
        """One try of a closer that knows nothing of those before it."""
        closer = Closer(self.storage, self.outbox, Path("secrets"), fsync=True)  # type: ignore[arg-type] # notes only
        return asyncio.run(closer.close(self.completed, 0))

    def left(self) -> list[str]:
        folder = self.storage.batch_folder(BATCH, 1)
        return sorted(path.name for path in folder.iterdir()) if folder else []


@pytest.fixture
def scene(storage: LocalStorage, an_artifact: Callable[[int], Artifact]) -> Scene:
    folder = storage.create_batch_folder(BATCH, 1)
    write_segment(folder, "a", [an_artifact(0), an_artifact(1)], [])
    write_segment(folder, "b", [an_artifact(2)], [FailedItem(3, "text_overflow", "Too long.")])
    completed = BatchCompleted(
        id=f"{BATCH}/1/completed",
        time=NOW,
        batch_id=BATCH,
        attempt=1,
        total=TOTAL,
        succeeded=3,
        failed=1,
        cancelled=0,
        tally=storage.put_blob(bytes([0b0111, 0b1000, 0])),
        plan=store_plan(storage),
    )
    made = Scene(storage, completed)
    storage.crashpoint = made.passed.append
    return made


@pytest.fixture
def an_artifact() -> Callable[[int], Artifact]:
    def build(index: int) -> Artifact:
        whole = b"shared" + b"own %d" % index
        return Artifact(index, whole[:6], whole[6:], len(whole), zlib.crc32(whole), hashlib.sha256(whole).hexdigest())

    return build


def store_plan(storage: LocalStorage) -> Digest:
    nothing = "0" * 64
    plan = Plan(
        kind="letters",
        total=TOTAL,
        rows=storage.put_blob(ROWS),
        row_offsets=(0, len(ROWS)),
        columns=("name",),
        variables=(),
        design=nothing,
        compiled=nothing,
        renderer_version="1",
        mapping={},
        output_bytes=0,
    )
    return storage.put_blob(plan.model_dump_json().encode())


def test_a_sealed_batch_is_said_with_all_that_proves_it(scene: Scene) -> None:
    assert scene.close() is None

    (sealed,) = scene.outbox.events(BatchSealed)
    found = verify_archive(scene.storage.archive_path(BATCH, 1))
    assert (sealed.total, sealed.succeeded, sealed.failed, sealed.cancelled) == (TOTAL, 3, 1, 0)
    assert (sealed.archive_bytes, sealed.archive_sha256, sealed.merkle_root) == (
        found.size,
        (found.sha256,),
        found.merkle_root,
    )
    assert found.faults == ()
    assert scene.storage.read_note(BATCH, SEALED) == sealed.model_dump_json().encode()
    assert [topic for topic, _ in scene.outbox.said] == ["results", "completions"]
    assert scene.left() == []


CRASH_POINTS = (
    "close.tmp_written",
    "close.flushed",
    "close.linked",
    "close.noted",
    "close.segments_removed",
    "close.after_sealed_said",
    "close.after_ended_said",
)


def test_the_crash_points_are_passed_in_their_order(scene: Scene) -> None:
    scene.close()

    assert tuple(scene.passed) == CRASH_POINTS


@pytest.mark.parametrize("point", CRASH_POINTS)
def test_a_closer_that_dies_anywhere_is_followed_by_one_that_comes_to_the_same(scene: Scene, point: str) -> None:
    def die(name: str) -> None:
        if name == point:
            raise Killed

    scene.storage.crashpoint = die
    with pytest.raises(Killed):
        scene.close()
    scene.storage.crashpoint = scene.passed.append

    assert scene.close() is None

    said = scene.outbox.events(BatchSealed)
    assert len({event.model_dump_json() for event in said}) == 1
    assert said[0].archive_sha256 == (verify_archive(scene.storage.archive_path(BATCH, 1)).sha256,)
    assert scene.outbox.events(ClosingEnded)
    assert scene.left() == []


def test_holes_are_asked_for_and_looked_at_again(scene: Scene, an_artifact: Callable[[int], Artifact]) -> None:
    folder = scene.storage.batch_folder(BATCH, 1)
    assert folder is not None
    (folder / "a.zip").unlink()

    waits = scene.close()

    (missing,) = scene.outbox.events(ItemsMissing)
    assert waits == 30
    assert [(span.first, span.last) for span in missing.ranges] == [(0, 1)]
    write_segment(folder, "repaired", [an_artifact(0), an_artifact(1)], [])
    assert scene.close() is None
    assert scene.outbox.events(BatchSealed)


@pytest.mark.parametrize("damage", [None, b"other bytes"])
def test_a_tally_that_cannot_be_read_is_waited_for_until_the_counter_stores_it_again(
    scene: Scene, tmp_path: Path, damage: bytes | None
) -> None:
    (path,) = tmp_path.rglob(scene.completed.tally)
    whole = path.read_bytes()
    path.unlink() if damage is None else path.write_bytes(damage)

    assert scene.close() == 1

    assert [event.reason for event in scene.outbox.events(BatchBlocked)] == [TALLY_ABSENT]
    scene.storage.put_blob(whole)
    assert scene.close() is None
    assert scene.outbox.events(BatchSealed)


def test_a_damaged_last_word_is_found_out_again_from_the_archive(scene: Scene, tmp_path: Path) -> None:
    scene.close()
    (note,) = tmp_path.rglob(SEALED)
    note.write_bytes(note.read_bytes()[:-5])

    assert scene.close() is None

    first, second = scene.outbox.events(BatchSealed)
    assert first == second.model_copy(update={"time": first.time})


def a_refused(scene: Scene) -> Scene:
    """A batch whose tally has an index twice."""
    scene.completed = scene.completed.model_copy(update={"tally": scene.storage.put_blob(bytes([0b1111, 0b1000, 0]))})
    return scene


def test_a_batch_that_cannot_be_sealed_has_failed_once_and_for_all(scene: Scene) -> None:
    a_refused(scene)

    assert scene.close() is None
    assert scene.close() is None

    said = scene.outbox.events(BatchFailed)
    assert {event.error.code for event in said} == {"sealing_refused"}
    assert len({event.model_dump_json() for event in said}) == 1
    assert scene.storage.read_note(BATCH, FAILED) == said[0].model_dump_json().encode()
    assert scene.storage.batch_folder(BATCH, 1) is None


def test_counts_that_are_not_those_of_the_outcomes_are_never_announced(scene: Scene) -> None:
    scene.completed = scene.completed.model_copy(update={"succeeded": 4, "failed": 0})

    scene.close()

    assert scene.outbox.events(BatchSealed) == []
    assert [event.error.code for event in scene.outbox.events(BatchFailed)] == ["sealing_refused"]


def test_segments_of_a_failed_batch_go_only_when_that_was_said(scene: Scene) -> None:
    left_when_said: list[Sequence[str]] = []

    class WatchingOutbox(NotingOutbox):
        async def say(self, record: object, topic: str, partition: int | None = None) -> None:
            left_when_said.append(scene.left())
            await super().say(record, topic, partition)  # type: ignore[arg-type] # a Record, as the closer says it

    scene.outbox = WatchingOutbox()
    a_refused(scene).close()

    assert [bool(left) for left in left_when_said] == [True, False]


def test_a_completion_nobody_accepted_ends_without_a_trace(storage: LocalStorage, scene: Scene) -> None:
    stranger = scene.completed.model_copy(update={"batch_id": "batch-0002", "id": "batch-0002/1/completed"})
    scene.completed = stranger.model_copy(update={"tally": "ab" * 32})

    assert scene.close() is None

    assert [event.error.code for event in scene.outbox.events(BatchFailed)] == ["batch_folder_missing"]
    assert storage.batch_folder("batch-0002", 1) is None


def test_a_full_disk_where_the_segments_are_removed_is_waited_for(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def be_full(_batch_id: str, _attempt: int) -> None:
        raise StorageFull

    with monkeypatch.context() as patch:
        patch.setattr(scene.storage, "remove_segments", be_full)
        assert scene.close() == 1

    assert [event.reason for event in scene.outbox.events(BatchBlocked)] == ["storage_full"]
    assert scene.outbox.events(BatchSealed) == []
    assert scene.close() is None


def test_what_dead_processes_left_of_ended_batches_is_removed(scene: Scene) -> None:
    scene.close()
    write_segment(scene.storage.create_batch_folder(BATCH, 1), "late", [], [FailedItem(0, "code", "Message.")])
    going = scene.storage.create_batch_folder("batch-0002", 1)

    clean_up(scene.storage)

    assert scene.storage.batch_folder(BATCH, 1) is None
    assert going.is_dir()


@pytest.mark.parametrize("prepare", [lambda scene: scene, a_refused], ids=["sealed", "failed"])
def test_a_batch_has_ended_when_its_last_word_stands(scene: Scene, prepare: Callable[[Scene], Scene]) -> None:
    assert not has_ended(scene.storage, BATCH)

    prepare(scene).close()

    assert has_ended(scene.storage, BATCH)
