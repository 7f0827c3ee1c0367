"""Verifying finds whatever was changed in an archive, and reads nothing twice while doing so."""

import hashlib
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
import pyzipper

from sinks.archive import Sealed, Sealing, seal_archive
from sinks.archive_reader import ArchiveReader, split_lines
from sinks.directory import CentralRecord, EntryDamagedError
from sinks.errors import ArchiveUnreadable, PasswordMissing, PasswordWrong, StorageUnavailable
from sinks.findings import FAULTS_TOLD
from sinks.manifest import ManifestWriter
from sinks.segments import Artifact, FailedItem, write_segment
from sinks.storage import LocalStorage
from sinks.verification import verify_archive
from sinks.zip_format import DirectoryExtent, central_record, end_records, local_header, plain_entry

PASSWORD = b"correct horse battery"
TOTAL = 6


@pytest.fixture
def a_sealed_archive(
    storage: LocalStorage, folder: Path, an_artifact: Callable[..., Artifact], a_sealing: Callable[..., Sealing]
) -> Callable[[bytes | None], Path]:
    """Build an archive of six items of which item 4 failed."""

    def build(password: bytes | None = None) -> Path:
        artifacts = [an_artifact(index) for index in (0, 1, 2, 3, 5)]
        write_segment(folder, "a", artifacts, [FailedItem(4, "text_overflow", "Too long.")], password=password)
        sealed = seal_archive(a_sealing(TOTAL, failed=[4], password=password), storage, stop=lambda: False)
        assert isinstance(sealed, Sealed)
        return sealed.path

    return build


@pytest.fixture
def path(a_sealed_archive: Callable[[bytes | None], Path]) -> Path:
    return a_sealed_archive(None)


@pytest.fixture
def locked(a_sealed_archive: Callable[[bytes | None], Path]) -> Path:
    return a_sealed_archive(PASSWORD)


