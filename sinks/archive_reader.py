"""Reading an archive that nobody vouches for: in order, in bounded memory, and never more than it says it holds."""

import os
import struct
import zlib
from collections.abc import Iterator

from sinks.directory import (
    CentralRecord,
    DirectoryDamagedError,
    EntryDamagedError,
    find_directory,
    parse_record,
    split_extra,
)
from sinks.encryption import EntryCipher
from sinks.filesystem import read_at
from sinks.zip_format import (
    AES_HEAD_BYTES,
    AES_METHOD,
    DEFLATED,
    ENCRYPTED,
    LOCAL,
    LOCAL_SIGNATURE,
    STORED,
    UNKNOWN,
    ZIP64_EXTRA,
)

_WINDOW_BYTES = 1 << 20
_PIECE_BYTES = 1 << 18
# A line of a table is at most a row of the original list.
_LONGEST_LINE = 16 << 20
# A directory record is at most 46 bytes and three fields of 65,535.
_LONGEST_RECORD = 46 + 3 * 0xFFFF
# PDFs deflate to a half, tables to a tenth; what grows more than this is a bomb. pressrun itself deflates nothing.
_GREATEST_RATIO = 200


class ArchiveReader:
    """An open archive; entries are read with the password, if they need one."""

    def __init__(self, fd: int, password: bytes | None) -> None:
        self._fd = fd
        self._password = password
        self.extent = find_directory(fd, os.fstat(fd).st_size)

    def iterate_records(self) -> Iterator[CentralRecord]:
        """Yield the directory's records as they stand; raises DirectoryDamagedError, also when they are not `count`."""
        place, end = self.extent.offset, self.extent.offset + self.extent.size
        buffer, position, count = b"", 0, 0
        while place < end or position < len(buffer):
            if len(buffer) - position < _LONGEST_RECORD and place < end:
                fresh = read_at(self._fd, place, min(_WINDOW_BYTES, end - place))
                buffer, position, place = buffer[position:] + fresh, 0, place + len(fresh)
            record = parse_record(buffer, position)
            position, count = position + len(record.raw), count + 1
            yield record
        if count != self.extent.count:
            raise DirectoryDamagedError("The directory has another number of records than the end records say.")

    def find_data(self, record: CentralRecord) -> int:
        """Return where an entry's data starts; raises EntryDamagedError when its local header says something else."""
        head = read_at(self._fd, record.offset, LOCAL.size)
        if len(head) != LOCAL.size or head[:4] != LOCAL_SIGNATURE:
            raise EntryDamagedError("there is no entry where the directory says")
        _, _, flags, method, _, _, crc32, stored_size, size, name_length, extra_length = LOCAL.unpack(head)
        rest = read_at(self._fd, record.offset + LOCAL.size, name_length + extra_length)
        if UNKNOWN in {stored_size, size}:
            size, stored_size = _read_wide_sizes(rest[name_length:])
        said = (rest[:name_length], flags, method, crc32, stored_size, size)
        if said != (record.name, record.flags, record.method, record.crc32, record.stored_size, record.size):
            raise EntryDamagedError("its header and the directory contradict each other")
        return record.offset + LOCAL.size + len(rest)

    def read_entry(self, record: CentralRecord) -> Iterator[bytes]:
        """Yield the content of an entry in pieces, checked against its size and CRC-32 or authentication code.

        Raises EntryDamagedError, at the latest after the last piece; PasswordMissing; PasswordWrong.
        """
        start = self.find_data(record)
        end = start + record.stored_size
        if record.method == AES_METHOD and record.flags == ENCRYPTED:
            cipher = self._open_cipher(record, start)
            pieces = cipher.decrypt(self._read_pieces(start + AES_HEAD_BYTES, end))
            yield from _checked(_inflate(pieces, cipher.method, record), record.size, cipher.crc32)
        elif record.flags == 0:
            pieces = self._read_pieces(start, end)
            yield from _checked(_inflate(pieces, record.method, record), record.size, record.crc32)
        else:
            raise EntryDamagedError("it is encrypted or written in a way pressrun does not use")

    def _open_cipher(self, record: CentralRecord, start: int) -> EntryCipher:
        head = read_at(self._fd, start, min(AES_HEAD_BYTES, record.stored_size))
        return EntryCipher.open(record, head, self._password)

    def _read_pieces(self, start: int, end: int) -> Iterator[bytes]:
        while start < end:
            piece = read_at(self._fd, start, min(_PIECE_BYTES, end - start))
            if not piece:
                raise EntryDamagedError("the file ends in it")
            start += len(piece)
            yield piece


def split_lines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield what stands between line feeds; raises EntryDamagedError for more than 16 MiB without one."""
    rest = b""
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        if len(rest) > _LONGEST_LINE:
            raise EntryDamagedError("it has a line that is too long")
        yield from lines
    if rest:
        yield rest


def _read_wide_sizes(extra: bytes) -> tuple[int, int]:
    """Return size and stored size out of a local header's ZIP64 field, which has both (APPNOTE 4.5.3)."""
    try:
        field = split_extra(extra).get(ZIP64_EXTRA, b"")
    except DirectoryDamagedError as error:
        raise EntryDamagedError("its extra fields are damaged") from error
    if len(field) < 16:
        raise EntryDamagedError("its ZIP64 field is damaged")
    size, stored_size = struct.unpack_from("<2Q", field)
    return size, stored_size


def _inflate(pieces: Iterator[bytes], method: int, record: CentralRecord) -> Iterator[bytes]:
    if method == STORED:
        yield from pieces
    elif method != DEFLATED:
        raise EntryDamagedError("it is compressed in a way pressrun does not know")
    elif record.size > _GREATEST_RATIO * (record.stored_size + 1024):
        raise EntryDamagedError(f"it would grow more than {_GREATEST_RATIO} times")
    else:
        yield from _inflate_pieces(pieces)


def _inflate_pieces(pieces: Iterator[bytes]) -> Iterator[bytes]:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for piece in pieces:
            yield inflater.decompress(piece, _PIECE_BYTES)
            while inflater.unconsumed_tail:
                yield inflater.decompress(inflater.unconsumed_tail, _PIECE_BYTES)
    except zlib.error as error:
        raise EntryDamagedError("its compressed content is damaged") from error
    if not inflater.eof or inflater.unused_data:
        raise EntryDamagedError("its compressed content does not end where it should")


def _checked(pieces: Iterator[bytes], size: int, crc32: int | None) -> Iterator[bytes]:
    """Pass pieces on until they are more than `size` bytes, and compare their CRC-32 at the end, where there is one."""
    found_size = found_crc32 = 0
    for piece in pieces:
        found_size += len(piece)
        if found_size > size:
            raise EntryDamagedError("it is longer than the directory says")
        found_crc32 = zlib.crc32(piece, found_crc32)
        yield piece
    if found_size != size:
        raise EntryDamagedError("it is shorter than the directory says")
    if crc32 not in {None, found_crc32}:
        raise EntryDamagedError("its CRC-32 is wrong")
