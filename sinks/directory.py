"""The central directory of a ZIP: finding it and reading its records."""

import struct
from typing import NamedTuple

from sinks.filesystem import read_at
from sinks.zip_format import (
    CENTRAL,
    CENTRAL_SIGNATURE,
    END,
    END_64,
    END_64_SIGNATURE,
    END_SIGNATURE,
    LOCATOR_64,
    LOCATOR_64_SIGNATURE,
    UNKNOWN,
    ZIP64_EXTRA,
    DirectoryExtent,
)


class DirectoryDamagedError(ValueError):
    """The bytes are not the central directory of a ZIP as pressrun writes it."""


class EntryDamagedError(ValueError):
    """An entry is not what the directory says; the text says in what."""


class CentralRecord(NamedTuple):
    """What the directory says about one entry; sizes and offset in bytes, `extra` without the ZIP64 field.

    A tuple, because a million are made for an archive and a frozen dataclass takes four times as long.
    """

    name: bytes
    flags: int
    method: int
    crc32: int
    stored_size: int
    size: int
    offset: int
    extra: bytes
    raw: bytes


def find_directory(fd: int, file_size: int) -> DirectoryExtent:
    """Return where the central directory lies; raises DirectoryDamagedError, also for a ZIP with a comment."""
    found = read_at(fd, max(0, file_size - END.size), END.size)
    if len(found) != END.size:
        raise DirectoryDamagedError("The file is too short for a ZIP.")
    signature, disk, first_disk, count_here, count, size, offset, comment = END.unpack(found)
    if signature != END_SIGNATURE or disk or first_disk or count_here != count or comment:
        raise DirectoryDamagedError("The file does not end like a ZIP.")
    if count == 0xFFFF or UNKNOWN in {size, offset}:
        return _find_directory_64(fd, file_size - END.size)
    return _checked(DirectoryExtent(offset, size, count), file_size - END.size)


def _find_directory_64(fd: int, end: int) -> DirectoryExtent:
    found = read_at(fd, max(0, end - LOCATOR_64.size - END_64.size), END_64.size + LOCATOR_64.size)
    if len(found) != END_64.size + LOCATOR_64.size:
        raise DirectoryDamagedError("The ZIP64 end records are missing.")
    signature, *_, count, size, offset = END_64.unpack_from(found)
    locator, _, place, _ = LOCATOR_64.unpack_from(found, END_64.size)
    start = end - LOCATOR_64.size - END_64.size
    if signature != END_64_SIGNATURE or locator != LOCATOR_64_SIGNATURE or place != start:
        raise DirectoryDamagedError("The ZIP64 end records are damaged.")
    return _checked(DirectoryExtent(offset, size, count), start)


def _checked(extent: DirectoryExtent, end: int) -> DirectoryExtent:
    if extent.offset + extent.size != end:
        raise DirectoryDamagedError("The central directory does not reach to the end records.")
    return extent


def parse_record(buffer: bytes, position: int = 0) -> CentralRecord:
    """Return the record at `position`; raises DirectoryDamagedError when it is none or not whole."""
    if len(buffer) - position < CENTRAL.size:
        raise DirectoryDamagedError("A directory record is cut off.")
    fields = CENTRAL.unpack_from(buffer, position)
    signature, _, _, flags, method, _, _, crc32, stored_size, size, name_length, extra_length, comment = fields[:13]
    name_end = position + CENTRAL.size + name_length
    end = name_end + extra_length
    if signature != CENTRAL_SIGNATURE or comment or end > len(buffer):
        raise DirectoryDamagedError("A directory record is damaged.")
    name, extra, offset = buffer[position + CENTRAL.size : name_end], buffer[name_end:end], fields[-1]
    if UNKNOWN in {stored_size, size, offset}:
        size, stored_size, offset, extra = _widen((size, stored_size, offset), extra)
    return CentralRecord(name, flags, method, crc32, stored_size, size, offset, extra, buffer[position:end])


def _widen(numbers: tuple[int, int, int], extra: bytes) -> tuple[int, int, int, bytes]:
    """Take the numbers that do not fit into 32 bits from the ZIP64 field, in the order APPNOTE 4.5.3 gives."""
    fields = split_extra(extra)
    wide = fields.pop(ZIP64_EXTRA, b"")
    if len(wide) != 8 * numbers.count(UNKNOWN):
        raise DirectoryDamagedError("The ZIP64 field of a directory record is damaged.")
    values = iter(struct.unpack(f"<{len(wide) // 8}Q", wide))
    size, stored_size, offset = (next(values) if number == UNKNOWN else number for number in numbers)
    rest = b"".join(struct.pack("<2H", kind, len(data)) + data for kind, data in fields.items())
    return size, stored_size, offset, rest


def split_extra(extra: bytes) -> dict[int, bytes]:
    """Return the extra fields by their kind; raises DirectoryDamagedError."""
    fields, position = {}, 0
    while position < len(extra):
        if len(extra) - position < 4:
            raise DirectoryDamagedError("An extra field is cut off.")
        kind, length = struct.unpack_from("<2H", extra, position)
        position += 4 + length
        if position > len(extra) or kind in fields:
            raise DirectoryDamagedError("An extra field is damaged.")
        fields[kind] = extra[position - length : position]
    return fields
