"""Shaped glyphs as elements of a TJ array from which a reader copies the text as it was written."""

import unicodedata
from collections.abc import Sequence
from itertools import groupby
from typing import Final

from fontTools.unicodedata import mirrored

from pressrun.domain.letters.drawing.operators import number
from pressrun.domain.letters.typography.scripts import split_graphemes
from pressrun.domain.letters.typography.shaping import Glyph, RareShaper, Shaper

# A hundredth of a font unit is less than rounding to five decimals shows.
_NOTHING: Final = 0.01
# PDFium leaves characters beyond the first plane out of an ActualText, but not out of a glyph's own text.
_LAST_OF_PLANE: Final = "\uffff"
# Choose between text and picture; sequences are the same without them.
_SELECTORS: Final = "\ufe0e\ufe0f"


def write_glyphs(
    glyphs: Sequence[Glyph],
    end: float,
    text: str,
    texts: Sequence[str],
    shaper: Shaper | RareShaper,
    size: float,
    *,
    right_to_left: bool,
) -> str:
    """Write the glyphs of `text`, whose codes a reader takes for `texts`, as elements that end at `end` (font units).

    Where the glyphs do not spell the text in order, it is stated beside them (PDF 1.7, 14.9.4 ActualText): for the
    whole run, or from right to left cluster by cluster, because readers turn lines round themselves.
    """
    if right_to_left:
        spans = [(span, _as_seen(shown)) for span, shown in _spell_clusters(glyphs, text, texts, shaper)]
    elif _is_spelt(glyphs, text, texts):
        spans = [(glyphs, "")]
    else:
        spans = [(glyphs, text)] if max(text) <= _LAST_OF_PLANE else _spell_clusters(glyphs, text, texts, shaper)
    pen = _Pen(shaper, size)
    for span, spelling in spans:
        if spelling:
            pen.written.append(f"] TJ /Span <</ActualText <feff{spelling.encode('utf-16-be').hex()}>>> BDC [")
        for glyph in span:
            pen.put(glyph)
        if spelling:
            pen.level()
            pen.written.append("] TJ EMC [")
    return pen.finish(end)


class _Pen:
    """Where writing has got to in a TJ array, in font units."""

    __slots__ = ("at", "rise", "scale", "shaper", "written")

    def __init__(self, shaper: Shaper | RareShaper, size: float) -> None:
        self.shaper = shaper
        self.scale = size / shaper.units
        self.at = 0.0
        self.rise = 0.0
        self.written: list[str] = []

    def put(self, glyph: Glyph) -> None:
        if abs(glyph.y - self.rise) > _NOTHING:
            self.rise = glyph.y
            self.written.append(f"] TJ {number(self.rise * self.scale)} Ts [")
        self.move(glyph.x)
        self.written.append(f"<{self.shaper.write_code(glyph.code)}>")
        self.at = glyph.x + self.shaper.nominal(glyph.code)

    def move(self, x: float) -> None:
        if abs(x - self.at) > _NOTHING:
            self.written.append(f" {number((self.at - x) * 1000 / self.shaper.units)}")
            self.at = x

    def level(self) -> None:
        if self.rise:
            self.written.append("] TJ 0 Ts [")
            self.rise = 0.0

    def finish(self, end: float) -> str:
        self.level()
        self.move(end)
        return "".join(self.written).replace("><", "")


def _is_spelt(glyphs: Sequence[Glyph], text: str, texts: Sequence[str]) -> bool:
    """Say whether the glyphs, one after the other, are read as the text."""
    return not texts or _same("".join([texts[glyph.code] for glyph in glyphs]), text)


def _spell_clusters(
    glyphs: Sequence[Glyph], text: str, texts: Sequence[str], shaper: Shaper | RareShaper
) -> list[tuple[Sequence[Glyph], str]]:
    """Return the clusters from left to right, each with its text unless its one glyph is read so.

    Letters come before their marks, else readers take the mark's narrow box for the letter's place.
    """
    if not glyphs:
        # Joiners and direction marks alone draw nothing.
        return []
    starts = sorted({glyph.cluster for glyph in glyphs})
    ends = dict(zip(starts, [*starts[1:], len(text)], strict=True))
    spans: list[tuple[Sequence[Glyph], str]] = []
    for start, run in groupby(glyphs, key=lambda glyph: glyph.cluster):
        cluster = sorted(run, key=lambda glyph: shaper.nominal(glyph.code) == 0)
        shown = text[start : ends[start]]
        spans.append(_spell_one(cluster[0], shown, texts, shaper) if len(cluster) == 1 else (cluster, shown))
    return spans


def _as_seen(text: str) -> str:
    """Return letters from left to right, each with its marks behind it, as readers take them and turn them round."""
    return "".join(reversed(split_graphemes(text)))


def _spell_one(
    glyph: Glyph, shown: str, texts: Sequence[str], shaper: Shaper | RareShaper
) -> tuple[Sequence[Glyph], str]:
    """Return a cluster of one glyph, under the code that says what it shows, if there is one."""
    read = texts[glyph.code]
    if _stands_for(read, shown) or _stands_for(read, _as_seen(shown)):
        return [glyph], ""
    if max(shown) <= _LAST_OF_PLANE or isinstance(shaper, RareShaper):
        return [glyph], shown
    visible = "".join(character for character in shown if character not in _SELECTORS)
    return [glyph._replace(code=shaper.aliases.get((visible, glyph.code), glyph.code))], ""


def _same(read: str, text: str) -> bool:
    return read == text or unicodedata.normalize("NFC", read) == unicodedata.normalize("NFC", text)


def _stands_for(read: str, shown: str) -> bool:
    """Say whether readers make the text of a cluster out of its glyph; a mirrored bracket they read as it looks."""
    return _same(unicodedata.normalize("NFKC", read), shown) or (
        len(shown) == 1 and mirrored(ord(shown)) == ord(read or chr(0))
    )
