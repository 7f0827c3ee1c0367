"""Cutting a face down to the glyphs a batch can need."""

import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from pressrun.domain.errors import FaultyInput
from pressrun.domain.letters.canvas.source import FontFile
from pressrun.domain.letters.faces.fonts import Face
from pressrun.domain.letters.faces.formats import open_font
from pressrun.domain.letters.faces.outlines import fix_outlines
from pressrun.domain.letters.faces.rare import RareFace, cut_rare
from pressrun.domain.letters.typography.companions import find_companions, joined_form
from pressrun.domain.letters.typography.screening import is_covered, is_direct
from schemas.faults import Fault

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
_LAST_OF_PLANE: Final = "\uffff"
_SELECTORS: Final = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), *range(0x180B, 0x180E))))
# A PDF draws glyphs by number: naming, character maps, layout and hinting are dead weight in every letter.
_NOT_EMBEDDED: Final = ("GSUB", "GPOS", "GDEF", "BASE", "kern", "cmap", "name", "OS/2", "post", "gasp", "DSIG")
# FontForge's time stamps, of which fontTools would log that it does not know them; and what is drawn in colours.
_DROPPED: Final = ("FFTM", "COLR", "CPAL", "CBDT", "CBLC", "sbix", "SVG ", "STAT", "meta")


@dataclass(frozen=True, slots=True)
class Typeface:
    """What stamping needs of a face: a subset with its layout tables, and the codes of doubled glyphs.

    `aliases` give a character or emoji sequence its own code where it shares a glyph with another, so that text can be
    copied out of the PDF as it went in; `characters` are those it can print, sorted; `texts` are what a reader copies,
    by code. `data` is empty for a face no ordinary character needs.
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
    subsetter = Subsetter(_options(characters, _scripts(font)))
    sought = find_companions(printed, shapes_by_tables="GSUB" in font).union(printed)
    subsetter.populate(unicodes=sorted(known.keys() & set(map(ord, sought))))
    subsetter.subset(font)
    fix_outlines(font, weight, style)
    return _describe(font, printed)


def subset_faces(
    faces: Sequence[Face], needs: Sequence[Collection[str]], rare: Collection[str]
) -> tuple[tuple[Typeface, ...], dict[int, Embedding]]:
    """Cut faces to what is needed of each; what nothing is needed of is not embedded.

    Of `rare` those characters are set apart that are always shown by their own glyphs. Raises FaultyInput with every
    face that is damaged where only cutting looks.
    """
    typefaces: list[Typeface] = []
    embeddings: dict[int, Embedding] = {}
    faults: list[Fault] = []
    apart = frozenset(filter(is_direct, rare))
    for number, (face, needed) in enumerate(zip(faces, needs, strict=True)):
        try:
            typeface, embedding = _cut(face, frozenset(needed), apart)
        except Exception:  # noqa: BLE001 - fontTools raises whatever a damaged table leads to
            faults.append(_damaged(face.file))
            continue
        typefaces.append(typeface)
        if embedding:
            embeddings[number] = embedding
    if faults:
        raise FaultyInput(faults)
    return tuple(typefaces), embeddings


def _cut(face: Face, needed: frozenset[str], apart: frozenset[str]) -> tuple[Typeface, Embedding | None]:
    file = face.file
    few = {character for character in needed & apart if ord(character) in face.coverage}
    many = "".join(sorted(needed - few))
    rare = cut_rare(file.data, "".join(sorted(few)), file.weight, file.style) if few else None
    if not many:
        return Typeface(b"", "", {}, (), rare), None
    typeface, embedding = subset_face(file.data, many, file.weight, file.style)
    return replace(typeface, rare=rare), embedding


def _damaged(file: FontFile) -> Fault:
    return Fault(
        code="font_unreadable",
        where="fonts",
        message=f"The file of {file.family} {file.weight} {file.style} has damaged glyphs or tables.",
        remedy="Use another copy of the font.",
    )


def _scripts(font: TTFont) -> list[str]:
    """Return the scripts of a font, each with its default and English, which is the language that is shaped for."""
    tables = [font[tag].table.ScriptList for tag in ("GSUB", "GPOS") if tag in font]
    tags = {record.ScriptTag.strip() for scripts in tables if scripts for record in scripts.ScriptRecord}
    return [f"{tag}.{language}" for tag in sorted(tags) for language in ("dflt", "ENG")]


def _options(characters: str, scripts: list[str]) -> Options:
    fractions = _FRACTIONS if _FRACTION_SLASH in characters else ()
    options = Options(
        layout_features=[*FEATURES, *_SCRIPT_FEATURES, *fractions],
        layout_scripts=scripts,
        # As Chromium's sanitiser does with Open Sans, whose table is longer than its own length field can say.
        legacy_kern=False,
        hinting=False,
        notdef_outline=True,
        name_IDs=[6],
    )
    options.drop_tables += _DROPPED
    return options


def _drop_variants(font: TTFont) -> None:
    """Forget the glyphs of variation sequences (cmap format 14), which a subset would take along for each letter."""
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
    doubles += [(text, numbers[name]) for text, name in _find_sequences(font, texts)]
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
        widths=tuple(round(metrics[order[glyph]][0] * em, 1) for glyph in glyphs),
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
    replacements = list(_replacements(font))
    found = True
    while found:
        found = False
        for result, sources in replacements:
            if result not in texts and all(source in texts for source in sources):
                texts[result] = joined_form("".join(texts[source] for source in sources))
                found = True


def _find_sequences(font: TTFont, texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield emoji sequences drawn by the glyph of another: a face without colours has one for all tones of skin.

    Their text has to be the glyph's own: PDFium leaves emoji out of an ActualText.
    """
    known = set(texts.values())
    for result, sources in _replacements(font):
        text = "".join(texts.get(source, "") for source in sources)
        if text not in known and max(text, default="") > _LAST_OF_PLANE and all(source in texts for source in sources):
            known.add(text)
            yield text, result


def _replacements(font: TTFont) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield (resulting glyph, glyphs replaced) of single and ligature substitutions (OpenType GSUB types 1, 4, 7)."""
    lookups = font["GSUB"].table.LookupList if "GSUB" in font else None
    for lookup in lookups.Lookup if lookups else ():
        for subtable in lookup.SubTable:
            table = getattr(subtable, "ExtSubTable", subtable)
            if hasattr(table, "mapping") and table.LookupType == 1:
                yield from ((result, (source,)) for source, result in table.mapping.items())
            for first, ligatures in getattr(table, "ligatures", {}).items():
                yield from ((each.LigGlyph, (first, *each.Component)) for each in ligatures)
