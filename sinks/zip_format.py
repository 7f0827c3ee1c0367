"""The ZIP format as pressrun writes it: stored entries, fixed dates, no data descriptors, ZIP64 where it has to be.

Source: PKWARE APPNOTE.TXT 6.3.10, sections 4.3.7 (local header), 4.3.12 (central record), 4.3.14 to 4.3.16 (end
records) and 4.5.3 (ZIP64 extra field).
"""

import stat
import struct
from dataclasses import dataclass
from typing import NamedTuple

LOCAL = struct.Struct("<4s5H3L2H")
CENTRAL = struct.Struct("<4s6H3L5H2L")
END = struct.Struct("<4s4H2LH")
END_64 = struct.Struct("<4sQ2H2L4Q")
LOCATOR_64 = struct.Struct("<4sLQL")

LOCAL_SIGNATURE = b"PK\x03\x04"
CENTRAL_SIGNATURE = b"PK\x01\x02"
END_SIGNATURE = b"PK\x05\x06"
END_64_SIGNATURE = b"PK\x06\x06"
LOCATOR_64_SIGNATURE = b"PK\x06\x07"

ZIP64_EXTRA = 0x0001
AES_EXTRA = 0x9901

STORED = 0
DEFLATED = 8
AES_METHOD = 99

# The earliest date ZIP can say; an archive's bytes may not depend on when it was made.
DOS_DATE = 1 << 5 | 1
EXTERNAL_ATTRIBUTES = (stat.S_IFREG | 0o600) << 16

# In place of a number that is in the ZIP64 field.
UNKNOWN = 0xFFFFFFFF

ENCRYPTED = 1
# The salt of a 256-bit key and two bytes to check it by; behind the content, half an HMAC-SHA1.
AES_HEAD_BYTES = 16 + 2
AES_CODE_BYTES = 10
AE_2 = 2
AES_256 = 3
_AES_256_FIELD = struct.pack("<3H2sBH", AES_EXTRA, 7, AE_2, b"AE", AES_256, STORED)

VERSION_64 = 45
_VERSION = 20
_VERSION_AES = 51
_MADE_ON_UNIX = 3 << 8


@dataclass(frozen=True, slots=True)
class Limits:
    """From which numbers on the ZIP64 fields are used."""

    count: int = 0xFFFF
    size: int = 0xFFFFFFFF


ZIP_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class DirectoryExtent:
    """Where the central directory of a ZIP lies, in bytes, and how many records it has."""

    offset: int
    size: int
    count: int


class NewEntry(NamedTuple):
    """An entry to be written: sizes in bytes, of the content and of what is stored for it."""

    name: bytes
    crc32: int
    size: int
    stored_size: int
    flags: int
    method: int
    version: int
    extra: bytes


def plain_entry(name: str, crc32: int, size: int) -> NewEntry:
    """Return an entry that is stored as it is."""
    return NewEntry(name.encode(), crc32, size, size, 0, STORED, _VERSION, b"")


def encrypted_entry(name: str, size: int) -> NewEntry:
    """Return an AES-256 entry (AE-2: without a CRC-32, which could tell what a small content is).

    Source: https://www.winzip.com/en/support/aes-encryption/.
    """
    stored_size = size + AES_HEAD_BYTES + AES_CODE_BYTES
    return NewEntry(name.encode(), 0, size, stored_size, ENCRYPTED, AES_METHOD, _VERSION_AES, _AES_256_FIELD)


def local_header(entry: NewEntry, limits: Limits = ZIP_LIMITS) -> bytes:
    """Return what stands in front of an entry's data."""
    name, crc32, size, stored_size, flags, method, version, extra = entry
    if max(size, stored_size) >= limits.size:
        # Here, unlike in the directory, the field has both sizes or none.
        extra = struct.pack("<2H2Q", ZIP64_EXTRA, 16, size, stored_size) + extra
        version, size, stored_size = max(version, VERSION_64), UNKNOWN, UNKNOWN
    head = (LOCAL_SIGNATURE, version, flags, method, 0, DOS_DATE, crc32, stored_size, size, len(name), len(extra))
    return LOCAL.pack(*head) + name + extra


def central_record(entry: NewEntry, offset: int, limits: Limits = ZIP_LIMITS) -> bytes:
    """Return the directory record of an entry whose local header is at `offset`."""
    name, crc32, size, stored_size, flags, method, version, extra = entry
    if max(size, stored_size, offset) >= limits.size:
        extra = _zip64_field((size, stored_size, offset), limits) + extra
        version = max(version, VERSION_64)
        size, stored_size, offset = (_narrow(number, limits) for number in (size, stored_size, offset))
    head = (CENTRAL_SIGNATURE, _MADE_ON_UNIX | version, version, flags, method, 0, DOS_DATE, crc32, stored_size, size)
    return CENTRAL.pack(*head, len(name), len(extra), 0, 0, 0, EXTERNAL_ATTRIBUTES, offset) + name + extra


def _zip64_field(numbers: tuple[int, int, int], limits: Limits) -> bytes:
    """Return the extra field with those of size, stored size and offset that need it, or nothing."""
    wide = [number for number in numbers if number >= limits.size]
    return struct.pack(f"<2H{len(wide)}Q", ZIP64_EXTRA, 8 * len(wide), *wide) if wide else b""


def _narrow(number: int, limits: Limits) -> int:
    """Return what stands in a 32-bit field: the number, or that it is in the ZIP64 field."""
    return number if number < limits.size else UNKNOWN


def end_records(extent: DirectoryExtent, limits: Limits = ZIP_LIMITS) -> bytes:
    """Return what stands after the central directory, with the ZIP64 records when a number needs them."""
    needs_64 = extent.count >= limits.count or max(extent.size, extent.offset) >= limits.size
    count, size, offset = extent.count, extent.size, extent.offset
    if not needs_64:
        return END.pack(END_SIGNATURE, 0, 0, count, count, size, offset, 0)
    made_by = _MADE_ON_UNIX | VERSION_64
    # The record's size does not count its first twelve bytes.
    head = (END_64_SIGNATURE, END_64.size - 12, made_by, VERSION_64, 0, 0)
    end_64 = END_64.pack(*head, count, count, size, offset)
    locator = LOCATOR_64.pack(LOCATOR_64_SIGNATURE, 0, offset + size, 1)
    return end_64 + locator + END.pack(END_SIGNATURE, 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
