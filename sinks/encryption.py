"""AES-256 entries by pyzipper's ciphers: each has a salt, and so a key stream, of its own."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Self

from pyzipper import BadZipFile
from pyzipper.zipfile_aes import AESZipDecrypter, AESZipEncrypter

from sinks.directory import CentralRecord, DirectoryDamagedError, EntryDamagedError, split_extra
from sinks.errors import PasswordMissing, PasswordWrong
from sinks.zip_format import AE_2, AES_256, AES_CODE_BYTES, AES_EXTRA, AES_HEAD_BYTES


def encrypt(parts: Iterable[bytes], password: bytes) -> Iterator[bytes]:
    """Yield what is stored for a content: a fresh salt and key check, the content encrypted, its authentication code.

    Deriving the key takes 1 ms.
    """
    encrypter = AESZipEncrypter(password, nbits=256, force_wz_aes_version=AE_2)
    yield encrypter.encryption_header()
    for part in parts:
        yield encrypter.encrypt(part)
    yield encrypter.flush()


@dataclass(frozen=True, slots=True)
class EntryCipher:
    """The key of one entry; `method` is how its content is compressed, `crc32` that of the content or None (AE-2)."""

    method: int
    crc32: int | None
    decrypter: AESZipDecrypter

    @classmethod
    def open(cls, record: CentralRecord, head: bytes, password: bytes | None) -> Self:
        """Derive the key from the salt in the entry's first 18 bytes; takes 1 ms.

        Raises PasswordMissing, PasswordWrong (one wrong password in 65,536 is found out only by `decrypt`) and
        EntryDamagedError.
        """
        version, strength, method = _read_field(record)
        if strength != AES_256:
            raise EntryDamagedError("it is encrypted, but not with AES-256")
        if len(head) != AES_HEAD_BYTES:
            raise EntryDamagedError("it is too short")
        if password is None:
            raise PasswordMissing
        described = SimpleNamespace(filename="", wz_aes_strength=strength)
        try:
            decrypter = AESZipDecrypter(described, password, head)
        except RuntimeError as error:
            raise PasswordWrong from error
        return cls(method, None if version == AE_2 else record.crc32, decrypter)

    def decrypt(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """Yield the content of what follows the head; raises EntryDamagedError when its code is not right."""
        kept = b""
        for piece in pieces:
            data = kept + piece
            yield self.decrypter.decrypt(data[:-AES_CODE_BYTES])
            kept = data[-AES_CODE_BYTES:]
        try:
            self.decrypter.check_hmac(kept)
        except BadZipFile as error:
            raise EntryDamagedError("its authentication code is wrong") from error


def _read_field(record: CentralRecord) -> tuple[int, int, int]:
    """Return version, strength and compression method out of the AES field."""
    try:
        field = split_extra(record.extra).get(AES_EXTRA, b"")
    except DirectoryDamagedError as error:
        raise EntryDamagedError("its extra fields are damaged") from error
    if len(field) != 7 or field[2:4] != b"AE":
        raise EntryDamagedError("its AES field is damaged")
    return int.from_bytes(field[:2], "little"), field[4], int.from_bytes(field[5:], "little")
