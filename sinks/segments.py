"""A segment: the artifacts one worker made of one block, as a valid little ZIP with its sidecar beside it."""

import os
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path

from sinks.checksums import Checksums, read_checksums
from sinks.directory import find_directory, iterate_records
from sinks.errors import BatchFolderMissing, SegmentRefused, UnsafeName, storage_errors
from sinks.filesystem import TemporaryFile, read_at, write_buffers, write_whole
from sinks.sidecar import FailedItem, SegmentEntry, Sidecar, encode_sidecar
from sinks.small_zip import ZipSource, write_small_zip
from sinks.zip_format import ZIP_LIMITS, DirectoryExtent, central_record, end_records, local_header

__all__ = ["Artifact", "FailedItem", "write_segment"]

_NAME = re.compile(r"[a-z0-9-]{1,120}")
_SUFFIX = re.compile(r"[a-z0-9]{1,16}")
# More than the headers, the directory record and the salt of one entry take.
_OVERHEAD_BYTES = 256


@dataclass(frozen=True, slots=True)
class Artifact:
    """The bytes made for one item, in parts that may be shared between artifacts; size in bytes, digest in hex."""

    index: int
    parts: tuple[bytes, ...]
    size: int
    crc32: int
    sha256: str


def entry_name(index: int, suffix: str) -> str:
    """Return the name of an item's entry, the same in segments and archives."""
    return f"{index:07d}.{suffix}"


def write_segment(
    folder: Path,
    name: str,
    artifacts: Sequence[Artifact],
    failures: Sequence[FailedItem],
    *,
    suffix: str = "pdf",
    password: bytes | None = None,
) -> int:
    """Write `<name>.zip` and `<name>.json` into a batch's folder and return the bytes of the ZIP.

    The ZIP appears last, so where it is, the sidecar is. A name that is there is replaced. Nothing is flushed: segments
    can be made again from the log. Raises SegmentRefused for an index twice, a size that is not that of the parts, or
    4 GiB and more; BatchFolderMissing when the folder is gone; StorageFull and StorageUnavailable.
    """
    _check_names(name, suffix, password)
    entries = sorted(artifacts, key=attrgetter("index"))
    failed = sorted(failures, key=attrgetter("index"))
    _check_items(entries, failed)
    if not folder.is_dir():
        raise BatchFolderMissing
    with TemporaryFile(folder, f"{name}.zip") as zipped, TemporaryFile(folder, f"{name}.json") as described:
        with storage_errors():
            if password is None:
                written = _write_plain(zipped.fd, entries, suffix)
            else:
                written = _write_encrypted(zipped.fd, entries, suffix, password)
            write_whole(described.fd, encode_sidecar(_describe(written, entries, failed)))
        _publish(described, folder / f"{name}.json")
        _publish(zipped, folder / f"{name}.zip")
    return written.size


@dataclass(frozen=True, slots=True)
class _Written:
    size: int
    checksums: Checksums


def _write_plain(fd: int, artifacts: Sequence[Artifact], suffix: str) -> _Written:
    buffers: list[bytes] = []
    records = []
    offset = frame = 0
    for artifact in artifacts:
        name = entry_name(artifact.index, suffix).encode()
        header = local_header(name, artifact.crc32, artifact.size)
        records.append(central_record(name, artifact.crc32, artifact.size, offset))
        buffers.append(header)
        buffers.extend(artifact.parts)
        offset += len(header) + artifact.size
        frame = zlib.crc32(header, frame)
    directory = b"".join(records)
    buffers += (directory, end_records(DirectoryExtent(offset, len(directory), len(records))))
    size = write_buffers(fd, buffers)
    stored = [artifact.crc32 for artifact in artifacts]
    return _Written(size, Checksums(zlib.crc32(directory, frame), stored))


def _write_encrypted(fd: int, artifacts: Sequence[Artifact], suffix: str, password: bytes) -> _Written:
    with os.fdopen(fd, "w+b", closefd=False) as target:
        sources = (
            ZipSource(entry_name(artifact.index, suffix), artifact.size, artifact.parts) for artifact in artifacts
        )
        write_small_zip(target, sources, password)
    size = os.fstat(fd).st_size
    extent = find_directory(fd, size)
    directory = read_at(fd, extent.offset, extent.size)
    return _Written(size, read_checksums(fd, [*iterate_records(directory)], directory, extent.offset))


def _describe(written: _Written, artifacts: Sequence[Artifact], failures: Sequence[FailedItem]) -> Sidecar:
    entries = tuple(
        SegmentEntry(artifact.index, artifact.size, artifact.sha256, crc32)
        for artifact, crc32 in zip(artifacts, written.checksums.stored, strict=True)
    )
    return Sidecar(written.checksums.frame, entries, tuple(failures))


def _publish(temporary: TemporaryFile, final: Path) -> None:
    with storage_errors():
        try:
            temporary.path.rename(final)
        except FileNotFoundError as error:
            raise BatchFolderMissing from error


def _check_names(name: str, suffix: str, password: bytes | None) -> None:
    if not _NAME.fullmatch(name) or not _SUFFIX.fullmatch(suffix):
        raise UnsafeName("A segment's name is lower-case letters, digits and hyphens; a suffix has no hyphens.")
    if password == b"":
        raise SegmentRefused("An empty password protects nothing.")


def _check_items(artifacts: Sequence[Artifact], failures: Sequence[FailedItem]) -> None:
    _check_indexes([artifact.index for artifact in artifacts])
    _check_indexes([item.index for item in failures])
    total = 0
    for artifact in artifacts:
        if sum(map(len, artifact.parts)) != artifact.size:
            raise SegmentRefused("The size of an artifact is not that of its parts.")
        total += artifact.size
    if total + _OVERHEAD_BYTES * len(artifacts) >= ZIP_LIMITS.size:
        raise SegmentRefused("A segment is less than 4 GiB.")


def _check_indexes(indexes: Sequence[int]) -> None:
    if len(set(indexes)) != len(indexes):
        raise SegmentRefused("An index is in the segment twice.")
    if indexes and indexes[0] < 0:
        raise SegmentRefused("An index is negative.")
