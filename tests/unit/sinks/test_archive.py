"""Sealing: each item once, in order, the same bytes however the work was cut, whole or not at all."""

import csv
import errno
import hashlib
import io
import json
import os
import random
import threading
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import pyzipper
from hypothesis import given, settings
from hypothesis import strategies as st

from sinks.archive import Holes, Sealed, Sealing, seal_archive
from sinks.errors import BatchFolderMissing, SealingRefused, SealingStopped, StorageFull
from sinks.segments import Artifact, FailedItem, write_segment
from sinks.storage import LocalStorage

PASSWORD = b"correct horse battery"


def never() -> bool:
    return False


def seal(sealing: Sealing, storage: LocalStorage) -> Path:
    sealed = seal_archive(sealing, storage, stop=never)
    assert isinstance(sealed, Sealed)
    return sealed.path


def read_archive(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def read_table(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(read_archive(path)["failures.csv"].decode(), newline="")))


def test_an_archive_has_each_item_then_the_manifest_and_the_failures(
    storage: LocalStorage, folder: Path, an_artifact: Callable[..., Artifact], a_sealing: Callable[..., Sealing]
) -> None:
    artifacts = [an_artifact(index) for index in range(4)]
    write_segment(folder, "b", artifacts[:2], [])
    write_segment(folder, "a", artifacts[2:], [])
    sealed = seal_archive(a_sealing(4), storage, stop=never)
    path = storage.archive_path("batch-0001", 1)
    contents = read_archive(path)
    assert list(contents) == [f"000000{index}.pdf" for index in range(4)] + ["manifest.json", "failures.csv"]
    assert [contents[f"000000{a.index}.pdf"] for a in artifacts] == [a.shared + a.tail for a in artifacts]
    root = json.loads(contents["manifest.json"])["merkle_root"]
    assert sealed == Sealed(path, path.stat().st_size, 4, hashlib.sha256(path.read_bytes()).hexdigest(), root)


def test_the_manifest_says_what_the_entries_are(
    storage: LocalStorage, folder: Path, an_artifact: Callable[..., Artifact], a_sealing: Callable[..., Sealing]
) -> None:
    artifact = an_artifact(1)
    write_segment(folder, "a", [artifact], [])
    manifest = json.loads(read_archive(seal(a_sealing(2, failed=[0]), storage))["manifest.json"])
    item = {"index": 1, "entry": "0000001.pdf", "sha256": artifact.sha256, "bytes": artifact.size}
    leaf = json.dumps(item, separators=(",", ":")).encode()
    root = hashlib.sha256(b"\0" + leaf).hexdigest()
    assert manifest == {"batch_id": "batch-0001", "attempt": 1, "total": 2, "items": [item], "merkle_root": root}


def test_the_table_says_why_with_the_original_row(
    storage: LocalStorage, folder: Path, a_sealing: Callable[..., Sealing]
) -> None:
    write_segment(folder, "a", [], [FailedItem(2, "text_overflow", "The text does not fit.")])
    sealing = replace(a_sealing(3, failed=[0, 2], cancelled=[1]), cells_of=lambda index: (f"name {index}", "=1+1"))
    rows = read_table(seal(sealing, storage))
    assert rows[0] == ["index", "code", "message", "name", "city"]
    assert [row[:2] + row[3:] for row in rows[1:]] == [
        ["0", "undeliverable", "name 0", "'=1+1"],
        ["1", "cancelled", "name 1", "'=1+1"],
        ["2", "text_overflow", "name 2", "'=1+1"],
    ]
    assert rows[3][2] == "The text does not fit."


def test_a_failure_that_was_made_good_is_not_in_the_table(
    storage: LocalStorage, folder: Path, an_artifact: Callable[..., Artifact], a_sealing: Callable[..., Sealing]
) -> None:
    write_segment(folder, "a", [], [FailedItem(index, "text_overflow", "") for index in range(4)])
    write_segment(folder, "b", [an_artifact(index) for index in range(3)], [])
    assert [row[:2] for row in read_table(seal(a_sealing(4, failed=[3]), storage))[1:]] == [["3", "text_overflow"]]


