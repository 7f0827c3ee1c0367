"""The stored form of a compiled design.

Eight bytes of magic, the SHA-256 of all that follows, the renderer version and the program as JSON (each with its
length before it, four bytes big-endian), then the bytes that the JSON names by number. No pickle: what is read is data.
"""

import hashlib
import struct
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import accumulate, pairwise
from typing import Final

import orjson
from pydantic import TypeAdapter, ValidationError

from pressrun.domain.letters.stamping.errors import CompiledDesignDamaged, CompiledDesignOutdated
from pressrun.domain.letters.stamping.program import RENDERER_VERSION, Program

_MAGIC: Final = b"PRLETTER"
_HASHED_FROM: Final = len(_MAGIC) + 32
_LENGTH: Final = struct.Struct(">I")
# The key under which the JSON names bytes; no field of a program has it.
_BLOB: Final = "$"


@cache
def _programs() -> TypeAdapter[Program]:
    return TypeAdapter(Program)


def write_program(program: Program) -> bytes:
    blobs: list[bytes] = []
    lifted = _lift(_programs().dump_python(program), blobs)
    packed = orjson.dumps([lifted, list(map(len, blobs))], option=orjson.OPT_NON_STR_KEYS)
    heads = (program.renderer_version.encode(), packed)
    body = b"".join([*(_LENGTH.pack(len(head)) + head for head in heads), *blobs])
    return _MAGIC + hashlib.sha256(body).digest() + body


def read_program(data: bytes) -> Program:
    """Return the program; raises CompiledDesignDamaged or CompiledDesignOutdated."""
    if not data.startswith(_MAGIC) or hashlib.sha256(data[_HASHED_FROM:]).digest() != data[len(_MAGIC) : _HASHED_FROM]:
        raise CompiledDesignDamaged
    version, at = _read_head(data, _HASHED_FROM)
    if version != RENDERER_VERSION.encode():
        raise CompiledDesignOutdated
    head, at = _read_head(data, at)
    try:
        lifted, lengths = orjson.loads(head)
        return _programs().validate_python(_restore(lifted, list(_cut(data, at, lengths))))
    except (ValueError, TypeError, IndexError, ValidationError) as error:
        raise CompiledDesignDamaged from error


def _lift(value: object, blobs: list[bytes]) -> object:
    """Return the value with its bytes replaced by their numbers."""
    match value:
        case bytes():
            blobs.append(value)
            return {_BLOB: len(blobs) - 1}
        case dict():
            return {key: _lift(inner, blobs) for key, inner in value.items()}
        case list() | tuple():
            return [_lift(inner, blobs) for inner in value]
        case _:
            return value


def _restore(value: object, blobs: Sequence[bytes]) -> object:
    match value:
        case {"$": int(number)}:
            return blobs[number]
        case dict():
            return {key: _restore(inner, blobs) for key, inner in value.items()}
        case list():
            return [_restore(inner, blobs) for inner in value]
        case _:
            return value


def _read_head(data: bytes, at: int) -> tuple[bytes, int]:
    (length,) = _LENGTH.unpack_from(data, at)
    start = at + _LENGTH.size
    return data[start : start + length], start + length


def _cut(data: bytes, at: int, lengths: Iterable[int]) -> Iterator[bytes]:
    return (data[start:end] for start, end in pairwise(accumulate(lengths, initial=at)))
