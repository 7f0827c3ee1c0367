"""`pressrun verify`: an archive against its manifest and against the record of its sealing, without a broker."""

import hashlib
import shutil
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from builders import BATCH, a_sealing
from typer.testing import Result

from pressrun.settings import Settings
from schemas.results import BatchSealed
from sinks.archive import Sealed, Sealing, seal_archive
from sinks.segments import Artifact, write_segment
from sinks.storage import LocalStorage

Run = Callable[..., Result]

TOTAL = 3


@pytest.fixture
def storage(settings: Settings) -> LocalStorage:
    return LocalStorage(settings.home, settings.archives)


def a_sealed(storage: LocalStorage, batch_id: str = BATCH, own: bytes = b"own") -> tuple[Path, BatchSealed]:
    """A sealed archive of three letters, with its record in the batch's folder."""
    folder = storage.create_batch_folder(batch_id, 1)
    write_segment(folder, "a", [an_artifact(index, own) for index in range(TOTAL)], [])
    sealing = Sealing(batch_id, 1, TOTAL, b"\7", b"\0", b"\0", (), lambda _index: ())
    sealed = seal_archive(sealing, storage, stop=lambda: False)
    assert isinstance(sealed, Sealed)
    record = a_sealing(TOTAL, batch_id).model_copy(
        update={
            "archive_bytes": sealed.size,
            "archive_sha256": (sealed.sha256,),
            "merkle_root": sealed.merkle_root,
        }
    )
    storage.put_if_absent(batch_id, "sealed.json", record.model_dump_json().encode())
    return sealed.path, record


def an_artifact(index: int, own: bytes) -> Artifact:
    content = own + b" %d" % index
    return Artifact(index, b"", content, len(content), zlib.crc32(content), hashlib.sha256(content).hexdigest())


def flip(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


def test_an_archive_as_it_was_sealed_is_known_by_the_record_in_the_data_directory(
    run: Run, storage: LocalStorage
) -> None:
    path, _ = a_sealed(storage)

    result = run("verify", path)

    assert (result.exit_code, result.stdout) == (0, "")
    assert "byte for byte what was sealed" in result.stderr


def test_a_record_is_found_by_what_a_renamed_archive_says_it_is(
    run: Run, storage: LocalStorage, tmp_path: Path
) -> None:
    path, _ = a_sealed(storage)
    renamed = tmp_path / "from the mail.zip"
    shutil.copy(path, renamed)

    assert "byte for byte" in run("verify", renamed).stderr
    # The date in the first local header, of which no entry knows.
    flip(renamed, 12)
    result = run("verify", renamed)

    assert result.exit_code == 1
    assert "headers, failures.csv, directory" in result.stdout


def test_without_a_record_only_the_archive_speaks_for_itself(
    run: Run, storage: LocalStorage, settings: Settings, tmp_path: Path
) -> None:
    path, _ = a_sealed(storage)
    elsewhere = shutil.copy(path, tmp_path / path.name)
    shutil.rmtree(settings.home)

    result = run("verify", elsewhere)

    assert result.exit_code == 0
    assert "no record of its sealing here" in result.stderr
    assert not settings.home.exists()


def test_a_record_may_be_given(run: Run, storage: LocalStorage, settings: Settings, tmp_path: Path) -> None:
    path, record = a_sealed(storage)
    elsewhere = shutil.copy(path, tmp_path / path.name)
    shutil.rmtree(settings.home)
    given = tmp_path / "record.json"
    given.write_text(record.model_dump_json())

    assert "byte for byte" in run("verify", elsewhere, "--sealed", given).stderr
    given.write_text(record.model_copy(update={"merkle_root": "ab" * 32}).model_dump_json())
    result = run("verify", elsewhere, "--sealed", given)

    assert result.exit_code == 1
    assert "Merkle root" in result.stdout


def test_the_archive_of_another_batch_under_this_name_is_named(run: Run, storage: LocalStorage) -> None:
    path, _ = a_sealed(storage)
    other, _ = a_sealed(storage, "batch-0002", b"other")
    shutil.copy(other, path)

    result = run("verify", path)

    assert result.exit_code == 1
    assert f"archive of batch batch-0002, attempt 1, and not the archive of batch {BATCH}" in result.stdout


def test_a_flipped_byte_names_its_entry_once(run: Run, storage: LocalStorage) -> None:
    path, _ = a_sealed(storage)
    flip(path, path.read_bytes().index(b"own 1"))

    result = run("verify", path)

    assert result.exit_code == 1
    assert result.stdout == "0000001.pdf: its CRC-32 is wrong\n"


def test_an_older_record_says_what_it_cannot_prove(run: Run, storage: LocalStorage, tmp_path: Path) -> None:
    path, record = a_sealed(storage)
    given = tmp_path / "record.json"
    given.write_text(record.model_copy(update={"merkle_root": None, "archive_sha256": ()}).model_dump_json())

    result = run("verify", path, "--sealed", given)

    assert result.exit_code == 0
    assert "older than digests" in result.stderr


def test_a_record_that_cannot_be_read_is_no_proof(run: Run, storage: LocalStorage, tmp_path: Path) -> None:
    path, _ = a_sealed(storage)
    given = tmp_path / "record.json"
    given.write_text("{}")

    result = run("verify", path, "--sealed", given)

    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1].startswith("bad_record: ")