def test_an_archive_is_on_the_disk_before_it_is_announced(
    storage: LocalStorage, folder: Path, a_sealing: Callable[..., Sealing], flushed: list[int]
) -> None:
    assert folder.is_dir()
    path = seal(a_sealing(0), storage)
    assert flushed == [path.stat().st_ino, path.parent.stat().st_ino]
    flushed.clear()
    seal(a_sealing(0), storage)
    assert flushed == [path.parent.stat().st_ino]


def test_nothing_waits_for_the_disk_when_told_so(
    storage: LocalStorage, folder: Path, a_sealing: Callable[..., Sealing], flushed: list[int]
) -> None:
    assert folder.is_dir()
    seal_archive(a_sealing(0), storage, stop=never, fsync=False)
    assert flushed == []


def test_a_batch_without_items_has_an_archive(
    storage: LocalStorage, folder: Path, a_sealing: Callable[..., Sealing]
) -> None:
    assert folder.is_dir()
    contents = read_archive(seal(a_sealing(0), storage))
    assert list(contents) == ["manifest.json", "failures.csv"]
    assert json.loads(contents["manifest.json"])["items"] == []
    assert contents["failures.csv"] == b"index,code,message,name,city\r\n"


def test_an_artifact_of_an_item_that_did_not_succeed_is_left_out(
    storage: LocalStorage, folder: Path, an_artifact: Callable[..., Artifact], a_sealing: Callable[..., Sealing]
) -> None:
    write_segment(folder, "a", [an_artifact(index) for index in (0, 1, 2, 9)], [])
    contents = read_archive(seal(a_sealing(3, cancelled=[1]), storage))
    assert list(contents)[:-2] == ["0000000.pdf", "0000002.pdf"]


def test_the_first_segment_by_name_has_an_item_that_is_there_twice(
    storage: LocalStorage, folder: Path, an_artifact: Callable[..., Artifact], a_sealing: Callable[..., Sealing]
) -> None:
    write_segment(folder, "b", [an_artifact(index, b"b") for index in (0, 1)], [FailedItem(2, "b", "")])
    write_segment(folder, "a", [an_artifact(1, b"a")], [FailedItem(2, "a", "")])
    path = seal(a_sealing(3, failed=[2]), storage)
    contents = read_archive(path)
    assert [contents[name][-1:] for name in ("0000000.pdf", "0000001.pdf")] == [b"b", b"a"]
    assert read_table(path)[1][1] == "a"


TOTAL = 60
cuts = st.lists(st.tuples(st.integers(0, TOTAL - 1), st.integers(1, TOTAL)), max_size=6)


@settings(max_examples=15, deadline=None)
@given(cuts, st.sets(st.integers(0, TOTAL - 1), max_size=9), st.randoms(use_true_random=False))
def test_the_same_content_has_the_same_bytes_however_it_was_cut(
    tmp_path_factory: pytest.TempPathFactory,
    an_artifact: Callable[..., Artifact],
    a_sealing: Callable[..., Sealing],
    extra: list[tuple[int, int]],
    failed: set[int],
    chance: random.Random,
) -> None:
    archives = []
    for pieces in ([(0, TOTAL)], [*extra, *[(start, 7) for start in range(0, TOTAL, 7)]]):
        base = tmp_path_factory.mktemp("cut")
        storage = LocalStorage(base / "root", base / "archives")
        folder = storage.create_batch_folder("batch-0001", 1)
        # Which of two segments comes first by name has nothing to do with which has the lower indexes.
        names = chance.sample(range(len(pieces)), len(pieces))
        for name, (start, length) in zip(names, pieces, strict=True):
            indexes = range(start, min(TOTAL, start + length))
            artifacts = [an_artifact(index) for index in indexes if index not in failed]
            failures = [FailedItem(index, "code", "message") for index in indexes if index in failed]
            write_segment(folder, f"s-{name}", artifacts, failures)
        sealed = seal_archive(a_sealing(TOTAL, failed=failed), storage, stop=never, fsync=False)
        assert isinstance(sealed, Sealed)
        archives.append(sealed.path.read_bytes())
    assert archives[0] == archives[1]


