"""Blobs, batch folders and notes: whole or absent, named only by us, and gone when they are over."""

import errno
import hashlib
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinks.errors import BatchFolderMissing, BlobCorrupt, BlobMissing, StorageFull, UnsafeName
from sinks.storage import LocalStorage

BATCH_ID = "batch-0001"
ABSENT = "0" * 64


def find_blob(tmp_path: Path, digest: str) -> Path:
    return tmp_path / "root" / "blobs" / digest[:2] / digest


def test_a_blob_is_named_by_its_content(storage: LocalStorage, tmp_path: Path) -> None:
    digest = storage.put_blob(b"content")
    assert digest == hashlib.sha256(b"content").hexdigest()
    assert storage.read_blob(digest) == b"content"
    assert find_blob(tmp_path, digest).stat().st_mode & 0o777 == 0o600


def test_a_blob_is_on_the_disk_with_its_name_also_when_it_was_there(
    storage: LocalStorage, tmp_path: Path, flushed: list[int]
) -> None:
    path = find_blob(tmp_path, storage.put_blob(b"content"))
    assert flushed[0] == path.stat().st_ino
    assert flushed[-1] == path.parent.stat().st_ino
    flushed.clear()
    storage.put_blob(b"content")
    assert flushed[-1] == path.parent.stat().st_ino


def test_a_note_is_on_the_disk_whoever_wrote_it(storage: LocalStorage, folder: Path, flushed: list[int]) -> None:
    storage.put_if_absent(BATCH_ID, "sealed.json", b"first")
    assert flushed == [folder.parent.joinpath("sealed.json").stat().st_ino, folder.parent.stat().st_ino]
    storage.put_if_absent(BATCH_ID, "sealed.json", b"second")
    assert flushed[-1] == folder.parent.stat().st_ino


def test_the_same_blob_again_changes_nothing(storage: LocalStorage, tmp_path: Path) -> None:
    digest = storage.put_blob(b"content")
    before = find_blob(tmp_path, digest).stat().st_ino
    assert storage.put_blob(b"content") == digest
    assert find_blob(tmp_path, digest).stat().st_ino == before


def test_a_streamed_blob_tells_where_each_part_starts(storage: LocalStorage) -> None:
    with storage.blob_writer() as writer:
        offsets = [writer.write(part) for part in (b"ab", b"", b"c" * (3 << 20), b"d")]
    assert offsets == [0, 2, 2, 2 + (3 << 20)]
    assert storage.read_range(writer.digest, offsets[-1], 1) == b"d"
    assert storage.blob_size(writer.digest) == offsets[-1] + 1


def test_an_abandoned_blob_leaves_nothing(
    storage: LocalStorage, tmp_path: Path, left_behind: Callable[[], list[str]]
) -> None:
    writer = storage.blob_writer()
    writer.write(b"content")
    with pytest.raises(KeyError), writer:
        raise KeyError
    assert list((tmp_path / "root" / "blobs").iterdir()) == []
    assert left_behind() == []
    with pytest.raises(BlobMissing):
        _ = writer.digest


def test_an_error_of_the_one_who_writes_a_blob_stays_his(storage: LocalStorage) -> None:
    with pytest.raises(OSError, match="upload broke"), storage.blob_writer():
        raise OSError(errno.EIO, "upload broke")


def test_a_blob_on_a_full_disk_waits_and_leaves_nothing(
    storage: LocalStorage, monkeypatch: pytest.MonkeyPatch, left_behind: Callable[[], list[str]]
) -> None:
    def be_full(*_arguments: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "writev", be_full)
    with pytest.raises(StorageFull):
        storage.put_blob(b"content")
    assert left_behind() == []


def test_a_missing_blob_is_said_to_be_missing(storage: LocalStorage) -> None:
    for read in (storage.read_blob, storage.blob_size, lambda digest: storage.read_range(digest, 0, 1)):
        with pytest.raises(BlobMissing):
            read(ABSENT)


@pytest.mark.parametrize("damaged", [b"contenT", b"conten", b"", b"content."])
def test_a_damaged_blob_is_not_read(storage: LocalStorage, tmp_path: Path, damaged: bytes) -> None:
    digest = storage.put_blob(b"content")
    find_blob(tmp_path, digest).write_bytes(damaged)
    with pytest.raises(BlobCorrupt):
        storage.read_blob(digest)


