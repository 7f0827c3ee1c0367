"""What stamping gives back: a letter, or the reason why there is none."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Letter:
    """One PDF as the bytes all letters share (the same object for each) and its own; checksums are of both.

    `crc32` as ZIP has it, `sha256` in hex.
    """

    prefix: bytes
    tail: bytes
    crc32: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a recipient gets no letter: a stable code, and a message that holds no value of the row."""

    code: str
    message: str
