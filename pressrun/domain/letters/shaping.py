"""Text to glyphs: HarfBuzz shapes a word or character and measures it, in font units."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import uharfbuzz as hb

from pressrun.domain.letters.subsets import FEATURES, Typeface

# Pairs and characters of one face: a batch of many languages has a few thousand.
_MOST_MEASURED: Final = 20_000
_FEATURES: Final = dict.fromkeys(FEATURES, True)


class Glyph(NamedTuple):
    """One glyph at its place, in font units from the start of its text; `code` is what the PDF calls it."""

    code: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Shaper:
    """A face opened by HarfBuzz, with the pairs measured and the characters shaped so far."""

    typeface: Typeface
    font: hb.Font
    units: int
    # The code of a character whose glyph belongs to another character first, by that character and its own glyph.
    aliases: Mapping[tuple[str, int], int]
    advances: dict[str, float] = field(default_factory=dict)
    characters: dict[str, Sequence[Glyph]] = field(default_factory=dict)
    nominals: dict[int, float] = field(default_factory=dict)

    def shape(self, text: str) -> tuple[list[Glyph], float]:
        """Return the glyphs of one word or character with its advance, in font units."""
        if not text:
            return [], 0.0
        buffer = hb.Buffer()
        buffer.add_str(text)
        buffer.direction = "ltr"
        # Else HarfBuzz takes the language of the process's locale, and `locl` would differ between machines.
        buffer.language = "en"
        buffer.guess_segment_properties()
        hb.shape(self.font, buffer, _FEATURES)
        glyphs: list[Glyph] = []
        pen = 0.0
        aliases = self.aliases
        for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            glyph = info.codepoint
            code = aliases.get((text[info.cluster], glyph), glyph) if aliases else glyph
            glyphs.append(Glyph(code, pen + position.x_offset, position.y_offset))
            pen += position.x_advance
        return glyphs, pen

    def advance(self, text: str) -> float:
        """Return how far one or two characters reach; remembered, because pairs repeat."""
        found = self.advances.get(text)
        if found is None:
            if len(self.advances) > _MOST_MEASURED:
                self.advances.clear()
            found = self.advances[text] = self.shape(text)[1]
        return found

    def character(self, grapheme: str) -> Sequence[Glyph]:
        """Return the glyphs of one character by itself; remembered, because letters are few."""
        found = self.characters.get(grapheme)
        if found is None:
            if len(self.characters) > _MOST_MEASURED:
                self.characters.clear()
            found = self.characters[grapheme] = self.shape(grapheme)[0]
        return found

    def nominal(self, code: int) -> float:
        """Return the advance a PDF viewer takes from the font's widths; remembered, one for each code."""
        found = self.nominals.get(code)
        if found is None:
            glyph = next((glyph for (_, glyph), alias in self.aliases.items() if alias == code), code)
            found = self.nominals[code] = float(self.font.get_glyph_h_advance(glyph))
        return found


def open_shaper(typeface: Typeface) -> Shaper:
    face = hb.Face(typeface.data)
    font = hb.Font(face)
    aliases = {
        (character, int(font.get_nominal_glyph(ord(character)) or 0)): code
        for character, code in typeface.aliases.items()
    }
    return Shaper(typeface, font, int(face.upem), aliases)
