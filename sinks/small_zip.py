"""ZIPs of a few files or of encrypted entries, by pyzipper; archives take over their entries as they are."""

from collections.abc import Iterable
from typing import IO, NamedTuple

import pyzipper

from sinks.zip_format import EXTERNAL_ATTRIBUTES, FIXED_DATE


class ZipSource(NamedTuple):
    """A file for a ZIP: its name, its size in bytes, and its bytes in parts."""

    name: str
    size: int
    parts: Iterable[bytes]


def write_small_zip(target: IO[bytes], sources: Iterable[ZipSource], password: bytes | None) -> None:
    """Write the files stored, with a password as AES-256 (AE-2, 1 ms each for the key), to a file that can seek.

    Each entry has a salt of its own: entries that shared one would share a key stream. Names, sizes and dates stay
    readable, as the format has it (https://www.winzip.com/en/support/aes-encryption/).
    """
    encryption = None if password is None else pyzipper.WZ_AES
    with pyzipper.AESZipFile(target, "w", compression=pyzipper.ZIP_STORED, encryption=encryption) as archive:
        archive.setpassword(password)
        for source in sources:
            with archive.open(_describe(archive, source), "w") as entry:
                for part in source.parts:
                    entry.write(part)


def _describe(archive: pyzipper.AESZipFile, source: ZipSource) -> object:
    described = archive.zipinfo_cls(source.name, FIXED_DATE)
    described.create_system = 3
    described.external_attr = EXTERNAL_ATTRIBUTES
    # With the size known, pyzipper takes ZIP64 fields exactly where they are needed.
    described.file_size = source.size
    described.compress_type = pyzipper.ZIP_STORED
    return described
