"""The stored form of a compiled design.

Eight bytes of magic, the SHA-256 of all that follows, the renderer version and the manifest (each with its length
before it, four bytes big-endian), then the blobs the manifest gives the lengths of. No pickle: what is read is data.
"""

import hashlib
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise
from typing import Final

from pydantic import TypeAdapter, ValidationError

from pressrun.domain.letters.assembly import Skeleton
from pressrun.domain.letters.errors import CompiledDesignDamaged, CompiledDesignOutdated
from pressrun.domain.letters.placeholders import Variable
from pressrun.domain.letters.program import RENDERER_VERSION, LayerStep, Program, QrStep, TextStep
from pressrun.domain.letters.qr import QrTable, row_bytes
from pressrun.domain.letters.subsets import Typeface

_MAGIC: Final = b"PRLETTER"
_HASHED_FROM: Final = len(_MAGIC) + 32
_LENGTH: Final = struct.Struct(">I")


@dataclass(frozen=True, slots=True)
class _StoredFace:
    characters: str
    aliases: dict[str, int]


@dataclass(frozen=True, slots=True)
class _StoredTable:
    version: int
    lengths: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Manifest:
    """A program without its bytes; `blobs` are the lengths of prefix, xref, faces and tables, in this order."""

    variables: tuple[Variable, ...]
    opening: str
    trim: tuple[float, float, float, float]
    steps: tuple[LayerStep | TextStep | QrStep, ...]
    faces: tuple[_StoredFace, ...]
    tables: tuple[_StoredTable, ...]
    number: int
    count: int
    root: str
    info: str
    blobs: tuple[int, ...]


@cache
def _manifests() -> TypeAdapter[_Manifest]:
    return TypeAdapter(_Manifest)


def write_program(program: Program) -> bytes:
    skeleton = program.skeleton
    blobs = [
        skeleton.prefix,
        skeleton.xref,
        *(face.data for face in program.typefaces),
        *(_pack_table(table) for table in program.tables),
    ]
    manifest = _Manifest(
        variables=program.variables,
        opening=program.opening,
        trim=program.trim,
        steps=program.steps,
        faces=tuple(_StoredFace(face.characters, dict(face.aliases)) for face in program.typefaces),
        tables=tuple(_StoredTable(table.version, tuple(table.bases)) for table in program.tables),
        number=skeleton.number,
        count=skeleton.count,
        root=skeleton.root,
        info=skeleton.info,
        blobs=tuple(map(len, blobs)),
    )
    heads = (program.renderer_version.encode(), _manifests().dump_json(manifest))
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
        manifest = _manifests().validate_json(head)
    except ValidationError as error:
        raise CompiledDesignDamaged from error
    return _restore(manifest, _cut(data, at, manifest.blobs))


def _restore(manifest: _Manifest, blobs: Iterator[bytes]) -> Program:
    prefix, xref = next(blobs), next(blobs)
    faces = tuple(Typeface(next(blobs), face.characters, face.aliases) for face in manifest.faces)
    tables = tuple(_unpack_table(table, next(blobs)) for table in manifest.tables)
    skeleton = Skeleton(prefix, manifest.number, manifest.count, xref, manifest.root, manifest.info)
    return Program(
        RENDERER_VERSION,
        manifest.variables,
        manifest.opening,
        manifest.trim,
        manifest.steps,
        faces,
        tables,
        skeleton,
    )


def _read_head(data: bytes, at: int) -> tuple[bytes, int]:
    (length,) = _LENGTH.unpack_from(data, at)
    start = at + _LENGTH.size
    return data[start : start + length], start + length


def _cut(data: bytes, at: int, lengths: Iterable[int]) -> Iterator[bytes]:
    return (data[start:end] for start, end in pairwise(accumulate(lengths, initial=at)))


def _pack_table(table: QrTable) -> bytes:
    width = _symbol_bytes(table.version)
    return b"".join(symbol.to_bytes(width, "big") for symbol in (*table.bases.values(), *table.columns))


def _unpack_table(stored: _StoredTable, data: bytes) -> QrTable:
    width = _symbol_bytes(stored.version)
    symbols: Sequence[int] = [int.from_bytes(data[at : at + width], "big") for at in range(0, len(data), width)]
    count = len(stored.lengths)
    return QrTable(stored.version, dict(zip(stored.lengths, symbols[:count], strict=True)), symbols[count:])


def _symbol_bytes(version: int) -> int:
    size = 17 + 4 * version
    return row_bytes(size) * size
