"""Words ready to print: a face at a size, and Fabric's way of measuring how far a word reaches."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final, NamedTuple

from pressrun.domain.letters.objects import TextBlock
from pressrun.domain.letters.operators import number
from pressrun.domain.letters.shaping import Glyph, Shaper

# Entries of about 300 bytes; a batch's own words come back within one letter, its names within a few.
_MOST_WORDS: Final = 20_000
# A hundredth of a font unit is less than rounding to five decimals shows.
_NOTHING: Final = 0.01


class Word(NamedTuple):
    """A word ready to print: elements of a TJ array and its widths in canvas pixels.

    `width` is what Fabric measures (character by character, spacing after each). `measured` are the glyphs followed by
    what is missing to that width: a ligature is narrower than its letters measured in pairs.
    """

    glyphs: str
    width: float
    measured: str


@dataclass(frozen=True, slots=True)
class Setting:
    """A face at a size (canvas pixels) with Fabric's charSpacing (pixels after each character).

    `font` is the face's resource name, `substitutes` the settings that stand in for single characters.
    """

    font: str
    shaper: Shaper
    size: float
    spacing: float
    splits_marks: bool
    substitutes: Mapping[str, "Setting"] = field(default_factory=dict)
    words: dict[str, Word] = field(default_factory=dict)

    def word(self, text: str) -> Word:
        """Return a word without spaces, shaped; remembered within bounds."""
        found = self.words.get(text)
        if found is None:
            if len(self.words) > _MOST_WORDS:
                self.words.clear()
            found = self.words[text] = self._set(text)
        return found

    def look_up(self, line: str) -> list[Word]:
        """Return the words of a line; each single space ends one, so that blanks in a row keep their width."""
        words = self.words
        return [words.get(text) or self.word(text) for text in line.split(" ")]

    def space(self) -> Word:
        return self.word(" ")

    def grapheme_width(self, grapheme: str) -> float:
        shaper = self.substitutes.get(grapheme, self).shaper
        return shaper.advance(grapheme) * self.size / shaper.units + self.spacing

    def graphemes(self, text: str) -> list[str]:
        """Split into characters as Fabric counts them, combining marks with their letters since version 6."""
        if text.isascii() or self.splits_marks:
            return list(text)
        parts: list[str] = []
        for character in text:
            if parts and unicodedata.category(character).startswith("M"):
                parts[-1] += character
            else:
                parts.append(character)
        return parts

    def adjustment(self, pixels: float) -> str:
        """Return the TJ element that moves on by `pixels`: thousandths of the em, backwards."""
        return f" {number(-pixels * 1000 / self.size)}"

    def _set(self, text: str) -> Word:
        if self.substitutes and not self.substitutes.keys().isdisjoint(text):
            return self._mixed(text)
        return self._spaced(text) if self.spacing else self._shaped(text)

    def _mixed(self, text: str) -> Word:
        """Set a word of several faces in runs; nothing is kerned between faces."""
        words: list[Word] = []
        for substitute, run in groupby(text, self.substitutes.get):
            word = (substitute or self).word("".join(run))
            words.append(word if substitute is None else self._in_face_of(substitute, word))
        glyphs, widths, measured = zip(*words, strict=True)
        return Word("".join(glyphs), sum(widths), "".join(measured))

    def _in_face_of(self, substitute: "Setting", word: Word) -> Word:
        begin, end = (f"] TJ /{font} {number(self.size)} Tf [" for font in (substitute.font, self.font))
        return Word(begin + word.glyphs + end, word.width, begin + word.measured + end)

    def _shaped(self, text: str) -> Word:
        glyphs, drawn = self.shaper.shape(text)
        measured = sum(self._steps(self.graphemes(text)))
        written = _write(glyphs, drawn, self)
        width = measured * self.size / self.shaper.units
        return Word(written, width, written if measured == drawn else _write(glyphs, measured, self))

    def _spaced(self, text: str) -> Word:
        """Place each character by itself: spacing forbids ligatures, but Fabric keeps the kerning it measured."""
        glyphs: list[Glyph] = []
        pen = 0.0
        graphemes = self.graphemes(text)
        spacing = self.spacing * self.shaper.units / self.size
        for grapheme, step in zip(graphemes, self._steps(graphemes), strict=True):
            # The step before this character already holds the kerning of the pair.
            start = pen + step - self.shaper.advance(grapheme)
            glyphs += (Glyph(glyph.code, start + glyph.x, glyph.y) for glyph in self.shaper.character(grapheme))
            pen += step + spacing
        written = _write(glyphs, pen, self)
        return Word(written, pen * self.size / self.shaper.units, written)

    def _steps(self, graphemes: Sequence[str]) -> Iterable[float]:
        """Yield each character's advance as Fabric measures it: the pair's less the previous character's."""
        advance = self.shaper.advance
        previous = ""
        for grapheme in graphemes:
            yield advance(previous + grapheme) - advance(previous) if previous else advance(grapheme)
            previous = grapheme


def open_setting(block: TextBlock, shapers: Sequence[Shaper]) -> Setting:
    """Return the setting of a text; `shapers` are those of all faces of its design."""

    def open_face(face: int, substitutes: Mapping[str, Setting]) -> Setting:
        return Setting(f"F{face}", shapers[face], block.size, block.spacing, block.splits_marks, substitutes)

    return open_face(block.face, {character: open_face(face, {}) for character, face in block.substitutes})


def _write(glyphs: Sequence[Glyph], end: float, setting: Setting) -> str:
    """Write glyphs as elements of a TJ array that ends at `end` (font units)."""
    shaper = setting.shaper
    elements: list[str] = []
    pen, rise = 0.0, 0.0
    for glyph in glyphs:
        if abs(glyph.y - rise) > _NOTHING:
            rise = glyph.y
            elements.append(f"] TJ {number(rise * setting.size / shaper.units)} Ts [")
        if abs(glyph.x - pen) > _NOTHING:
            elements.append(f" {number((pen - glyph.x) * 1000 / shaper.units)}")
        elements.append(f"<{glyph.code:04x}>")
        pen = glyph.x + shaper.nominal(glyph.code)
    if rise:
        elements.append("] TJ 0 Ts [")
    if abs(end - pen) > _NOTHING:
        elements.append(f" {number((pen - end) * 1000 / shaper.units)}")
    return "".join(elements).replace("><", "")
