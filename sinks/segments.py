"""A segment: the artifacts one worker made of one block, as a valid little ZIP with its sidecar beside it."""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from sinks.encryption import encrypt
from sinks.errors import BatchFolderMissing, SegmentRefused, UnsafeName, storage_errors
from sinks.filesystem import TemporaryFile, is_there, write_buffers, write_whole
from sinks.sidecar import FailedItem, SegmentEntry, Sidecar, encode_sidecar
from sinks.zip_format import (
    ZIP_LIMITS,
    DirectoryExtent,
    NewEntry,
    central_record,
    encrypted_entry,
    end_records,
    local_header,
    plain_entry,
)

__all__ = ["Artifact", "FailedItem", "write_segment"]

_NAME = re.compile(r"[a-z0-9-]{1,120}")
_SUFFIX = re.compile(r"[a-z0-9]{1,16}")
# More than the headers, the directory record and the salt of one entry take.
_OVERHEAD_BYTES = 256


class Artifact(NamedTuple):
    """The bytes made for one item, in parts that may be shared between artifacts; size in bytes, digest in hex.

    A tuple: hundreds of thousands are made a minute, and a frozen dataclass takes four times as long.
    """

    index: int  # type: ignore[assignment] # hides tuple's method of this name, which nobody asks an item for
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
    if not is_there(folder):
        raise BatchFolderMissing
    with TemporaryFile(folder, f"{name}.zip") as zipped, TemporaryFile(folder, f"{name}.json") as described:
        with storage_errors():
            written = _write_zip(zipped.fd, entries, suffix, password)
            write_whole(described.fd, encode_sidecar(_describe(written, entries, failed)))
        _publish(described, folder / f"{name}.json")
        _publish(zipped, folder / f"{name}.zip")
    return written.size


@dataclass(frozen=True, slots=True)
class _Written:
    size: int
    frame_crc32: int
    stored_crc32s: list[int]


def _write_zip(fd: int, artifacts: Sequence[Artifact], suffix: str, password: bytes | None) -> _Written:
    buffers: list[bytes] = []
    records, stored_crc32s = [], []
    offset = frame = 0
    for artifact in artifacts:
        entry, parts, stored_crc32 = _store(artifact, entry_name(artifact.index, suffix), password)
        header = local_header(entry)
        records.append(central_record(entry, offset))
        stored_crc32s.append(stored_crc32)
        buffers.append(header)
        buffers.extend(parts)
        offset += len(header) + entry.stored_size
        frame = zlib.crc32(header, frame)
    directory = b"".join(records)
    buffers += (directory, end_records(DirectoryExtent(offset, len(directory), len(records))))
    return _Written(write_buffers(fd, buffers), zlib.crc32(directory, frame), stored_crc32s)


def _store(artifact: Artifact, name: str, password: bytes | None) -> tuple[NewEntry, Sequence[bytes], int]:
    if password is None:
        return plain_entry(name, artifact.crc32, artifact.size), artifact.parts, artifact.crc32
    parts = list(encrypt(artifact.parts, password))
    stored_crc32 = 0
    for part in parts:
        stored_crc32 = zlib.crc32(part, stored_crc32)
    return encrypted_entry(name, artifact.size), parts, stored_crc32


def _describe(written: _Written, artifacts: Sequence[Artifact], failures: Sequence[FailedItem]) -> Sidecar:
    entries = tuple(
        SegmentEntry(artifact.index, artifact.size, artifact.sha256, crc32)
        for artifact, crc32 in zip(artifacts, written.stored_crc32s, strict=True)
    )
    return Sidecar(written.frame_crc32, entries, tuple(failures))


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
