"""A segment: the artifacts one worker made of one block, as a valid little ZIP with its sidecar beside it.

The ZIP holds `shared/<sha256>.part` for each different beginning of its artifacts, once however many begin with it, and
`{index:07d}.part` for what is each one's own. So a letter is written whole only once, into the archive.
"""

import hashlib
import re
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from sinks.encryption import encrypt
from sinks.errors import BatchFolderMissing, SegmentRefused, UnsafeName, storage_errors
from sinks.filesystem import TemporaryFile, is_there, pass_by, write_buffers, write_whole
from sinks.sidecar import FailedItem, SegmentEntry, SharedPart, Sidecar, encode_sidecar
from sinks.zip_format import ZIP_LIMITS, DirectoryExtent, central_record, end_records, local_header, plain_entry

__all__ = ["Artifact", "FailedItem", "write_segment"]

_NAME = re.compile(r"[a-z0-9-]{1,120}")
_SUFFIX = re.compile(r"[a-z0-9]{1,16}")
# More than the headers, the directory record and the salt of one part take.
_OVERHEAD_BYTES = 256


class Artifact(NamedTuple):
    """The bytes made for one item: `shared` is the same object for all that begin alike, and empty if none does.

    Size in bytes, digest in hex and CRC-32 are of both parts together.
    A tuple: hundreds of thousands are made a minute, and a frozen dataclass takes four times as long.
    """

    index: int  # type: ignore[assignment] # hides tuple's method of this name, which nobody asks an item for
    shared: bytes
    tail: bytes
    size: int
    crc32: int
    sha256: str


def entry_name(index: int, suffix: str) -> str:
    """Return the name of an item's entry; in segments the suffix is `part`."""
    return f"{index:07d}.{suffix}"


def write_segment(
    folder: Path,
    name: str,
    artifacts: Sequence[Artifact],
    failures: Sequence[FailedItem],
    *,
    suffix: str = "pdf",
    password: bytes | None = None,
    crashpoint: Callable[[str], None] = pass_by,
) -> int:
    """Write `<name>.zip` and `<name>.json` into a batch's folder and return the bytes of the ZIP on disk.

    The ZIP appears last, so where it is, the sidecar is. A name that is there is replaced. Nothing is flushed: segments
    can be made again from the log. With a password each artifact is encrypted as it will lie in the archive, and shares
    nothing. Raises SegmentRefused for an index twice, a size that is not that of the parts, or 4 GiB and more;
    BatchFolderMissing when the folder is gone; StorageFull and StorageUnavailable.
    """
    _check_names(name, suffix, password)
    stored = sorted(artifacts, key=attrgetter("index"))
    failed = tuple(sorted(failures, key=attrgetter("index")))
    _check_items(stored, failed)
    if not is_there(folder):
        raise BatchFolderMissing
    if password is not None:
        stored = [_encrypt(artifact, password) for artifact in stored]
    with TemporaryFile(folder, f"{name}.zip") as zipped, TemporaryFile(folder, f"{name}.json") as described:
        with storage_errors():
            written = _write_zip(zipped.fd, stored)
            facts = (written.frame_crc32, suffix, password is not None, written.shared, written.entries, failed)
            write_whole(described.fd, encode_sidecar(Sidecar(*facts)))
        crashpoint("segment.written")
        _publish(described, folder / f"{name}.json")
        crashpoint("segment.described")
        _publish(zipped, folder / f"{name}.zip")
    return written.size


def _encrypt(artifact: Artifact, password: bytes) -> Artifact:
    stored = b"".join(encrypt((artifact.shared, artifact.tail), password))
    return artifact._replace(shared=b"", tail=stored, crc32=zlib.crc32(stored))


class _PartWriter:
    """Lays out parts as entries of a ZIP; nothing is written before `finish`."""

    def __init__(self) -> None:
        self._buffers: list[bytes] = []
        self._headers: list[bytes] = []
        self._records: list[bytes] = []
        self._offset = 0

    def add(self, name: str, part: bytes, crc32: int) -> int:
        """Append a part and return where its bytes will lie."""
        entry = plain_entry(name, crc32, len(part))
        header = local_header(entry)
        self._records.append(central_record(entry, self._offset))
        self._headers.append(header)
        self._buffers += (header, part)
        start = self._offset + len(header)
        self._offset = start + len(part)
        return start

    def finish(self, fd: int) -> tuple[int, int]:
        """Write all and return the ZIP's size and the CRC-32 of its frame."""
        directory = b"".join(self._records)
        end = end_records(DirectoryExtent(self._offset, len(directory), len(self._records)))
        frame = zlib.crc32(b"".join((*self._headers, directory, end)))
        return write_buffers(fd, [*self._buffers, directory, end]), frame


@dataclass(frozen=True, slots=True)
class _Written:
    size: int
    frame_crc32: int
    shared: tuple[SharedPart, ...]
    entries: tuple[SegmentEntry, ...]


def _write_zip(fd: int, artifacts: Sequence[Artifact]) -> _Written:
    writer = _PartWriter()
    different = dict.fromkeys(artifact.shared for artifact in artifacts)
    shared = tuple(_add_shared(writer, part) for part in different)
    numbers = {part: number for number, part in enumerate(different)}
    entries = []
    for index, part, tail, size, crc32, sha256 in artifacts:
        start = writer.add(entry_name(index, "part"), tail, zlib.crc32(tail))
        entries.append(SegmentEntry(index, numbers[part], start, len(tail), size, crc32, sha256))
    zip_size, frame_crc32 = writer.finish(fd)
    return _Written(zip_size, frame_crc32, shared, tuple(entries))


def _add_shared(writer: _PartWriter, part: bytes) -> SharedPart:
    sha256, crc32 = hashlib.sha256(part).hexdigest(), zlib.crc32(part)
    return SharedPart(sha256, writer.add(f"shared/{sha256}.part", part, crc32), len(part), crc32)


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
        if len(artifact.shared) + len(artifact.tail) != artifact.size:
            raise SegmentRefused("The size of an artifact is not that of its parts.")
        total += artifact.size
    # As if nothing were shared: encrypted, nothing is.
    if total + _OVERHEAD_BYTES * len(artifacts) >= ZIP_LIMITS.size:
        raise SegmentRefused("A segment is less than 4 GiB.")


def _check_indexes(indexes: Sequence[int]) -> None:
    if len(set(indexes)) != len(indexes):
        raise SegmentRefused("An index is in the segment twice.")
    if indexes and indexes[0] < 0:
        raise SegmentRefused("An index is negative.")