def test_a_range_past_the_end_is_not_read(storage: LocalStorage) -> None:
    digest = storage.put_blob(b"content")
    with pytest.raises(BlobCorrupt):
        storage.read_range(digest, 5, 3)


@given(st.text(max_size=70))
def test_no_text_but_an_id_leads_to_a_folder(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    base = tmp_path_factory.getbasetemp()
    storage = LocalStorage(base / "root", base / "archives")
    try:
        path = storage.archive_path(text, 1)
    except UnsafeName:
        return
    assert path.parent == base / "archives"
    assert path.name == f"{text}-1.zip"


@pytest.mark.parametrize(
    "batch_id", ["../../etc", "short", "-starts-bad", "UPPERCASE1", "batch_0001", "batch-0001\n", "b" * 65]
)
def test_ids_of_others_are_refused_everywhere(storage: LocalStorage, batch_id: str) -> None:
    calls: list[Callable[[], object]] = [
        lambda: storage.create_batch_folder(batch_id, 1),
        lambda: storage.batch_folder(batch_id, 1),
        lambda: storage.put_if_absent(batch_id, "sealed.json", b""),
        lambda: storage.read_note(batch_id, "sealed.json"),
        lambda: storage.remove_segments(batch_id, 1),
        lambda: storage.archive_path(batch_id, 1),
        lambda: storage.sweep_temporaries(batch_id),
    ]
    for call in calls:
        with pytest.raises(UnsafeName):
            call()


@pytest.mark.parametrize(
    "name", ["1", "sealed", "../x.json", ".hidden.json", "a/b.json", "A.json", "x" * 120 + ".json"]
)
def test_names_of_notes_are_ours(storage: LocalStorage, folder: Path, name: str) -> None:
    assert folder.is_dir()
    with pytest.raises(UnsafeName):
        storage.put_if_absent(BATCH_ID, name, b"")


def test_attempts_are_counted_from_one(storage: LocalStorage) -> None:
    with pytest.raises(UnsafeName):
        storage.create_batch_folder(BATCH_ID, 0)


def test_a_batch_has_a_folder_when_it_was_made(storage: LocalStorage) -> None:
    assert storage.batch_folder(BATCH_ID, 1) is None
    made = storage.create_batch_folder(BATCH_ID, 1)
    assert storage.create_batch_folder(BATCH_ID, 1) == made
    assert storage.batch_folder(BATCH_ID, 1) == made
    assert storage.batch_folder(BATCH_ID, 2) is None


def test_a_note_is_written_once(storage: LocalStorage, folder: Path, left_behind: Callable[[], list[str]]) -> None:
    assert storage.read_note(BATCH_ID, "sealed.json") is None
    assert storage.put_if_absent(BATCH_ID, "sealed.json", b"first")
    assert not storage.put_if_absent(BATCH_ID, "sealed.json", b"second")
    assert storage.read_note(BATCH_ID, "sealed.json") == b"first"
    assert folder.parent.joinpath("sealed.json").stat().st_mode & 0o777 == 0o600
    assert left_behind() == []


def test_of_many_writers_of_a_note_one_wins(storage: LocalStorage, folder: Path) -> None:
    assert folder.is_dir()
    start = threading.Barrier(8)
    won: list[int] = []

    def put(number: int) -> None:
        start.wait()
        if storage.put_if_absent(BATCH_ID, "notice-1.sent", b"%d" % number):
            won.append(number)

    threads = [threading.Thread(target=put, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [storage.read_note(BATCH_ID, "notice-1.sent")] == [b"%d" % number for number in won]


def test_a_note_does_not_bring_a_batch_back(storage: LocalStorage) -> None:
    with pytest.raises(BatchFolderMissing):
        storage.put_if_absent(BATCH_ID, "notice-1.sent", b"")
    assert storage.read_note(BATCH_ID, "notice-1.sent") is None


def test_removing_segments_leaves_notes_and_other_attempts(
    storage: LocalStorage, folder: Path, left_behind: Callable[[], list[str]]
) -> None:
    other = storage.create_batch_folder(BATCH_ID, 2)
    (folder / "s1.zip").touch()
    storage.put_if_absent(BATCH_ID, "sealed.json", b"{}")
    storage.remove_segments(BATCH_ID, 1)
    storage.remove_segments(BATCH_ID, 1)
    assert storage.batch_folder(BATCH_ID, 1) is None
    assert storage.batch_folder(BATCH_ID, 2) == other
    assert storage.read_note(BATCH_ID, "sealed.json") == b"{}"
    assert left_behind() == []


def test_what_dead_writers_left_of_a_batch_is_swept(
    storage: LocalStorage, folder: Path, tmp_path: Path, left_behind: Callable[[], list[str]]
) -> None:
    suffix = "0123456789abcdef.partial"
    leaving = folder.parent / f".2.{suffix}"
    leaving.mkdir()
    (leaving / "s1.zip").touch()
    (folder / f".s1.zip.{suffix}").touch()
    (tmp_path / "archives" / f".{BATCH_ID}-1.zip.{suffix}").touch()
    (tmp_path / "archives" / f".batch-0002-1.zip.{suffix}").touch()
    assert storage.sweep_temporaries(BATCH_ID) == 3
    assert left_behind() == [f".batch-0002-1.zip.{suffix}"]


def test_what_dead_writers_left_of_blobs_is_swept(storage: LocalStorage) -> None:
    with storage.blob_writer() as writer:
        assert storage.sweep_blob_temporaries() == 0
        writer.write(b"content")
    assert storage.read_blob(writer.digest) == b"content"


def test_free_space_is_that_of_the_fuller_file_system(
    storage: LocalStorage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.statvfs

    def pretend(path: Path) -> os.statvfs_result:
        state = list(real(path))
        state[1], state[4] = 1024, 10 if path == tmp_path / "archives" else 20
        return os.statvfs_result(state)

    monkeypatch.setattr(os, "statvfs", pretend)
    assert storage.free_bytes() == 10 * 1024


@pytest.mark.parametrize("damage", [b"", b"CONTENT", b"content and more"])
def test_a_damaged_blob_is_healed_by_the_same_bytes(storage: LocalStorage, tmp_path: Path, damage: bytes) -> None:
    digest = storage.put_blob(b"content")
    find_blob(tmp_path, digest).write_bytes(damage)
    with pytest.raises(BlobCorrupt):
        storage.read_blob(digest)
    assert storage.put_blob(b"content") == digest
    assert storage.read_blob(digest) == b"content"


def test_a_streamed_blob_heals_a_damaged_one_too(storage: LocalStorage, tmp_path: Path) -> None:
    content = b"content" * 300_000
    path = find_blob(tmp_path, storage.put_blob(content))
    path.write_bytes(content[:-1] + b"T")
    with storage.blob_writer() as writer:
        writer.write(content)
    assert storage.read_blob(writer.digest) == content


def test_everything_dead_writers_left_is_swept_at_once(
    storage: LocalStorage, folder: Path, tmp_path: Path, left_behind: Callable[[], list[str]]
) -> None:
    suffix = "0123456789abcdef.partial"
    (folder / f".s1.zip.{suffix}").touch()
    (folder.parent / f".sealed.json.{suffix}").touch()
    (tmp_path / "root" / "blobs" / f".blob.{suffix}").touch()
    (tmp_path / "archives" / f".batch-0002-1.zip.{suffix}").touch()
    with storage.blob_writer():
        assert storage.sweep_everything() == 4
    assert left_behind() == []


def test_the_attempts_with_a_folder_are_listed(storage: LocalStorage, folder: Path) -> None:
    storage.create_batch_folder("batch-0002", 3)
    storage.create_batch_folder("batch-0003", 1)
    storage.remove_segments("batch-0003", 1)
    assert sorted(storage.list_attempts()) == [(folder.parent.name, 1), ("batch-0002", 3)]


def test_a_blob_passes_its_crash_point_when_it_is_whole_and_nameless(tmp_path: Path) -> None:
    passed: list[tuple[str, list[bytes]]] = []

    def look(name: str) -> None:
        blobs = tmp_path / "root" / "blobs"
        passed.append((name, [path.read_bytes() for path in blobs.rglob("*") if path.is_file()]))
        assert [path.name for path in blobs.rglob("*") if path.is_file() and not path.name.startswith(".")] == []

    storage = LocalStorage(tmp_path / "root", tmp_path / "archives", crashpoint=look)
    storage.put_blob(b"content")
    assert passed == [("blob.written", [b"content"])]
