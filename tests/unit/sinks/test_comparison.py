"""An archive is told from the one that was sealed, also where it is at peace with its own manifest."""

import json
import zlib
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pytest
import pyzipper
from builders import NOW, PLAN

from schemas.results import BatchSealed
from sinks.archive import Sealed, Sealing, seal_archive
from sinks.comparison import compare_with_record
from sinks.errors import ArchiveUnreadable
from sinks.merkle import MerkleTree
from sinks.segments import Artifact, FailedItem, write_segment
from sinks.storage import LocalStorage
from sinks.verification import verify_archive

PASSWORD = b"correct horse battery"
TOTAL = 6
FAILED = 4
OTHER_ROOT = "the manifest is not the one that was sealed: its Merkle root is another"

Seal = Callable[..., tuple[Path, BatchSealed]]


@pytest.fixture
def seal(
    storage: LocalStorage, folder: Path, an_artifact: Callable[..., Artifact], a_sealing: Callable[..., Sealing]
) -> Seal:
    """Seal an archive of six items of which item 4 failed, and say so."""

    def build(password: bytes | None = None) -> tuple[Path, BatchSealed]:
        artifacts = [an_artifact(index) for index in range(TOTAL) if index != FAILED]
        write_segment(folder, "a", artifacts, [FailedItem(FAILED, "text_overflow", "Too long.")], password=password)
        sealed = seal_archive(a_sealing(TOTAL, failed=[FAILED], password=password), storage, stop=lambda: False)
        assert isinstance(sealed, Sealed)
        return sealed.path, a_record(sealed)

    return build


def a_record(sealed: Sealed) -> BatchSealed:
    return BatchSealed(
        id="batch-0001/1/sealed",
        time=NOW,
        batch_id="batch-0001",
        attempt=1,
        total=TOTAL,
        succeeded=TOTAL - 1,
        failed=1,
        cancelled=0,
        archive=(sealed.path.name,),
        archive_bytes=sealed.size,
        archive_sha256=(sealed.sha256,),
        merkle_root=sealed.merkle_root,
        plan=PLAN,
    )


def faults_of(path: Path, record: BatchSealed, password: bytes | None = None) -> tuple[str, ...]:
    found = verify_archive(path, password)
    return (*found.faults, *compare_with_record(found, record))


