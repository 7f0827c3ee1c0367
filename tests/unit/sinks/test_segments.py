"""Segments: valid ZIPs with a sidecar, the same bytes each time, and nothing half-written under a final name."""

import errno
import os
import stat
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import pyzipper
from hypothesis import given
from hypothesis import strategies as st

from sinks.errors import BatchFolderMissing, SegmentRefused, SegmentUnreadable, StorageFull, UnsafeName
from sinks.segments import Artifact, FailedItem, write_segment
from sinks.sidecar import SegmentEntry, Sidecar, decode_sidecar, encode_sidecar

FAILURE = FailedItem(5, "text_overflow", "The text does not fit.")


def read_zip(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_segment_is_a_zip_sorted_by_index(folder: Path, an_artifact: Callable[..., Artifact]) -> None:
    artifacts = [an_artifact(index) for index in (12, 3, 7)]
    size = write_segment(folder, "s-1", artifacts, [])
    contents = read_zip(folder / "s-1.zip")
    assert list(contents) == ["0000003.pdf", "0000007.pdf", "0000012.pdf"]
    assert contents["0000012.pdf"] == b"".join(artifacts[0].parts)
    assert size == (folder / "s-1.zip").stat().st_size


def test_entries_are_stored_with_fixed_dates_and_modes(folder: Path, an_artifact: Callable[..., Artifact]) -> None:
    write_segment(folder, "s-1", [an_artifact(0)], [], suffix="json")
    with zipfile.ZipFile(folder / "s-1.zip") as archive:
        (entry,) = archive.infolist()
    assert (entry.filename, entry.compress_type, entry.flag_bits) == ("0000000.json", zipfile.ZIP_STORED, 0)
    assert (entry.date_time, entry.external_attr >> 16) == ((1980, 1, 1, 0, 0, 0), stat.S_IFREG | 0o600)


def test_the_sidecar_has_digests_and_failures(folder: Path, an_artifact: Callable[..., Artifact]) -> None:
    artifact = an_artifact(3)
    write_segment(folder, "s-1", [artifact], [FAILURE])
    sidecar = decode_sidecar((folder / "s-1.json").read_bytes())
    assert sidecar.entries == (SegmentEntry(3, artifact.size, artifact.sha256, artifact.crc32),)
    assert sidecar.failures == (FAILURE,)


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
    assert list(read_zip(folder / "s-1.zip").values()) == [b"".join(artifact.parts) for artifact in artifacts]


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


def test_a_password_makes_aes_256_entries_with_salts_of_their_own(
    folder: Path, an_artifact: Callable[..., Artifact]
) -> None:
    artifacts = [an_artifact(index, b"the same content") for index in range(3)]
    write_segment(folder, "s-1", artifacts, [], password=b"correct horse")
    with pyzipper.AESZipFile(folder / "s-1.zip") as archive:
        archive.setpassword(b"correct horse")
        assert [archive.read(name) for name in archive.namelist()] == [b"".join(a.parts) for a in artifacts]
        entries = archive.infolist()
    assert {(entry.wz_aes_version, entry.wz_aes_strength, entry.CRC) for entry in entries} == {(2, 3, 0)}
    data = (folder / "s-1.zip").read_bytes()
    starts = [entry.header_offset + 30 + len(entry.filename) + 11 for entry in entries]
    assert len({data[start : start + 16] for start in starts}) == 3


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


entries = st.builds(SegmentEntry, st.integers(0, 10**9), st.integers(0, 1 << 32), st.just("0" * 64), st.integers(0, 9))
failures = st.builds(FailedItem, st.integers(0, 10**9), st.text(), st.text())
sidecars = st.builds(Sidecar, st.integers(0, 1 << 32), st.lists(entries).map(tuple), st.lists(failures).map(tuple))


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
