"""Text to glyphs: HarfBuzz shapes runs of one face and script and measures them, in font units."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import uharfbuzz as hb

from pressrun.domain.letters.faces.coding import write_code
from pressrun.domain.letters.faces.rare import RareFace
from pressrun.domain.letters.faces.subsets import FEATURES, Typeface
from pressrun.domain.letters.typography.screening import needs_shaping

_FEATURES: Final = dict.fromkeys(FEATURES, True)
# A joiner or selector that found nothing to join leaves no glyph, not even a blank one.
_FLAGS: Final = hb.BufferFlags.DEFAULT | hb.BufferFlags.REMOVE_DEFAULT_IGNORABLES


class Glyph(NamedTuple):
    """One glyph at its place, in font units from the start of its text; `code` is what the PDF calls it.

    `cluster` is where the characters it shows begin in the text.
    """

    code: int
    x: float
    y: float
    cluster: int = 0


@dataclass(frozen=True, slots=True)
class Shaper:
    """A face opened by HarfBuzz, with the widths looked up so far.

    `plain` are the characters it shows by their own glyphs in the order written.
    """

    typeface: Typeface
    font: hb.Font
    units: int
    printed: frozenset[str]
    plain: frozenset[str]
    # The code of a character or sequence whose glyph belongs to another first, by its text and the glyph.
    aliases: Mapping[tuple[str, int], int]
    nominals: dict[int, float] = field(default_factory=dict)

    def write_code(self, code: int) -> str:
        """Return a code's hex digits."""
        return write_code(code)

    def shape(self, text: str, script: str | None = None, *, right_to_left: bool = False) -> tuple[list[Glyph], float]:
        """Return the glyphs of a run of one script, from left to right, with its advance, in font units."""
        if not text:
            return [], 0.0
        buffer = self._buffer(text, script, right_to_left=right_to_left)
        hb.shape(self.font, buffer, _FEATURES)
        glyphs: list[Glyph] = []
        pen = 0.0
        aliases = self.aliases
        for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            glyph, cluster = info.codepoint, info.cluster
            code = aliases.get((text[cluster], glyph), glyph) if aliases else glyph
            glyphs.append(Glyph(code, pen + position.x_offset, position.y_offset, cluster))
            pen += position.x_advance
        return glyphs, pen

    def nominal(self, code: int) -> float:
        """Return the advance a PDF viewer takes from the font's widths; remembered, one for each code."""
        found = self.nominals.get(code)
        if found is None:
            glyph = next((glyph for (_, glyph), alias in self.aliases.items() if alias == code), code)
            found = self.nominals[code] = float(self.font.get_glyph_h_advance(glyph))
        return found

    def _buffer(self, text: str, script: str | None, *, right_to_left: bool) -> hb.Buffer:
        buffer = hb.Buffer()
        buffer.add_str(text)
        buffer.direction = "rtl" if right_to_left else "ltr"
        # Else HarfBuzz takes the language of the process's locale, and `locl` would differ between machines.
        buffer.language = "en"
        buffer.flags = _FLAGS
        if script is not None:
            buffer.script = script
        buffer.guess_segment_properties()
        return buffer


@dataclass(frozen=True, slots=True)
class RareShaper:
    """The rare characters of a face: one glyph each, side by side."""

    face: RareFace
    units: int
    codes: Mapping[str, int]

    def write_code(self, code: int) -> str:
        """Return a code's hex digits."""
        return f"{code:04x}"

    def shape(self, text: str) -> tuple[list[Glyph], float]:
        glyphs: list[Glyph] = []
        pen = 0.0
        for place, character in enumerate(text):
            code = self.codes[character]
            glyphs.append(Glyph(code, pen, 0.0, place))
            pen += self.face.advances[code]
        return glyphs, pen

    def nominal(self, code: int) -> float:
        return float(self.face.advances[code])


def open_shaper(typeface: Typeface) -> Shaper:
    """Open a face; one of which nothing is needed but rare characters has no glyphs here."""
    face = hb.Face(typeface.data)
    font = hb.Font(face)
    aliases = {(text, _own_glyph(text, font)): code for text, code in typeface.aliases.items()}
    printed = frozenset(typeface.characters)
    plain = frozenset(character for character in printed if not needs_shaping(character))
    return Shaper(typeface, font, int(face.upem), printed, plain, aliases)


def _own_glyph(text: str, font: hb.Font) -> int:
    """Return the glyph of a character or the one a sequence is drawn by."""
    if len(text) == 1:
        return int(font.get_nominal_glyph(ord(text)) or 0)
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    hb.shape(font, buffer)
    return int(buffer.glyph_infos[0].codepoint)


def open_rare_shaper(face: RareFace) -> RareShaper:
    return RareShaper(face, face.units, {character: code for code, character in enumerate(face.characters)})