def flip(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


def read_entries(path: Path, password: bytes | None) -> dict[str, bytes]:
    with pyzipper.AESZipFile(path) as archive:
        archive.setpassword(password)
        return {name: archive.read(name) for name in archive.namelist()}


def write_entries(path: Path, entries: dict[str, bytes], password: bytes | None) -> None:
    encryption = pyzipper.WZ_AES if password else None
    with pyzipper.AESZipFile(path, "w", encryption=encryption) as archive:
        archive.setpassword(password)
        for name, content in entries.items():
            archive.writestr(name, content)


def forge_manifest(entries: dict[str, bytes]) -> None:
    """Let the manifest say what the entries are now, as if it had always been so."""
    manifest, tree = json.loads(entries["manifest.json"]), MerkleTree()
    lines = []
    for item in manifest["items"]:
        content = entries[item["entry"]]
        item |= {"sha256": sha256(content).hexdigest(), "bytes": len(content)}
        lines.append(json.dumps(item, separators=(",", ":")))
        tree.add(lines[-1].encode())
    head = json.dumps({name: manifest[name] for name in ("batch_id", "attempt", "total")}, separators=(",", ":"))
    body = ",\n".join(lines)
    entries["manifest.json"] = f'{head[:-1]},"items":[\n{body}\n],"merkle_root":"{tree.root()}"}}\n'.encode()


@pytest.mark.parametrize("password", [None, PASSWORD])
def test_an_archive_as_it_was_sealed_has_no_faults(seal: Seal, password: bytes | None) -> None:
    path, record = seal(password)

    assert faults_of(path, record, password) == ()


def test_every_flipped_byte_is_found(seal: Seal) -> None:
    path, record = seal()
    whole = path.read_bytes()
    for place in range(len(whole)):
        flip(path, place)
        with suppress(ArchiveUnreadable):
            assert faults_of(path, record), place
        path.write_bytes(whole)


@pytest.mark.parametrize("password", [None, PASSWORD])
def test_a_flipped_byte_of_an_entry_names_the_entry(seal: Seal, password: bytes | None) -> None:
    path, record = seal(password)
    header = path.read_bytes().index(b"0000003.pdf")
    flip(path, header + 40)

    faults = faults_of(path, record, password)

    assert [fault.split(":")[0] for fault in faults] == ["0000003.pdf"]


@pytest.mark.parametrize("password", [None, PASSWORD])
def test_a_flipped_byte_that_no_entry_knows_of_is_one_of_the_frame(seal: Seal, password: bytes | None) -> None:
    path, record = seal(password)
    # The date in the first local header.
    flip(path, 12)

    (fault,) = faults_of(path, record, password)

    assert "headers, failures.csv, directory" in fault


@pytest.mark.parametrize("password", [None, PASSWORD])
def test_an_entry_changed_with_its_manifest_is_found_by_the_root(seal: Seal, password: bytes | None) -> None:
    path, record = seal(password)
    entries = read_entries(path, password)
    entries["0000001.pdf"] = entries["0000001.pdf"][::-1]
    forge_manifest(entries)
    write_entries(path, entries, password)

    assert verify_archive(path, password).faults == ()
    assert OTHER_ROOT in faults_of(path, record, password)


def test_two_entries_exchanged_with_their_manifest_are_found_by_the_root(seal: Seal) -> None:
    path, record = seal()
    entries = read_entries(path, None)
    entries["0000001.pdf"], entries["0000003.pdf"] = entries["0000003.pdf"], entries["0000001.pdf"]
    forge_manifest(entries)
    write_entries(path, entries, None)

    assert verify_archive(path).faults == ()
    assert OTHER_ROOT in faults_of(path, record)


@pytest.mark.parametrize("password", [None, PASSWORD])
def test_an_entry_moved_to_the_failures_is_found_by_the_numbers(seal: Seal, password: bytes | None) -> None:
    path, record = seal(password)
    entries = read_entries(path, password)
    del entries["0000005.pdf"]
    manifest = json.loads(entries["manifest.json"])
    manifest["items"] = [item for item in manifest["items"] if item["index"] != 5]
    entries["manifest.json"] = json.dumps(manifest).encode()
    forge_manifest(entries)
    entries["failures.csv"] += b"5,text_overflow,Too long.,,\r\n"
    write_entries(path, entries, password)

    faults = faults_of(path, record, password)

    assert verify_archive(path, password).faults == ()
    assert "the archive has 4 entries and was sealed with 5" in faults
    assert "the archive has 2 rows in failures.csv and was sealed with 1" in faults


def test_a_row_of_failures_that_is_removed_is_named(seal: Seal) -> None:
    path, record = seal()
    entries = read_entries(path, None)
    entries["failures.csv"] = entries["failures.csv"].split(b"\r\n")[0] + b"\r\n"
    write_entries(path, entries, None)

    assert "1 items are neither an entry nor a failure, the first is 4" in faults_of(path, record)


def test_a_reason_that_is_rewritten_is_found(seal: Seal) -> None:
    path, record = seal()
    whole = path.read_bytes()
    old, new = b"text_overflow", b"text_overfull"
    table = read_entries(path, None)["failures.csv"]
    before, after = (zlib.crc32(each).to_bytes(4, "little") for each in (table, table.replace(old, new)))
    assert whole.count(before) == 2
    path.write_bytes(whole.replace(old, new).replace(before, after))

    (fault,) = faults_of(path, record)

    assert "failures.csv" in fault


@pytest.mark.parametrize("update", [{"batch_id": "batch-0002"}, {"attempt": 2}])
def test_the_archive_of_another_batch_or_attempt_is_named(seal: Seal, update: dict[str, object]) -> None:
    path, record = seal()

    (fault,) = faults_of(path, record.model_copy(update=update))

    assert fault.startswith("this is the archive of batch batch-0001, attempt 1, and not the archive of batch")


def test_a_record_from_before_there_were_digests_is_compared_by_its_numbers(seal: Seal) -> None:
    path, record = seal()
    old = record.model_dump(exclude={"archive_sha256", "merkle_root"}, mode="json")
    before = BatchSealed.model_validate_json(json.dumps(old))

    assert faults_of(path, before) == ()
    flip(path, 12)
    assert faults_of(path, before) == ()
    assert faults_of(path, before.model_copy(update={"total": TOTAL + 1}))


def test_a_longer_file_is_found_by_its_size(seal: Seal) -> None:
    path, record = seal()
    grown = record.model_copy(update={"archive_bytes": record.archive_bytes + 1})

    assert faults_of(path, grown) == (
        f"the archive has {record.archive_bytes} bytes and was sealed with {record.archive_bytes + 1}",
    )