def read_entries(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write_entries(path: Path, entries: list[tuple[str, bytes]], compression: int = zipfile.ZIP_STORED) -> None:
    """Write what someone else might make of an archive; its own two entries stay last."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in entries:
            archive.writestr(zipfile.ZipInfo(name), content, compression)


def faults_of(path: Path, password: bytes | None = None) -> str:
    return "\n".join(verify_archive(path, password).faults)


@pytest.mark.parametrize("password", [None, PASSWORD])
def test_a_sealed_archive_has_no_faults(
    a_sealed_archive: Callable[[bytes | None], Path], password: bytes | None
) -> None:
    steps: list[tuple[int, int]] = []
    path = a_sealed_archive(password)
    found = verify_archive(path, password, progress=lambda *step: steps.append(step))
    assert (found.batch_id, found.attempt, found.total, found.entries, found.failures) == ("batch-0001", 1, TOTAL, 5, 1)
    assert (found.size, found.sha256) == (path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())
    assert found.present == bytes([0b101111])
    assert found.faults == ()
    assert steps[-1] == (5, 5)
    assert steps == sorted(steps)


def test_every_changed_byte_of_an_entry_is_found(path: Path) -> None:
    whole = path.read_bytes()
    headers = [found.start() for found in re.finditer(b"PK\x03\x04", whole)]
    # Version and date of a local header say nothing about the content.
    untold = {header + offset for header in headers for offset in (4, 5, 10, 11, 12, 13)}
    for place in sorted(set(range(whole.index(b"PK\x01\x02"))) - untold):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :])
        try:
            assert verify_archive(path).faults, place
        except ArchiveUnreadable:
            assert place >= whole.index(b"manifest.json") - 30


def test_changed_bytes_of_an_encrypted_archive_are_found(locked: Path) -> None:
    whole = locked.read_bytes()
    for place in range(0, whole.index(b"manifest.json") - 30, 37):
        locked.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert verify_archive(locked, PASSWORD).faults, place


def test_a_changed_directory_is_found(path: Path) -> None:
    whole = path.read_bytes()
    # Version, dates, disk and attributes say nothing about the content; the rest has to agree with the entry.
    told = [*range(4), 8, 9, 10, 11, *range(16, 34), *range(42, 57)]
    start = whole.index(b"PK\x01\x02")
    for place in [start + offset for offset in told] + list(range(len(whole) - 22, len(whole))):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        try:
            assert verify_archive(path).faults, place - start
        except ArchiveUnreadable:
            continue


def test_a_truncated_archive_is_unreadable(path: Path) -> None:
    whole = path.read_bytes()
    for kept in range(0, len(whole), 11):
        path.write_bytes(whole[:kept])
        with pytest.raises(ArchiveUnreadable):
            verify_archive(path)


def test_a_missing_entry_is_found(path: Path) -> None:
    write_entries(path, [item for item in read_entries(path).items() if item[0] != "0000002.pdf"])
    assert faults_of(path).splitlines() == [
        "item 2 is in the manifest and not in the archive",
        "1 items are neither an entry nor a failure, the first is 2",
    ]


def test_a_missing_last_entry_is_found(path: Path) -> None:
    write_entries(path, [item for item in read_entries(path).items() if item[0] != "0000005.pdf"])
    assert "item 5 is in the manifest and not in the archive" in faults_of(path)


def test_swapped_contents_are_found(path: Path) -> None:
    entries = read_entries(path)
    entries["0000001.pdf"], entries["0000003.pdf"] = entries["0000003.pdf"], entries["0000001.pdf"]
    write_entries(path, list(entries.items()))
    assert [fault.split(":")[0] for fault in verify_archive(path).faults] == ["0000001.pdf", "0000003.pdf"]


def test_entries_out_of_order_are_found(path: Path) -> None:
    entries = list(read_entries(path).items())
    entries[1], entries[2] = entries[2], entries[1]
    write_entries(path, entries)
    assert "0000001.pdf: it is not in the order of the indexes, or twice" in faults_of(path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_entry_that_is_there_twice_is_found(path: Path) -> None:
    entries = list(read_entries(path).items())
    write_entries(path, [entries[0], *entries])
    assert "0000000.pdf: it is not in the order of the indexes, or twice" in faults_of(path)


@pytest.mark.parametrize("name", ["0000004.pdf", "readme.txt", "4.pdf", "00000004.pdf", "../0000004.pdf"])
def test_an_extra_entry_is_found(path: Path, name: str) -> None:
    entries = list(read_entries(path).items())
    write_entries(path, [*entries[:4], (name, b"extra"), *entries[4:]])
    assert f"{name}: it" in faults_of(path)


def test_an_archive_without_a_manifest_is_none_of_ours(path: Path) -> None:
    write_entries(path, [item for item in read_entries(path).items() if item[0] != "manifest.json"])
    with pytest.raises(ArchiveUnreadable):
        verify_archive(path)


def replace_entry(path: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    write_entries(path, [(each, change(data) if each == name else data) for each, data in read_entries(path).items()])


def test_an_item_that_is_nowhere_is_found(path: Path) -> None:
    replace_entry(path, "failures.csv", lambda table: table.split(b"\r\n")[0] + b"\r\n")
    assert faults_of(path) == "1 items are neither an entry nor a failure, the first is 4"


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (b"3,code,message", "item 3 is both an entry and a failure"),
        (b"4,code,message", "item 4 is in failures.csv twice"),
        (b"6,code,message", "item 6 in failures.csv is not of this batch"),
        (b"x,code,message", "failures.csv: it is not as pressrun writes it"),
        (b'5,"code', "failures.csv: it is not as pressrun writes it"),
    ],
)
def test_a_wrong_row_of_failures_is_found(path: Path, row: bytes, fault: str) -> None:
    replace_entry(path, "failures.csv", lambda table: table + row + b"\r\n")
    assert fault in faults_of(path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"bytes":', b'"bytes":1'),
        (b'"sha256":"', b'"sha256":"0'),
        (b'"index":3', b'"index":1'),
        (b'"index":5', b'"index":6'),
        (b'\n],"merkle_root"', b'\n"merkle_root"'),
        (b'"merkle_root":"', b'"merkle_root":"0'),
        (b'"}\n', b'"}\n]}\n{}\n'),
        (b'{"index":0', b'{"more":1,"index":0'),
        (b'{"index":0', b'[{"index":0'),
    ],
)
def test_a_wrong_manifest_is_found(path: Path, old: bytes, new: bytes) -> None:
    replace_entry(path, "manifest.json", lambda manifest: manifest.replace(old, new))
    assert faults_of(path)


@pytest.mark.parametrize("total", [b"-1", b"1000000000000", b'"6"', b"true"])
def test_a_total_nobody_can_have_is_refused(path: Path, total: bytes) -> None:
    replace_entry(path, "manifest.json", lambda manifest: manifest.replace(b'"total":6', b'"total":' + total))
    with pytest.raises(ArchiveUnreadable):
        verify_archive(path)


def test_only_the_first_faults_are_told(path: Path) -> None:
    table = b"index,code,message\r\n" + b"9,code,message\r\n" * (FAULTS_TOLD + 5)
    replace_entry(path, "failures.csv", lambda _table: table)
    faults = verify_archive(path).faults
    assert len(faults) == FAULTS_TOLD + 1
    assert faults[-1] == "and 6 more"


def test_bytes_between_entries_are_found(path: Path) -> None:
    whole = path.read_bytes()
    start = whole.index(b"PK\x01\x02")
    size = len(whole) - 22 - start
    end = end_records(DirectoryExtent(start + 5, size, 7))
    path.write_bytes(whole[:start] + b"extra" + whole[start:-22] + end)
    assert faults_of(path) == "something lies between the last entry and the directory"


def test_a_missing_password_is_said(locked: Path) -> None:
    with pytest.raises(PasswordMissing):
        verify_archive(locked)


def test_a_wrong_password_is_said(locked: Path) -> None:
    with pytest.raises(PasswordWrong):
        verify_archive(locked, b"another")


def test_a_password_that_is_not_needed_does_no_harm(path: Path) -> None:
    assert verify_archive(path, PASSWORD).faults == ()


def test_an_entry_under_another_password_is_found(locked: Path) -> None:
    with pyzipper.AESZipFile(locked) as archive:
        archive.setpassword(PASSWORD)
        entries = {name: archive.read(name) for name in archive.namelist()}
    with pyzipper.AESZipFile(locked, "w", encryption=pyzipper.WZ_AES) as archive:
        for name, content in entries.items():
            archive.setpassword(b"another" if name == "0000001.pdf" else PASSWORD)
            archive.writestr(name, content)
    assert faults_of(locked, PASSWORD) == "0000001.pdf: The password does not open this archive."


@pytest.mark.parametrize("bits", [128, 192])
def test_a_weaker_key_is_found(locked: Path, bits: int) -> None:
    with pyzipper.AESZipFile(locked) as archive:
        archive.setpassword(PASSWORD)
        entries = {name: archive.read(name) for name in archive.namelist()}
    with pyzipper.AESZipFile(locked, "w", encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(PASSWORD)
        for name, content in entries.items():
            archive.encryption_kwargs = {"nbits": bits if name == "0000001.pdf" else 256}
            archive.writestr(name, content)
    assert faults_of(locked, PASSWORD) == "0000001.pdf: it is encrypted, but not with AES-256"


def test_a_plain_entry_among_encrypted_ones_is_found(locked: Path) -> None:
    with pyzipper.AESZipFile(locked) as archive:
        archive.setpassword(PASSWORD)
        entries = {name: archive.read(name) for name in archive.namelist()}
    with pyzipper.AESZipFile(locked, "w") as archive:
        for name, content in entries.items():
            archive.encryption = None if name == "0000001.pdf" else pyzipper.WZ_AES
            archive.pwd = PASSWORD if archive.encryption else None
            archive.writestr(name, content)
    assert faults_of(locked, PASSWORD) == "some entries are encrypted and others are not"


def test_an_archive_someone_deflated_is_still_read(path: Path) -> None:
    write_entries(path, list(read_entries(path).items()), zipfile.ZIP_DEFLATED)
    assert faults_of(path) == ""


def test_an_unknown_compression_is_found(path: Path) -> None:
    entries = list(read_entries(path).items())
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries:
            method = zipfile.ZIP_BZIP2 if name == "0000001.pdf" else zipfile.ZIP_STORED
            archive.writestr(zipfile.ZipInfo(name), content, method)
    assert faults_of(path) == "0000001.pdf: it is compressed in a way pressrun does not know"


def list_stream(entries: list[tuple[str, bytes]]) -> bytes:
    """Return a ZIP that was written to a pipe: sizes behind the entries."""

    class Pipe(BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_arguments: object) -> int:
            raise OSError

        def tell(self) -> int:
            raise OSError

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w") as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return pipe.getvalue()


def test_an_entry_with_its_sizes_behind_it_is_found(path: Path) -> None:
    path.write_bytes(list_stream(list(read_entries(path).items())))
    with pytest.raises(ArchiveUnreadable):
        verify_archive(path)


def a_bomb(content: bytes, said: int) -> tuple[bytes, CentralRecord]:
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
    stored = deflater.compress(content) + deflater.flush()
    header = bytearray(local_header(plain_entry("bomb", zlib.crc32(content), said)))
    struct.pack_into("<H", header, 8, 8)
    struct.pack_into("<L", header, 18, len(stored))
    whole = bytes(header) + stored
    record = CentralRecord(b"bomb", 0, 8, zlib.crc32(content), len(stored), said, 0, b"", b"")
    return whole + end_records(DirectoryExtent(len(whole), 0, 0)), record


def read_bomb(tmp_path: Path, content: bytes, said: int) -> Iterator[bytes]:
    archive, record = a_bomb(content, said)
    path = tmp_path / "bomb.zip"
    path.write_bytes(archive)
    with path.open("rb") as file:
        yield from ArchiveReader(file.fileno(), None).read_entry(record)


def test_an_entry_that_grows_past_its_size_is_not_read_on(tmp_path: Path) -> None:
    read = 0
    with pytest.raises(EntryDamagedError, match="longer"):  # noqa: PT012 - how much came before the error matters
        for piece in read_bomb(tmp_path, bytes(50 << 20), 1 << 20):
            read += len(piece)
    assert read <= 1 << 20


def test_an_entry_that_grows_too_much_is_not_read_at_all(tmp_path: Path) -> None:
    with pytest.raises(EntryDamagedError, match="200 times"):
        next(read_bomb(tmp_path, bytes(50 << 20), 50 << 20))


def write_overlapping(path: Path, contents: list[bytes], data: bytes, offsets: list[int]) -> None:
    """Write an archive whose entries say they are at these offsets of `data`, with a manifest that agrees."""
    entries = [plain_entry(f"{index:07d}.pdf", zlib.crc32(body), len(body)) for index, body in enumerate(contents)]
    records = [central_record(entry, offset) for entry, offset in zip(entries, offsets, strict=True)]
    manifest = BytesIO()
    writer = ManifestWriter(manifest, "batch-0001", 1, len(contents))
    for index, (entry, body) in enumerate(zip(entries, contents, strict=True)):
        writer.add(index, entry.name.decode(), hashlib.sha256(body).hexdigest(), len(body))
    writer.finish()
    for name, body in (("manifest.json", manifest.getvalue()), ("failures.csv", b"index,code,message\r\n")):
        own = plain_entry(name, zlib.crc32(body), len(body))
        records.append(central_record(own, len(data)))
        data += local_header(own) + body
    directory = b"".join(records)
    path.write_bytes(data + directory + end_records(DirectoryExtent(len(data), len(directory), len(records))))


def test_names_that_share_one_entry_are_found(path: Path) -> None:
    data = local_header(plain_entry("0000000.pdf", zlib.crc32(b"content"), 7)) + b"content"
    write_overlapping(path, [b"content"] * 3, data, [0, 0, 0])
    assert {fault.split(":")[0] for fault in verify_archive(path).faults} == {"0000001.pdf", "0000002.pdf"}


def test_an_entry_inside_another_is_found(path: Path) -> None:
    """CVE-2024-0450: each entry's content is the next entry, header and all."""
    inner = local_header(plain_entry("0000001.pdf", zlib.crc32(b"content"), 7)) + b"content"
    outer = local_header(plain_entry("0000000.pdf", zlib.crc32(inner), len(inner)))
    write_overlapping(path, [inner, b"content"], outer + inner, [0, len(outer)])
    assert faults_of(path) == "0000001.pdf: it overlaps another entry, or something lies before it"


def test_a_line_without_end_is_refused() -> None:
    with pytest.raises(EntryDamagedError, match="too long"):
        list(split_lines(iter([b"x" * (9 << 20)] * 2)))


def test_lines_are_those_of_the_whole_however_it_is_cut() -> None:
    pieces = [b"on", b"e\ntw", b"", b"o\n\nthr", b"ee"]
    assert list(split_lines(iter(pieces))) == [b"one", b"two", b"", b"three"]


def test_a_missing_file_is_a_storage_error(tmp_path: Path) -> None:
    with pytest.raises(StorageUnavailable):
        verify_archive(tmp_path / "absent.zip")
