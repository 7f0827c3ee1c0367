"""An archive that is there already: announced or not, whole or damaged, of these items or of others."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from sinks.archive import Sealed, Sealing, seal_archive
from sinks.errors import BatchFolderMissing, SealingStopped
from sinks.segments import Artifact, write_segment
from sinks.storage import LocalStorage

PASSWORD = b"correct horse battery"


def never() -> bool:
    return False


def test_an_archive_that_is_there_is_returned_as_it_is(
    storage: LocalStorage, folder: Path, an_artifact: Callable[..., Artifact], a_sealing: Callable[..., Sealing]
) -> None:
    write_segment(folder, "a", [an_artifact(0)], [])
    first = seal_archive(a_sealing(1), storage, stop=never)
    storage.remove_segments("batch-0001", 1)
    assert seal_archive(a_sealing(1), storage, stop=never) == first


def seal_once(storage: LocalStorage, folder: Path, sealing: Sealing, artifacts: list[Artifact]) -> Sealed:
    write_segment(folder, "a", artifacts, [])
    sealed = seal_archive(sealing, storage, stop=never)
    assert isinstance(sealed, Sealed)
    return sealed


def test_a_damaged_archive_nobody_has_announced_is_made_again(
    storage: LocalStorage,
    folder: Path,
    an_artifact: Callable[..., Artifact],
    a_sealing: Callable[..., Sealing],
    left_behind: Callable[[], list[str]],
) -> None:
    sealed = seal_once(storage, folder, a_sealing(2), [an_artifact(0), an_artifact(1)])
    whole = sealed.path.read_bytes()
    for damaged in (whole[:60] + b"?" + whole[61:], whole[:-1], b"", b"no archive at all"):
        sealed.path.write_bytes(damaged)
        assert seal_archive(a_sealing(2), storage, stop=never) == sealed
        assert sealed.path.read_bytes() == whole
    assert left_behind() == []


def test_an_archive_with_other_items_than_those_that_succeeded_is_made_again(
    storage: LocalStorage, folder: Path, an_artifact: Callable[..., Artifact], a_sealing: Callable[..., Sealing]
) -> None:
    seal_once(storage, folder, a_sealing(2), [an_artifact(0), an_artifact(1)])
    sealed = seal_archive(a_sealing(2, failed=[1]), storage, stop=never)
    assert isinstance(sealed, Sealed)
    with zipfile.ZipFile(sealed.path) as archive:
        assert archive.namelist() == ["0000000.pdf", "manifest.json", "failures.csv"]


def test_a_damaged_archive_without_segments_is_an_error(
    storage: LocalStorage, folder: Path, an_artifact: Callable[..., Artifact], a_sealing: Callable[..., Sealing]
) -> None:
    sealed = seal_once(storage, folder, a_sealing(1), [an_artifact(0)])
    sealed.path.write_bytes(b"no archive at all")
    storage.remove_segments("batch-0001", 1)
    with pytest.raises(BatchFolderMissing):
        seal_archive(a_sealing(1), storage, stop=never)


def test_an_encrypted_archive_that_is_there_is_read_with_its_password(
    storage: LocalStorage, folder: Path, an_artifact: Callable[..., Artifact], a_sealing: Callable[..., Sealing]
) -> None:
    write_segment(folder, "a", [an_artifact(0)], [], password=PASSWORD)
    first = seal_archive(a_sealing(1, password=PASSWORD), storage, stop=never)
    assert seal_archive(a_sealing(1, password=PASSWORD), storage, stop=never) == first


def test_a_closer_asked_to_stop_reads_no_archive_to_its_end(
    storage: LocalStorage, folder: Path, an_artifact: Callable[..., Artifact], a_sealing: Callable[..., Sealing]
) -> None:
    seal_once(storage, folder, a_sealing(1), [an_artifact(0)])
    with pytest.raises(SealingStopped):
        seal_archive(a_sealing(1), storage, stop=lambda: True)
