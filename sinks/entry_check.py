"""Comparing the entries of an archive with its manifest, one by one, in the one order they may have."""

import hashlib
import re
from collections.abc import Callable, Iterator

from sinks.archive_reader import ArchiveReader
from sinks.directory import CentralRecord, EntryDamagedError
from sinks.errors import PasswordWrong
from sinks.findings import Findings
from sinks.manifest import ListedItem
from sinks.zip_format import AES_METHOD

_NAME = re.compile(rb"([0-9]{7,10})\.[a-z0-9]{1,16}")
_OWN_ENTRIES = 2
_PROGRESS_EVERY = 256

Progress = Callable[[int, int], None]


def check_entries(archive: ArchiveReader, items: Iterator[ListedItem], findings: Findings, progress: Progress) -> None:
    """Read every entry that the manifest lists and blame what differs; overlapping entries are not read at all."""
    count = archive.extent.count - _OWN_ENTRIES
    listed, layout, is_encrypted = _Listed(items, findings), _Layout(archive, findings), set()
    for number, record in enumerate(archive.iterate_records()):
        is_encrypted.add(record.method == AES_METHOD)
        item = listed.find(record) if number < count else None
        try:
            if layout.check(record) and item is not None:
                _check_content(archive, record, item)
        except (EntryDamagedError, PasswordWrong) as error:
            findings.blame(f"{_show(record)}: {error}")
        if number % _PROGRESS_EVERY == 0 or number == count:
            progress(min(number, count), count)
    listed.finish()
    layout.finish()
    if len(is_encrypted) > 1:
        findings.blame("some entries are encrypted and others are not")


def _check_content(archive: ArchiveReader, record: CentralRecord, item: ListedItem) -> None:
    if record.size != item.size:
        raise EntryDamagedError("its size is not the one in the manifest")
    digest = hashlib.sha256()
    for piece in archive.read_entry(record):
        digest.update(piece)
    if digest.hexdigest() != item.sha256:
        raise EntryDamagedError("its SHA-256 is not the one in the manifest")


class _Layout:
    """Checks that entries lie one after the other; reading them then costs no more than the file is long."""

    def __init__(self, archive: ArchiveReader, findings: Findings) -> None:
        self._archive = archive
        self._findings = findings
        self._place = 0
        self._is_certain = True

    def check(self, record: CentralRecord) -> bool:
        """Tell whether an entry may be read; raises EntryDamagedError when it has no proper local header."""
        is_behind = record.offset == self._place or (record.offset > self._place and not self._is_certain)
        self._is_certain = False
        end = self._archive.find_data(record) + record.stored_size
        if not is_behind:
            self._findings.blame(f"{_show(record)}: it overlaps another entry, or something lies before it")
            return False
        self._place, self._is_certain = end, True
        return True

    def finish(self) -> None:
        """Blame what lies between the last entry and the directory."""
        if self._is_certain and self._place != self._archive.extent.offset:
            self._findings.blame("something lies between the last entry and the directory")


class _Listed:
    """Walks through the manifest beside the entries; both ascend, so neither has to be kept."""

    def __init__(self, items: Iterator[ListedItem], findings: Findings) -> None:
        self._items = items
        self._findings = findings
        self._next = next(items, None)
        self._last = -1

    def find(self, record: CentralRecord) -> ListedItem | None:
        """Return what the manifest says about an entry; when it says nothing, that is blamed."""
        try:
            item = self._find(record)
        except EntryDamagedError as error:
            self._findings.blame(f"{_show(record)}: {error}")
            return None
        self._findings.note_entry(item.index)
        return item

    def _find(self, record: CentralRecord) -> ListedItem:
        index = _read_index(record)
        if index <= self._last:
            raise EntryDamagedError("it is not in the order of the indexes, or twice")
        self._last = index
        while self._next is not None and self._next.index < index:
            self._skip(self._next)
        found = self._next
        if found is None or found.entry.encode() != record.name:
            raise EntryDamagedError("it is not in the manifest")
        self._next = next(self._items, None)
        return found

    def finish(self) -> None:
        """Blame the items that have no entry."""
        while self._next is not None:
            self._skip(self._next)

    def _skip(self, item: ListedItem) -> None:
        self._findings.blame(f"item {item.index} is in the manifest and not in the archive")
        self._next = next(self._items, None)


def _read_index(record: CentralRecord) -> int:
    found = _NAME.fullmatch(record.name)
    if not found or found[1] != b"%07d" % int(found[1]):
        raise EntryDamagedError("its name is not that of an item")
    return int(found[1])


def _show(record: CentralRecord) -> str:
    """Return the name for people: ASCII only, since what stands in a foreign file may be anything."""
    return ascii(record.name[:40].decode("latin-1"))[1:-1]
