"""Verifying an archive: is it exactly what its own manifest says, and is every item of the batch in it or explained."""

import hashlib
import os
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sinks import failures_table, manifest
from sinks.archive_reader import ArchiveReader, split_lines
from sinks.directory import CentralRecord, DirectoryDamagedError, EntryDamagedError
from sinks.entry_check import Progress, check_entries
from sinks.errors import ArchiveUnreadable, PasswordWrong, storage_errors
from sinks.filesystem import open_to_read, read_at
from sinks.findings import Findings
from sinks.manifest import ListedItem, ManifestHead
from sinks.merkle import MerkleTree

_BUFFER_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Verification:
    """What an archive holds and what is wrong with it: at most a hundred faults, then how many more.

    `size` is in bytes, `sha256` that of the file, `merkle_root` what the lines of its manifest make, both hexadecimal;
    `present` is the bitmap of the items that have an entry.
    """

    batch_id: str
    attempt: int
    total: int
    entries: int
    failures: int
    faults: tuple[str, ...]
    size: int
    sha256: str
    merkle_root: str
    present: bytes = field(repr=False)


def verify_archive(path: Path, password: bytes | None = None, *, progress: Progress | None = None) -> Verification:
    """Read a whole archive and compare it with its manifest and its table of failures.

    Each entry: name, place in the order, size, SHA-256, CRC-32 or authentication code, and that the entries fill the
    file without gap or overlap (CVE-2024-0450). All together: the manifest makes the Merkle root it names, and every
    index from 0 to total - 1 is an entry or a failure, not both. `progress` is told how many entries of how many are
    done. Raises ArchiveUnreadable when it is no archive of pressrun at all, PasswordMissing, PasswordWrong,
    StorageUnavailable.
    """
    with storage_errors():
        fd = open_to_read(path)
        try:
            archive = ArchiveReader(fd, password)
            return _verify(archive, _digest_file(fd), progress or _ignore)
        except DirectoryDamagedError as error:
            raise ArchiveUnreadable(str(error)) from error
        finally:
            os.close(fd)


def _ignore(_done: int, _all: int) -> None:
    return None


@dataclass(frozen=True, slots=True)
class _FileDigest:
    size: int
    sha256: str


def _digest_file(fd: int) -> _FileDigest:
    digest, size = hashlib.sha256(), 0
    while part := read_at(fd, size, _BUFFER_BYTES):
        digest.update(part)
        size += len(part)
    return _FileDigest(size, digest.hexdigest())


def _verify(archive: ArchiveReader, file: _FileDigest, progress: Progress) -> Verification:
    own = deque(archive.iterate_records(), maxlen=2)
    if [record.name for record in own] != [manifest.NAME.encode(), failures_table.NAME.encode()]:
        raise ArchiveUnreadable("The last entries are not manifest.json and failures.csv.")
    lines = split_lines(archive.read_entry(own[0]))
    head = _read_head(lines)
    findings, tree = Findings(head.total), MerkleTree()
    check_entries(archive, _list_items(lines, head, findings, tree), findings, progress)
    _check_failures(archive, own[1], findings)
    findings.blame_unexplained()
    return Verification(
        batch_id=head.batch_id,
        attempt=head.attempt,
        total=head.total,
        entries=findings.entries,
        failures=findings.failures,
        faults=findings.tell(),
        size=file.size,
        sha256=file.sha256,
        merkle_root=tree.root(),
        present=findings.present,
    )


def _read_head(lines: Iterator[bytes]) -> ManifestHead:
    try:
        return manifest.parse_head(next(lines, b""))
    except ValueError as error:
        raise ArchiveUnreadable("manifest.json does not start as pressrun writes it.") from error


def _list_items(
    lines: Iterator[bytes], head: ManifestHead, findings: Findings, tree: MerkleTree
) -> Iterator[ListedItem]:
    """Yield what the manifest lists and put its leaves into the tree; the first wrong line is blamed, and the last."""
    last = -1
    try:
        for line in lines:
            if line.startswith(b"]"):
                _check_tail(line, lines, tree)
                return
            item = manifest.parse_item(line)
            if not last < item.index < head.total:
                raise EntryDamagedError("its items are not in the order of their indexes")
            last = item.index
            tree.add(manifest.leaf_of(line))
            yield item
        raise EntryDamagedError("it has no end")
    except ValueError as error:
        findings.blame(f"{manifest.NAME}: {_say(error)}")


def _check_tail(line: bytes, rest: Iterator[bytes], tree: MerkleTree) -> None:
    if manifest.parse_tail(line) not in {None, tree.root()}:
        raise EntryDamagedError("its items do not make the Merkle root it names")
    if next(rest, None) is not None:
        raise EntryDamagedError("something follows its end")


def _check_failures(archive: ArchiveReader, record: CentralRecord, findings: Findings) -> None:
    try:
        for index in failures_table.read_indexes(split_lines(archive.read_entry(record))):
            findings.note_failure(index)
    except (ValueError, PasswordWrong) as error:
        findings.blame(f"{failures_table.NAME}: {_say(error)}")


def _say(error: Exception) -> str:
    if isinstance(error, EntryDamagedError | PasswordWrong):
        return str(error)
    # The text of any other error may quote what was read.
    return "it is not as pressrun writes it"
