"""The ZIP format as pressrun writes it: stored entries, fixed dates, no data descriptors, ZIP64 where it has to be.

Source: PKWARE APPNOTE.TXT 6.3.10, sections 4.3.7 (local header), 4.3.12 (central record), 4.3.14 to 4.3.16 (end
records) and 4.5.3 (ZIP64 extra field).
"""

import stat
import struct
from dataclasses import dataclass

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
FIXED_DATE = (1980, 1, 1, 0, 0, 0)
EXTERNAL_ATTRIBUTES = (stat.S_IFREG | 0o600) << 16

VERSION_64 = 45
_VERSION = 20
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


def local_header(name: bytes, crc32: int, size: int) -> bytes:
    """Return the header in front of a stored entry of less than 4 GiB."""
    fields = (LOCAL_SIGNATURE, _VERSION, 0, STORED, 0, DOS_DATE, crc32, size, size, len(name), 0)
    return LOCAL.pack(*fields) + name


def central_record(name: bytes, crc32: int, size: int, offset: int) -> bytes:
    """Return the directory record of a stored entry that lies below 4 GiB."""
    made_by = _MADE_ON_UNIX | _VERSION
    head = (CENTRAL_SIGNATURE, made_by, _VERSION, 0, STORED, 0, DOS_DATE, crc32, size, size)
    return CENTRAL.pack(*head, len(name), 0, 0, 0, 0, EXTERNAL_ATTRIBUTES, offset) + name


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