def test_what_no_segment_has_is_a_hole(
    storage: LocalStorage,
    folder: Path,
    an_artifact: Callable[..., Artifact],
    a_sealing: Callable[..., Sealing],
    left_behind: Callable[[], list[str]],
) -> None:
    write_segment(folder, "a", [an_artifact(index) for index in (1, 5)], [])
    holes = seal_archive(a_sealing(9, failed=[3], cancelled=[8]), storage, stop=never)
    assert holes == Holes(((0, 0), (2, 2), (4, 4), (6, 7)))
    assert not storage.archive_path("batch-0001", 1).exists()
    assert left_behind() == []


def flip(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("password", [None, PASSWORD])
@pytest.mark.parametrize("name", ["b.zip", "b.json"])
def test_a_segment_with_any_byte_changed_counts_as_absent(
    storage: LocalStorage,
    folder: Path,
    an_artifact: Callable[..., Artifact],
    a_sealing: Callable[..., Sealing],
    name: str,
    password: bytes | None,
) -> None:
    write_segment(folder, "a", [an_artifact(0)], [], password=password)
    write_segment(folder, "b", [an_artifact(1), an_artifact(2)], [], password=password)
    whole = (folder / name).read_bytes()
    # pyzipper needs time for each key, so not every byte is tried: local header, salt, content, directory, end.
    for place in range(0, len(whole), 1 if password is None else 5):
        flip(folder / name, place)
        holes = seal_archive(a_sealing(3, password=password), storage, stop=never)
        assert holes == Holes(((1, 2),), ("b",)), place
        (folder / name).write_bytes(whole)


@pytest.mark.parametrize("kept", [0, 1, 50, -1])
@pytest.mark.parametrize("name", ["b.zip", "b.json"])
def test_a_truncated_segment_counts_as_absent(
    storage: LocalStorage,
    folder: Path,
    an_artifact: Callable[..., Artifact],
    a_sealing: Callable[..., Sealing],
    name: str,
    kept: int,
) -> None:
    write_segment(folder, "a", [an_artifact(0)], [])
    write_segment(folder, "b", [an_artifact(1)], [])
    (folder / name).write_bytes((folder / name).read_bytes()[:kept])
    assert seal_archive(a_sealing(2), storage, stop=never) == Holes(((1, 1),), ("b",))
    (folder / name).unlink()
    unreadable = ("b",) if name == "b.json" else ()
    assert seal_archive(a_sealing(2), storage, stop=never) == Holes(((1, 1),), unreadable)


def test_a_damaged_segment_that_is_not_needed_is_named(
    storage: LocalStorage, folder: Path, an_artifact: Callable[..., Artifact], a_sealing: Callable[..., Sealing]
) -> None:
    for name in ("a", "b"):
        write_segment(folder, name, [an_artifact(0)], [])
    flip(folder / "a.zip", 45)
    sealed = seal_archive(a_sealing(1), storage, stop=never)
    assert isinstance(sealed, Sealed)
    assert sealed.unreadable == ("a",)


def test_entries_with_another_suffix_are_not_taken(
    storage: LocalStorage, folder: Path, an_artifact: Callable[..., Artifact], a_sealing: Callable[..., Sealing]
) -> None:
    write_segment(folder, "a", [an_artifact(0)], [], suffix="json")
    assert seal_archive(a_sealing(1), storage, stop=never) == Holes(((0, 0),), ("a",))


@pytest.mark.parametrize(("written", "asked"), [(None, PASSWORD), (PASSWORD, None)])
def test_entries_that_are_not_encrypted_as_asked_are_not_taken(
    storage: LocalStorage,
    folder: Path,
    an_artifact: Callable[..., Artifact],
    a_sealing: Callable[..., Sealing],
    written: bytes | None,
    asked: bytes | None,
) -> None:
    write_segment(folder, "a", [an_artifact(0)], [], password=written)
    holes = seal_archive(a_sealing(1, password=asked), storage, stop=never)
    assert holes == Holes(((0, 0),), ("a",))


def test_the_password_is_not_shown(a_sealing: Callable[..., Sealing]) -> None:
    assert "horse" not in repr(a_sealing(1, password=PASSWORD))


def test_a_password_covers_every_entry(
    storage: LocalStorage, folder: Path, an_artifact: Callable[..., Artifact], a_sealing: Callable[..., Sealing]
) -> None:
    artifacts = [an_artifact(index) for index in range(3)]
    for artifact in artifacts:
        write_segment(folder, f"s-{artifact.index}", [artifact], [], password=PASSWORD)
    path = seal(a_sealing(3, password=PASSWORD), storage)
    with pyzipper.AESZipFile(path) as archive:
        archive.setpassword(PASSWORD)
        assert archive.testzip() is None
        assert [archive.read(name) for name in archive.namelist()[:3]] == [a.shared + a.tail for a in artifacts]
        assert json.loads(archive.read("manifest.json"))["total"] == 3
        assert {(entry.flag_bits, entry.wz_aes_strength) for entry in archive.infolist()} == {(1, 3)}
    assert b"recipient" not in path.read_bytes()


def test_an_empty_password_is_refused(storage: LocalStorage, folder: Path, a_sealing: Callable[..., Sealing]) -> None:
    assert folder.is_dir()
    with pytest.raises(SealingRefused):
        seal_archive(a_sealing(0, password=b""), storage, stop=never)


def test_outcomes_that_are_not_each_index_once_are_refused(
    storage: LocalStorage, a_sealing: Callable[..., Sealing], a_bitmap: Callable[..., bytes]
) -> None:
    sealing = a_sealing(12)
    wrong = [
        replace(sealing, failed=a_bitmap(12, [3])),
        replace(sealing, succeeded=a_bitmap(12, range(11))),
        replace(sealing, succeeded=a_bitmap(12, range(13))),
        replace(sealing, total=20),
        replace(sealing, cancelled=b""),
    ]
    for each in wrong:
        with pytest.raises(SealingRefused):
            seal_archive(each, storage, stop=never)


def test_without_a_folder_there_is_nothing_to_seal(storage: LocalStorage, a_sealing: Callable[..., Sealing]) -> None:
    with pytest.raises(BatchFolderMissing):
        seal_archive(a_sealing(0), storage, stop=never)


def test_sealing_passes_its_crash_points_in_order(
    storage: LocalStorage, folder: Path, an_artifact: Callable[..., Artifact], a_sealing: Callable[..., Sealing]
) -> None:
    passed: list[tuple[str, bool]] = []
    storage.crashpoint = lambda name: passed.append((name, storage.archive_path("batch-0001", 1).exists()))
    write_segment(folder, "a", [an_artifact(0)], [])
    seal(a_sealing(1), storage)
    assert passed == [("close.tmp_written", False), ("close.flushed", False), ("close.linked", True)]


def test_of_two_closers_at_once_one_wins_and_both_have_the_archive(
    storage: LocalStorage,
    folder: Path,
    an_artifact: Callable[..., Artifact],
    a_sealing: Callable[..., Sealing],
    left_behind: Callable[[], list[str]],
) -> None:
    write_segment(folder, "a", [an_artifact(index) for index in range(3)], [])
    together = threading.Barrier(2)
    results: list[object] = []

    def wait_for_the_other() -> bool:
        # The last slice of both is copied before either is linked; the loser then reads the archive alone.
        if not storage.archive_path("batch-0001", 1).exists():
            together.wait(timeout=30)
        return False

    def close() -> None:
        results.append(seal_archive(a_sealing(3), storage, stop=wait_for_the_other))

    threads = [threading.Thread(target=close) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 2
    assert results[0] == results[1]
    assert len(read_archive(storage.archive_path("batch-0001", 1))) == 5
    assert left_behind() == []


# Stopping is asked before each of the two segments is checked, then before each of the slices, of which the first
# ends inside of the first segment.
@pytest.mark.parametrize("moment", [0, 1, 2, 3, 4])
def test_a_closer_whose_segments_the_other_has_removed_returns_its_archive(
    storage: LocalStorage,
    folder: Path,
    an_artifact: Callable[..., Artifact],
    a_sealing: Callable[..., Sealing],
    left_behind: Callable[[], list[str]],
    moment: int,
) -> None:
    write_segment(folder, "a", [an_artifact(index) for index in range(400)], [])
    write_segment(folder, "b", [an_artifact(400)], [])
    calls = iter(range(100))

    def let_the_other_finish() -> bool:
        if next(calls) == moment:
            seal(a_sealing(401), storage)
            storage.remove_segments("batch-0001", 1)
        return False

    sealed = seal_archive(a_sealing(401), storage, stop=let_the_other_finish)
    assert next(calls) > moment
    assert sealed == seal_archive(a_sealing(401), storage, stop=never)
    assert left_behind() == []


class StopAt:
    """Says stop when asked for the n-th time (from 0), and counts the questions."""

    def __init__(self, moment: int) -> None:
        self.moment = moment
        self.asked = 0

    def __call__(self) -> bool:
        self.asked += 1
        return self.asked > self.moment


def test_stopping_at_any_moment_leaves_nothing(
    storage: LocalStorage,
    folder: Path,
    an_artifact: Callable[..., Artifact],
    a_sealing: Callable[..., Sealing],
    left_behind: Callable[[], list[str]],
) -> None:
    for index in range(3):
        write_segment(folder, f"s-{index}", [an_artifact(index)], [])
    sealing = a_sealing(4, failed=[3])
    moment = 0
    while True:
        stop = StopAt(moment)
        try:
            seal_archive(sealing, storage, stop=stop)
        except SealingStopped:
            assert not storage.archive_path("batch-0001", 1).exists()
            assert left_behind() == []
            moment += 1
        else:
            break
    assert moment == stop.asked >= 7


@pytest.mark.parametrize("call", ["writev", "link"])
def test_a_full_disk_waits_and_leaves_nothing(
    storage: LocalStorage,
    folder: Path,
    an_artifact: Callable[..., Artifact],
    a_sealing: Callable[..., Sealing],
    left_behind: Callable[[], list[str]],
    monkeypatch: pytest.MonkeyPatch,
    call: str,
) -> None:
    write_segment(folder, "a", [an_artifact(0)], [])

    def be_full(*_arguments: object, **_options: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, call, be_full)
        with pytest.raises(StorageFull):
            seal_archive(a_sealing(1), storage, stop=never)
    assert not storage.archive_path("batch-0001", 1).exists()
    assert left_behind() == []
    assert seal(a_sealing(1), storage).exists()


def test_an_archive_is_the_same_where_the_system_takes_no_hints(
    storage: LocalStorage,
    folder: Path,
    an_artifact: Callable[..., Artifact],
    a_sealing: Callable[..., Sealing],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_segment(folder, "a", [an_artifact(index) for index in range(5)], [])
    path = seal(a_sealing(5), storage)
    expected = path.read_bytes()
    path.unlink()
    monkeypatch.delattr(os, "posix_fadvise", raising=False)
    assert seal(a_sealing(5), storage).read_bytes() == expected


def test_an_archive_has_the_same_bytes_in_every_version(
    storage: LocalStorage, folder: Path, an_artifact: Callable[..., Artifact], a_sealing: Callable[..., Sealing]
) -> None:
    write_segment(folder, "a", [an_artifact(index) for index in (0, 1, 3)], [FailedItem(2, "text_overflow", "Long.")])
    data = seal(a_sealing(4, failed=[2]), storage).read_bytes()
    assert hashlib.sha256(data).hexdigest() == "77cb2a637a7faabc5ca80e1413f5a01cb636687cfabbce38fca7ad8f02dc1fed"


def test_an_archive_is_private(storage: LocalStorage, folder: Path, a_sealing: Callable[..., Sealing]) -> None:
    assert folder.is_dir()
    assert seal(a_sealing(0), storage).stat().st_mode & 0o777 == 0o600
