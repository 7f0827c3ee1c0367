"""Cutting a face down to the glyphs a batch can need."""

import io
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from pressrun.domain.letters.formats import open_font
from pressrun.domain.letters.outlines import fix_outlines
from pressrun.domain.letters.rare import RareFace, cut_rare
from pressrun.domain.letters.screening import is_covered

# What HarfBuzz applies by itself to ordinary text, as browsers do (fabric.md measured the first line in Chromium).
FEATURES: Final = ("ccmp", "locl", "rlig", "liga", "clig", "calt", "kern", "mark", "mkmk")
# Likewise to scripts whose letters join, reorder or stack (OpenType 1.9, "Registered features").
_SCRIPT_FEATURES: Final = (
    *("init", "medi", "med2", "fina", "fin2", "fin3", "isol", "curs", "stch", "mset", "rclt"),
    *("akhn", "rphf", "half", "pref", "blwf", "abvf", "pstf", "vatu", "cjct", "cfar", "nukt", "rkrf"),
    *("pres", "abvs", "blws", "psts", "haln", "dist", "abvm", "blwm"),
    *("ljmo", "vjmo", "tjmo", "ltra", "ltrm", "rtla", "rtlm"),
)
_FRACTIONS: Final = ("frac", "numr", "dnom")
_FRACTION_SLASH: Final = "\u2044"
_SEQUENCES: Final = 14
_SELECTORS: Final = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), 0x180B, 0x180C, 0x180D)))
# A PDF draws glyphs by number: naming, character maps, layout and hinting are dead weight in every letter.
_NOT_EMBEDDED: Final = ("GSUB", "GPOS", "GDEF", "BASE", "kern", "cmap", "name", "OS/2", "post", "gasp", "DSIG")
# FontForge's time stamps, of which fontTools would log that it does not know them; and what is drawn in colours.
_DROPPED: Final = ("FFTM", "COLR", "CPAL", "CBDT", "CBLC", "sbix", "SVG ", "STAT", "meta")


@dataclass(frozen=True, slots=True)
class Typeface:
    """What stamping needs of a face: a subset with its layout tables, and the codes of doubled glyphs.

    `aliases` give a character its own code where it shares a glyph with another, so that text can be copied out of
    the PDF as it went in; `characters` are those it can print, sorted; `texts` are what a reader copies, by code.
    `data` is empty for a face no ordinary character needs.
    """

    data: bytes
    characters: str
    aliases: Mapping[str, int]
    texts: tuple[str, ...] = ()
    rare: RareFace | None = None


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


def subset_face(data: bytes, characters: str, weight: int = 400, style: str = "normal") -> tuple[Typeface, Embedding]:
    """Cut a face of any format to `characters` as static TrueType; those it has no glyph for are left out.

    Of a variable font it is the face of that weight and style.
    """
    font = open_font(data)
    known = font.getBestCmap()
    printed = sorted(character for character in {*characters, " "} if is_covered(character, known))
    if not _SELECTORS.intersection(characters):
        _drop_variants(font)
    subsetter = Subsetter(_options(characters))
    subsetter.populate(unicodes=sorted(_code_points(printed) & known.keys()))
    subsetter.subset(font)
    fix_outlines(font, weight, style)
    return _describe(font, printed)


def subset_with_rare(
    data: bytes, characters: Collection[str], rare: Collection[str], weight: int, style: str
) -> tuple[Typeface, Embedding | None]:
    """Cut a face to `characters`, and take out of it those of `rare`; nothing is embedded if there are only these."""
    few = cut_rare(data, "".join(sorted(rare)), weight, style) if rare else None
    if not characters:
        return Typeface(b"", "", {}, (), few), None
    face, embedding = subset_face(data, "".join(sorted(characters)), weight, style)
    return Typeface(face.data, face.characters, face.aliases, face.texts, few), embedding


def _options(characters: str) -> Options:
    fractions = _FRACTIONS if _FRACTION_SLASH in characters else ()
    options = Options(
        layout_features=[*FEATURES, *_SCRIPT_FEATURES, *fractions],
        # As Chromium's sanitiser does with Open Sans, whose table is longer than its own length field can say.
        legacy_kern=False,
        hinting=False,
        notdef_outline=True,
        name_IDs=[6],
    )
    options.drop_tables += _DROPPED
    return options


def _code_points(characters: Collection[str]) -> set[int]:
    """Return the code points of characters and of their parts, for those a face shows put together."""
    return {ord(part) for character in characters for part in (character, *unicodedata.normalize("NFD", character))}


def _drop_variants(font: TTFont) -> None:
    """Forget the glyphs of variation sequences (cmap format 14), which a subset would take along for every character."""
    font["cmap"].tables = [table for table in font["cmap"].tables if table.format != _SEQUENCES]


def _describe(font: TTFont, characters: list[str]) -> tuple[Typeface, Embedding]:
    order = font.getGlyphOrder()
    numbers = {name: number for number, name in enumerate(order)}
    cmap = font.getBestCmap()
    texts: dict[str, str] = {}
    doubles: list[tuple[str, int]] = []
    for character in characters:
        name = cmap.get(ord(character))
        if name and texts.setdefault(name, character) != character:
            doubles.append((character, numbers[name]))
    _add_substitutes(font, texts)
    glyphs = (*range(len(order)), *(glyph for _, glyph in doubles))
    aliases = {character: len(order) + place for place, (character, _) in enumerate(doubles)}
    names = (*(texts.get(name, "") for name in order), *aliases)
    face = Typeface(_save(font), "".join(characters), aliases, names)
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
