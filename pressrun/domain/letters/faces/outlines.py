"""Outlines as PDF embeds them here: one weight of a variable font, cubic curves as quadratic ones."""

from collections.abc import Iterable
from typing import Final

from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable
from fontTools.varLib.instancer import instantiateVariableFont

# Of the em: a third of a thousandth is 0.008 mm in letters 25 mm high.
_MOST_ERROR: Final = 0.0003
# The most intricate CJK glyphs are put together from about 20 parts, two or three levels deep.
_DEEPEST: Final = 16
_MOST_PARTS: Final = 1_000
_SLANTED: Final = ("italic", "oblique")
_MAXIMA: Final = (
    "maxZones",
    "maxTwilightPoints",
    "maxStorage",
    "maxFunctionDefs",
    "maxInstructionDefs",
    "maxStackElements",
    "maxSizeOfInstructions",
    "maxComponentElements",
    "maxPoints",
    "maxContours",
    "maxCompositePoints",
    "maxCompositeContours",
    "maxComponentDepth",
)


def fix_outlines(font: TTFont, weight: int, style: str) -> None:
    """Turn a font into a static TrueType one, in place; raises ValueError for endless outlines."""
    if "glyf" in font:
        check_components(font, font.getGlyphOrder())
    if "fvar" in font:
        instantiateVariableFont(font, _choose_location(font, weight, style), inplace=True)
    if "glyf" not in font:
        _convert_curves(font)


def check_components(font: TTFont, names: Iterable[str]) -> None:
    """Raise ValueError where glyphs made of glyphs made of glyphs come to more than any letter has."""
    table = font["glyf"]
    parts: dict[str, int] = {}

    def count(name: str, depth: int) -> int:
        if depth > _DEEPEST:
            raise ValueError("components too deep")
        if name not in parts:
            glyph = table[name]
            inner = glyph.components if glyph.isComposite() else ()
            parts[name] = 1 + sum(count(part.glyphName, depth + 1) for part in inner)
        return parts[name]

    for name in names:
        if count(name, 0) > _MOST_PARTS:
            raise ValueError("too many components")


def _choose_location(font: TTFont, weight: int, style: str) -> dict[str, float]:
    """Return a place on each axis: the weight wished for, the slope of the style, else the font's own default."""
    place = {axis.axisTag: float(axis.defaultValue) for axis in font["fvar"].axes}
    for axis in font["fvar"].axes:
        if axis.axisTag == "wght":
            place["wght"] = min(max(float(weight), axis.minValue), axis.maxValue)
        elif style in _SLANTED and axis.axisTag == "ital":
            place["ital"] = axis.maxValue
        elif style in _SLANTED and axis.axisTag == "slnt":
            place["slnt"] = axis.minValue
    return place


def _convert_curves(font: TTFont) -> None:
    drawn = font.getGlyphSet()
    order = font.getGlyphOrder()
    table = newTable("glyf")
    table.glyphOrder = order
    table.glyphs = {}
    metrics = font["hmtx"].metrics
    error = font["head"].unitsPerEm * _MOST_ERROR
    for name in order:
        pen = TTGlyphPen(None)
        drawn[name].draw(Cu2QuPen(pen, error, reverse_direction=True))
        glyph = table.glyphs[name] = pen.glyph()
        # Rasterisers move an outline until its left edge is where hmtx says.
        glyph.recalcBounds(table)
        metrics[name] = (metrics[name][0], getattr(glyph, "xMin", 0))
    font["glyf"], font["loca"] = table, newTable("loca")
    _describe_quadratic(font)


def _describe_quadratic(font: TTFont) -> None:
    for tag in ("CFF ", "CFF2", "VORG"):
        if tag in font:
            del font[tag]
    profile = font["maxp"]
    profile.tableVersion = 0x00010000
    for name in _MAXIMA:
        setattr(profile, name, 1 if name == "maxZones" else 0)
    font["head"].glyphDataFormat = 0
    font["post"].formatType = 3.0
    font.sfntVersion = "\x00\x01\x00\x00"
