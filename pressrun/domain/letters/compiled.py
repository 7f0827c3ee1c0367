"""A compiled design: stamps letters, and can be stored and sent to workers."""

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pressrun.domain.letters.letter import Letter, Refusal
from pressrun.domain.letters.placeholders import Variable
from pressrun.domain.letters.program import LayerStep, Program, QrStep, Step
from pressrun.domain.letters.storing import read_program, write_program
from pressrun.domain.letters.writers import Writer, open_writers

if TYPE_CHECKING:
    from hashlib import _Hash

# Hex digits of a document's /ID: 16 bytes, as PDF 1.7, 14.4 recommends.
_ID_DIGITS: Final = 32
# Bytes for the estimate: object, trailer and xref frame; a line of text; a character with some kerning; a QR code.
_FRAME, _PER_TEXT, _PER_CHARACTER, _PER_QR = 260, 120, 6, 500
_TYPICAL_VALUE: Final = 14


@dataclass(frozen=True, slots=True)
class CompiledDesign:
    """A program with its writers opened; compare and store by `to_bytes`."""

    program: Program
    writers: tuple[Writer, ...]
    prefix_crc: int
    prefix_hash: "_Hash"

    @property
    def variables(self) -> tuple[Variable, ...]:
        return self.program.variables

    @property
    def renderer_version(self) -> str:
        return self.program.renderer_version

    @property
    def prefix_size(self) -> int:
        """Bytes that all letters share."""
        return len(self.program.skeleton.prefix)

    @property
    def typical_tail_size(self) -> int:
        """Bytes a letter adds, estimated for values of ordinary length."""
        return _FRAME + len(self.program.skeleton.xref) + sum(map(_estimate, self.program.steps))

    def stamp(self, record: Mapping[str, str]) -> Letter | Refusal:
        """Write one recipient's letter; never raises, whatever text the values hold."""
        pieces = [self.program.opening]
        for write in self.writers:
            piece = write(record)
            if isinstance(piece, Refusal):
                return piece
            pieces.append(piece)
        return self._finish("".join(pieces).encode("ascii"))

    def _finish(self, content: bytes) -> Letter:
        skeleton = self.program.skeleton
        stream = b"%d 0 obj\n<</Length %d>>\nstream\n%b\nendstream\nendobj\n" % (
            skeleton.number,
            len(content),
            content,
        )
        digest = self.prefix_hash.copy()
        digest.update(stream)
        identity = digest.hexdigest()[:_ID_DIGITS]
        trailer = (
            f"trailer\n<</Size {skeleton.count + 1}/Root {skeleton.root}/Info {skeleton.info}"
            f"/ID[<{identity}><{identity}>]>>\nstartxref\n{len(skeleton.prefix) + len(stream)}\n%%EOF\n"
        )
        end = skeleton.xref + trailer.encode("ascii")
        digest.update(end)
        tail = stream + end
        return Letter(skeleton.prefix, tail, zlib.crc32(tail, self.prefix_crc), digest.hexdigest())

    def to_bytes(self) -> bytes:
        """Return the stored form: versioned, checksummed, the same for the same design and profile."""
        return write_program(self.program)

    @classmethod
    def from_bytes(cls, data: bytes) -> "CompiledDesign":
        """Open a stored form; raises CompiledDesignDamaged or CompiledDesignOutdated."""
        return open_compiled(read_program(data))


def open_compiled(program: Program) -> CompiledDesign:
    prefix = program.skeleton.prefix
    return CompiledDesign(program, open_writers(program), zlib.crc32(prefix), hashlib.sha256(prefix))


def _estimate(step: Step) -> int:
    if isinstance(step, LayerStep):
        return len(step.form) + 5
    if isinstance(step, QrStep):
        return _PER_QR
    characters = sum(len(part) if isinstance(part, str) else _TYPICAL_VALUE for part in step.block.template)
    return _PER_TEXT + _PER_CHARACTER * characters
