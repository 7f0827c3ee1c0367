"""Cutting a face down to the glyphs a batch can need."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

# What Chromium applies to ordinary text (and fabric.md measured): composition, ligatures, kerning, marks.
FEATURES: Final = ("ccmp", "locl", "rlig", "liga", "clig", "calt", "kern", "mark", "mkmk")
# A PDF draws glyphs by number: naming, character maps, layout and hinting are dead weight in every letter.
_NOT_EMBEDDED: Final = ("GSUB", "GPOS", "GDEF", "BASE", "kern", "cmap", "name", "OS/2", "post", "gasp", "DSIG")


@dataclass(frozen=True, slots=True)
class Typeface:
    """What stamping needs of a face: a subset with its layout tables, and the codes of doubled glyphs.

    `aliases` give a character its own code where it shares a glyph with another, so that text can be copied out of
    the PDF as it went in; `characters` are those it can print, sorted.
    """

    data: bytes
    characters: str
    aliases: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Embedding:
    """What the PDF needs of a face; lengths in thousandths of the em, lists by code."""

    name: str
    data: bytes
    glyphs: tuple[int, ...]
    widths: tuple[float, ...]
    texts: tuple[str, ...]
    box: tuple[float, float, float, float]
    ascent: float
    descent: float
    italic_angle: float
    bold: bool


def subset_face(data: bytes, characters: str) -> tuple[Typeface, Embedding]:
    """Cut a TrueType face to `characters`; those it has no glyph for are left out."""
    font = TTFont(io.BytesIO(data), recalcTimestamp=False)
    covered = {ord(character) for character in characters + " "} & set(font.getBestCmap())
    options = Options(
        layout_features=list(FEATURES),
        # As Chromium's sanitiser does with Open Sans, whose table is longer than its own length field can say.
        legacy_kern=False,
        hinting=False,
        notdef_outline=True,
        name_IDs=[6],
    )
    # FontForge's time stamps; fontTools would log that it does not know them.
    options.drop_tables += ["FFTM"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=sorted(covered))
    subsetter.subset(font)
    return _describe(font, sorted(map(chr, covered)))


def _describe(font: TTFont, characters: list[str]) -> tuple[Typeface, Embedding]:
    order = font.getGlyphOrder()
    numbers = {name: number for number, name in enumerate(order)}
    cmap = font.getBestCmap()
    texts: dict[str, str] = {}
    doubles: list[tuple[str, int]] = []
    for character in characters:
        name = cmap[ord(character)]
        if texts.setdefault(name, character) != character:
            doubles.append((character, numbers[name]))
    _add_substitutes(font, texts)
    glyphs = (*range(len(order)), *(glyph for _, glyph in doubles))
    aliases = {character: len(order) + place for place, (character, _) in enumerate(doubles)}
    names = (*(texts.get(name, "") for name in order), *aliases)
    face = Typeface(_save(font), "".join(characters), aliases)
    return face, _embed(font, glyphs, names)


def _embed(font: TTFont, glyphs: tuple[int, ...], texts: tuple[str, ...]) -> Embedding:
    head, hhea, order = font["head"], font["hhea"], font.getGlyphOrder()
    em = 1000 / head.unitsPerEm
    metrics = font["hmtx"].metrics
    name = font["name"].getDebugName(6) or "Face"
    italic = float(font["post"].italicAngle)
    for tag in _NOT_EMBEDDED:
        if tag in font:
            del font[tag]
    return Embedding(
        name="".join(letter for letter in name if letter.isascii() and (letter.isalnum() or letter == "-")),
        data=_save(font),
        glyphs=glyphs,
        widths=tuple(round(metrics[order[glyph]][0] * em, 3) for glyph in glyphs),
        texts=texts,
        box=(head.xMin * em, head.yMin * em, head.xMax * em, head.yMax * em),
        ascent=hhea.ascent * em,
        descent=hhea.descent * em,
        italic_angle=italic,
        bold=bool(head.macStyle & 1),
    )


def _save(font: TTFont) -> bytes:
    file = io.BytesIO()
    font.save(file, reorderTables=True)
    return file.getvalue()


def _add_substitutes(font: TTFont, texts: dict[str, str]) -> None:
    """Give ligatures and alternates the text of what they replace, until nothing new is found."""
    if "GSUB" not in font or font["GSUB"].table.LookupList is None:
        return
    replacements = list(_replacements(font))
    found = True
    while found:
        found = False
        for result, sources in replacements:
            if result not in texts and all(source in texts for source in sources):
                texts[result] = "".join(texts[source] for source in sources)
                found = True


def _replacements(font: TTFont) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield (resulting glyph, glyphs replaced) of single and ligature substitutions (OpenType GSUB types 1, 4, 7)."""
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for subtable in lookup.SubTable:
            table = getattr(subtable, "ExtSubTable", subtable)
            if hasattr(table, "mapping") and table.LookupType == 1:
                yield from ((result, (source,)) for source, result in table.mapping.items())
            for first, ligatures in getattr(table, "ligatures", {}).items():
                yield from ((each.LigGlyph, (first, *each.Component)) for each in ligatures)
