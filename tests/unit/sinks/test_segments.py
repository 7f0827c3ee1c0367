"""Segments: valid ZIPs with a sidecar, the same bytes each time, and nothing half-written under a final name."""

import errno
import hashlib
import os
import stat
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinks.errors import BatchFolderMissing, SegmentRefused, SegmentUnreadable, StorageFull, UnsafeName
from sinks.segments import Artifact, FailedItem, write_segment
from sinks.sidecar import SegmentEntry, SharedPart, Sidecar, decode_sidecar, encode_sidecar
from sinks.zip_format import AES_CODE_BYTES, AES_HEAD_BYTES

FAILURE = FailedItem(5, "text_overflow", "The text does not fit.")


def read_zip(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def name_of(shared: bytes) -> str:
    return f"shared/{hashlib.sha256(shared).hexdigest()}.part"


def test_a_segment_is_a_zip_of_the_shared_part_and_the_tails_by_index(
    folder: Path, an_artifact: Callable[..., Artifact]
) -> None:
    artifacts = [an_artifact(index) for index in (12, 3, 7)]
    size = write_segment(folder, "s-1", artifacts, [])
    contents = read_zip(folder / "s-1.zip")
    assert list(contents) == [name_of(artifacts[0].shared), "0000003.part", "0000007.part", "0000012.part"]
    assert list(contents.values()) == [artifacts[0].shared, artifacts[1].tail, artifacts[2].tail, artifacts[0].tail]
    assert size == (folder / "s-1.zip").stat().st_size


def test_each_beginning_is_there_once_also_when_it_is_empty(folder: Path, an_artifact: Callable[..., Artifact]) -> None:
    # bytes(bytearray()) is another object with the same bytes.
    beginnings = [b"", b"one way", b"another", bytes(bytearray(b"one way"))]
    write_segment(folder, "s-1", [an_artifact(index, shared=part) for index, part in enumerate(beginnings)], [])
    contents = read_zip(folder / "s-1.zip")
    assert list(contents)[:3] == [name_of(b""), name_of(b"one way"), name_of(b"another")]
    assert list(contents)[3:] == [f"000000{index}.part" for index in range(4)]
    sidecar = decode_sidecar((folder / "s-1.json").read_bytes())
    assert [entry.shared for entry in sidecar.entries] == [0, 1, 2, 1]


def test_parts_are_stored_with_fixed_dates_and_modes(folder: Path, an_artifact: Callable[..., Artifact]) -> None:
    write_segment(folder, "s-1", [an_artifact(0)], [], suffix="json")
    with zipfile.ZipFile(folder / "s-1.zip") as archive:
        shared, tail = archive.infolist()
    assert (tail.filename, tail.compress_type, tail.flag_bits) == ("0000000.part", zipfile.ZIP_STORED, 0)
    for entry in (shared, tail):
        assert (entry.date_time, entry.external_attr >> 16) == ((1980, 1, 1, 0, 0, 0), stat.S_IFREG | 0o600)


def test_the_sidecar_says_where_the_parts_are_and_what_they_make(
    folder: Path, an_artifact: Callable[..., Artifact]
) -> None:
    artifact = an_artifact(3)
    write_segment(folder, "s-1", [artifact], [FAILURE], suffix="json")
    sidecar = decode_sidecar((folder / "s-1.json").read_bytes())
    data = (folder / "s-1.zip").read_bytes()
    (shared,), (entry,) = sidecar.shared, sidecar.entries
    assert data[shared.start : shared.start + shared.size] == artifact.shared
    assert data[entry.start : entry.start + entry.length] == artifact.tail
    assert (shared.sha256, shared.crc32) == (name_of(artifact.shared)[7:-5], zlib.crc32(artifact.shared))
    assert (entry.index, entry.size, entry.crc32, entry.sha256) == (3, artifact.size, artifact.crc32, artifact.sha256)
    assert (sidecar.suffix, sidecar.is_encrypted, sidecar.failures) == ("json", False, (FAILURE,))


def test_failures_alone_make_an_empty_zip(folder: Path) -> None:
    assert write_segment(folder, "s-1", [], [FAILURE]) == 22
    assert read_zip(folder / "s-1.zip") == {}


def test_the_same_segment_again_has_the_same_bytes(
    folder: Path, an_artifact: Callable[..., Artifact], left_behind: Callable[[], list[str]]
) -> None:
    artifacts = [an_artifact(index) for index in range(5)]
    write_segment(folder, "s-1", artifacts, [FAILURE])
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    write_segment(folder, "s-1", artifacts[::-1], [FAILURE])
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert left_behind() == []


def test_a_thousand_parts_are_more_than_one_system_call(folder: Path, an_artifact: Callable[..., Artifact]) -> None:
    artifacts = [an_artifact(index) for index in range(1500)]
    write_segment(folder, "s-1", artifacts, [])
    assert list(read_zip(folder / "s-1.zip").values())[1:] == [artifact.tail for artifact in artifacts]


def test_the_sidecar_is_there_before_the_zip_is(
    folder: Path, an_artifact: Callable[..., Artifact], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.rename
    renamed: list[str] = []

    def rename(path: Path, target: Path) -> Path:
        renamed.append(target.name)
        return real(path, target)

    monkeypatch.setattr(Path, "rename", rename)
    write_segment(folder, "s-1", [an_artifact(0)], [])
    assert renamed == ["s-1.json", "s-1.zip"]


def test_files_are_private(folder: Path, an_artifact: Callable[..., Artifact]) -> None:
    write_segment(folder, "s-1", [an_artifact(0)], [])
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_with_a_password_nothing_is_shared_and_every_salt_is_its_own(
    folder: Path, an_artifact: Callable[..., Artifact]
) -> None:
    artifacts = [an_artifact(index, b"the same content") for index in range(3)]
    write_segment(folder, "s-1", artifacts, [], password=b"correct horse")
    contents = read_zip(folder / "s-1.zip")
    assert list(contents) == [name_of(b""), "0000000.part", "0000001.part", "0000002.part"]
    stored = list(contents.values())[1:]
    assert {len(part) for part in stored} == {artifacts[0].size + AES_HEAD_BYTES + AES_CODE_BYTES}
    assert len({part[:16] for part in stored}) == 3
    sidecar = decode_sidecar((folder / "s-1.json").read_bytes())
    assert sidecar.is_encrypted
    assert [(entry.size, entry.crc32) for entry in sidecar.entries] == [(38, zlib.crc32(part)) for part in stored]


def test_a_folder_that_is_gone_is_no_work(folder: Path, an_artifact: Callable[..., Artifact]) -> None:
    folder.rmdir()
    with pytest.raises(BatchFolderMissing):
        write_segment(folder, "s-1", [an_artifact(0)], [])


def test_a_folder_that_goes_while_writing_is_no_work(
    folder: Path, an_artifact: Callable[..., Artifact], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.writev

    def write_and_lose_the_folder(fd: int, buffers: Sequence[bytes]) -> int:
        folder.rename(folder.with_name("gone"))
        return real(fd, buffers)

    monkeypatch.setattr(os, "writev", write_and_lose_the_folder)
    with pytest.raises(BatchFolderMissing):
        write_segment(folder, "s-1", [an_artifact(0)], [])


@pytest.mark.parametrize("password", [None, b"correct horse"])
def test_a_full_disk_waits_and_leaves_nothing(
    folder: Path, an_artifact: Callable[..., Artifact], monkeypatch: pytest.MonkeyPatch, password: bytes | None
) -> None:
    def be_full(*_arguments: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "writev", be_full)
    with pytest.raises(StorageFull):
        write_segment(folder, "s-1", [an_artifact(0)], [], password=password)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("name", ["", "../x", "a/b", "A", "a.b", "a\n"])
def test_names_are_ours(folder: Path, name: str) -> None:
    with pytest.raises(UnsafeName):
        write_segment(folder, name, [], [])
    with pytest.raises(UnsafeName):
        write_segment(folder, "s-1", [], [], suffix=name)


def test_what_cannot_be_a_segment_is_refused(folder: Path, an_artifact: Callable[..., Artifact]) -> None:
    artifact = an_artifact(1)
    wrong: list[Sequence[Artifact]] = [[artifact, artifact], [artifact._replace(size=1)], [artifact._replace(index=-1)]]
    for artifacts in wrong:
        with pytest.raises(SegmentRefused):
            write_segment(folder, "s-1", artifacts, [])
    with pytest.raises(SegmentRefused):
        write_segment(folder, "s-1", [], [FAILURE, FAILURE])
    with pytest.raises(SegmentRefused):
        write_segment(folder, "s-1", [artifact], [], password=b"")
    assert list(folder.iterdir()) == []


numbers = st.integers(0, 1 << 40)
digests = st.just("0" * 64)
shared_parts = st.builds(SharedPart, digests, numbers, numbers, numbers)
entries = st.builds(SegmentEntry, numbers, numbers, numbers, numbers, numbers, numbers, digests)
failures = st.builds(FailedItem, st.integers(0, 10**9), st.text(), st.text())
sidecars = st.builds(
    Sidecar,
    numbers,
    st.sampled_from(["pdf", "json"]),
    st.booleans(),
    st.lists(shared_parts).map(tuple),
    st.lists(entries).map(tuple),
    st.lists(failures).map(tuple),
)


@given(sidecars)
def test_a_sidecar_survives_being_written(sidecar: Sidecar) -> None:
    assert decode_sidecar(encode_sidecar(sidecar)) == sidecar


@given(sidecars, st.data())
def test_a_damaged_sidecar_is_noticed(sidecar: Sidecar, data: st.DataObject) -> None:
    whole = bytearray(encode_sidecar(sidecar))
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SegmentUnreadable):
        decode_sidecar(bytes(whole))
    with pytest.raises(SegmentUnreadable):
        decode_sidecar(encode_sidecar(sidecar)[:place])


def test_a_segment_passes_its_crash_points_before_each_of_its_names_appears(
    folder: Path, an_artifact: Callable[..., Artifact]
) -> None:
    passed: list[tuple[str, list[str]]] = []

    def look(name: str) -> None:
        passed.append((name, [path.name for path in folder.iterdir() if not path.name.startswith(".")]))

    write_segment(folder, "a", [an_artifact(0)], [], crashpoint=look)
    assert passed == [("segment.written", []), ("segment.described", ["a.json"])]
