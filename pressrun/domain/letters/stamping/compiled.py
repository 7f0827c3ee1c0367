"""A compiled design: stamps letters, and can be stored and sent to workers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from pressrun.domain.letters.canvas.placeholders import Variable
from pressrun.domain.letters.faces.rare_fonts import RareFonts
from pressrun.domain.letters.stamping.binding import Binder, Sheaf, open_binder
from pressrun.domain.letters.stamping.letter import Letter, Refusal
from pressrun.domain.letters.stamping.program import CodeStep, ConstantStep, EffectStep, PictureStep, Program, Step
from pressrun.domain.letters.stamping.storing import read_program, write_program
from pressrun.domain.letters.stamping.writers import Shop, Writer, open_writer
from pressrun.domain.letters.typography.shaping import Shaper, open_shaper

# Bytes for the estimate: object, trailer and xref frame; a line of text; a character with some kerning; a QR code.
_FRAME, _PER_TEXT, _PER_CHARACTER, _PER_CODE, _PER_PICTURE = 250, 80, 4, 420, 20_000
_TYPICAL_VALUE: Final = 14

PageWriters = tuple[tuple[str, tuple[Writer, ...]], ...]


@dataclass(frozen=True)
class CompiledDesign:
    """A program with its writers opened; compare and store by `to_bytes`. One letter is stamped at a time."""

    program: Program
    shapers: Sequence[Shaper]
    sheaf: Sheaf
    fonts: RareFonts
    pages: PageWriters
    binder: Binder

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
        steps = [step for page in self.program.pages for step in page.steps]
        return _FRAME + sum(map(_estimate, steps))

    def stamp(self, record: Mapping[str, str], *, proof: bool = False) -> Letter | Refusal:
        """Write one recipient's letter; never raises, whatever text the values hold.

        A `proof` shows text that leaves the page too, which is refused otherwise.
        """
        sheaf = self.sheaf
        if sheaf.own:
            sheaf.clear()
            self.fonts.used.clear()
        contents: list[bytes] = []
        for opening, writers in self._proofing if proof else self.pages:
            pieces = [opening]
            for write in writers:
                piece = write(record)
                if isinstance(piece, Refusal):
                    return piece
                pieces.append(piece)
            contents.append("".join(pieces).encode("ascii"))
        if self.fonts.used:
            self.fonts.write()
        return self.binder.bind(contents, sheaf.own)

    @cached_property
    def _proofing(self) -> PageWriters:
        return _open_pages(self.program, self.shapers, self.sheaf, self.fonts, proof=True)

    def to_bytes(self) -> bytes:
        """Return the stored form: versioned, checksummed, the same for the same design and profile."""
        return write_program(self.program)

    @classmethod
    def from_bytes(cls, data: bytes) -> "CompiledDesign":
        """Open a stored form; raises CompiledDesignDamaged or CompiledDesignOutdated."""
        return open_compiled(read_program(data))


def open_compiled(program: Program) -> CompiledDesign:
    shapers = [open_shaper(typeface) for typeface in program.typefaces]
    sheaf = Sheaf(program.skeleton, [None] * program.skeleton.own)
    fonts = _open_fonts(program, sheaf)
    pages = _open_pages(program, shapers, sheaf, fonts, proof=False)
    return CompiledDesign(program, shapers, sheaf, fonts, pages, open_binder(program.skeleton))


def _open_fonts(program: Program, sheaf: Sheaf) -> RareFonts:
    faces = {
        f"R{face}": (rare, first)
        for face, first in program.rare_slots.items()
        if (rare := program.typefaces[face].rare) is not None
    }
    return RareFonts(faces, sheaf)


def _open_pages(
    program: Program, shapers: Sequence[Shaper], sheaf: Sheaf, fonts: RareFonts, *, proof: bool
) -> PageWriters:
    opened = []
    for page in program.pages:
        shop = Shop(program, shapers, sheaf, fonts, page.opening, None if proof else page.trim)
        opening = " ".join(f"{part:.9g}" for part in page.opening)
        opened.append((f"{opening} cm\n", tuple(open_writer(step, shop) for step in page.steps)))
    return tuple(opened)


def _estimate(step: Step) -> int:
    match step:
        case ConstantStep(operators):
            return len(operators)
        case CodeStep():
            return _PER_CODE
        case PictureStep():
            return _PER_PICTURE
        case EffectStep(steps):
            return _FRAME + sum(map(_estimate, steps))
        case _:
            template = step.block.template
            characters = sum(len(part) if isinstance(part, str) else _TYPICAL_VALUE for part in template)
            return _PER_TEXT + _PER_CHARACTER * characters
