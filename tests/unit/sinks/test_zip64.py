"""ZIP64 fields, where a number needs them: with lowered limits, and with sparse files past the real ones."""

import os
import struct
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinks.archive import Sealed, Sealing, seal_archive
from sinks.directory import (
    DirectoryDamagedError,
    find_directory,
    parse_record,
)
from sinks.segments import Artifact, write_segment
from sinks.storage import LocalStorage
from sinks.verification import verify_archive
from sinks.zip_format import (
    DirectoryExtent,
    Limits,
    NewEntry,
    central_record,
    encrypted_entry,
    end_records,
    local_header,
    plain_entry,
)

GIB = 1 << 30
SIZES_64 = Limits(size=100)
COUNTS_64 = Limits(count=3)


@pytest.mark.parametrize("password", [None, b"correct horse"])
@pytest.mark.parametrize("limits", [SIZES_64, COUNTS_64, Limits(count=1, size=1)])
def test_an_archive_with_zip64_fields_is_read_by_others(
    storage: LocalStorage,
    folder: Path,
    an_artifact: Callable[..., Artifact],
    a_sealing: Callable[..., Sealing],
    limits: Limits,
    password: bytes | None,
) -> None:
    artifacts = [an_artifact(index) for index in range(5)]
    write_segment(folder, "a", artifacts, [], password=password)
    sealed = seal_archive(a_sealing(5, password=password), storage, stop=lambda: False, limits=limits)
    assert isinstance(sealed, Sealed)
    with zipfile.ZipFile(sealed.path) as archive:
        assert [entry.file_size for entry in archive.infolist()[:5]] == [artifact.size for artifact in artifacts]
        assert password is not None or archive.testzip() is None
    assert verify_archive(sealed.path, password).faults == ()


def test_an_entry_past_four_gib_is_found(tmp_path: Path) -> None:
    content, start = b"content", 5 * GIB
    entry = plain_entry("0000000.pdf", zlib.crc32(content), len(content))
    record = central_record(entry, start)
    path = tmp_path / "sparse.zip"
    with path.open("wb") as sparse:
        sparse.seek(start)
        sparse.write(local_header(entry) + content)
        place = sparse.tell()
        sparse.write(record + end_records(DirectoryExtent(place, len(record), 1)))
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert archive.read("0000000.pdf") == content
    assert parse_record(record).offset == start


def test_numbers_below_the_limits_need_no_zip64(tmp_path: Path) -> None:
    assert len(end_records(DirectoryExtent(0xFFFFFFFE, 0xFFFFFFFE, 0xFFFE))) == 22
    assert len(end_records(DirectoryExtent(0xFFFFFFFF, 1, 1))) == 98
    assert len(end_records(DirectoryExtent(1, 1, 0xFFFF))) == 98
    assert list(tmp_path.iterdir()) == []


numbers = st.integers(0, 1 << 40)


@given(size=numbers, stored=numbers, offset=numbers, limit=st.sampled_from([1, 1000, 0xFFFFFFFF]))
def test_a_record_says_its_numbers_however_many_are_wide(size: int, stored: int, offset: int, limit: int) -> None:
    extra = b"\x01\x99\x01\x00\x00"
    entry = plain_entry("0000000.pdf", 7, size)._replace(stored_size=stored, extra=extra)
    record = parse_record(central_record(entry, offset, Limits(size=limit)))
    assert (record.size, record.stored_size, record.offset) == (size, stored, offset)
    assert (record.name, record.crc32, record.extra) == (entry.name, 7, extra)


@given(st.integers(0, 1 << 40), st.integers(0, 1 << 20))
def test_the_directory_is_found_where_the_end_says(
    tmp_path_factory: pytest.TempPathFactory, offset: int, size: int
) -> None:
    extent = DirectoryExtent(offset, size, 3)
    end = end_records(extent)
    path = tmp_path_factory.getbasetemp() / "sparse.zip"
    with path.open("w+b") as sparse:
        sparse.seek(offset + size)
        sparse.write(end)
        sparse.flush()
        assert find_directory(sparse.fileno(), offset + size + len(end)) == extent


@pytest.mark.parametrize("junk", [b"", b"PK", b"\0" * 100, end_records(DirectoryExtent(5, 5, 1)), b"x" * 22])
def test_what_is_no_zip_is_said_to_be_none(tmp_path: Path, junk: bytes) -> None:
    path = tmp_path / "junk.zip"
    path.write_bytes(junk)
    with path.open("rb") as file, pytest.raises(DirectoryDamagedError):
        find_directory(file.fileno(), os.fstat(file.fileno()).st_size)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_record_or_said_to_be_none(junk: bytes) -> None:
    whole = central_record(plain_entry("0000000.pdf", 7, 5), 0)
    for directory in (junk, whole + junk, whole[: len(junk)] + junk):
        try:
            record = parse_record(directory)
        except DirectoryDamagedError:
            continue
        assert directory.startswith(record.raw)


def test_our_records_are_those_of_the_standard_library() -> None:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        entry = zipfile.ZipInfo("0000000.pdf")
        entry.create_system = 3
        entry.external_attr = 0o100600 << 16
        archive.writestr(entry, b"content")
    ours = plain_entry("0000000.pdf", zlib.crc32(b"content"), 7)
    header, record = local_header(ours), central_record(ours, 0)
    end = end_records(DirectoryExtent(len(header) + 7, len(record), 1))
    assert target.getvalue() == header + b"content" + record + end


@pytest.mark.parametrize("entry", [plain_entry("0000000.pdf", 7, 5 * GIB), encrypted_entry("0000000.pdf", 5 * GIB)])
def test_an_entry_of_more_than_four_gib_says_so_in_both_places(entry: NewEntry) -> None:
    header, record = local_header(entry), parse_record(central_record(entry, 6 * GIB))
    assert header[18:26] == b"\xff" * 8
    assert struct.unpack_from("<2H2Q", header, 30 + len(entry.name)) == (1, 16, entry.size, entry.stored_size)
    assert (record.size, record.stored_size, record.offset) == (entry.size, entry.stored_size, 6 * GIB)
    assert record.extra == entry.extra
