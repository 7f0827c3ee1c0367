"""What font files there are: which can be opened, which may be embedded, and the characters each has glyphs for."""

import io
import struct
import zlib
from typing import Final, NamedTuple

import brotli
from fontTools.ttLib import TTFont
from fontTools.ttLib.woff2 import WOFF2DirectoryEntry, woff2DirectorySize

# The largest fonts there are (CJK with all weights in one) unpack to about 50 MB.
_MOST_UNPACKED: Final = 64 * 1024 * 1024
# OpenType 1.9, OS/2 fsType: with bit 1 alone, embedding is forbidden; bit 8 forbids subsets, bit 9 outlines.
_USAGE: Final = 0x000F
_RESTRICTED: Final = 0x0002
_NO_SUBSETS: Final = 0x0100
_ONLY_BITMAPS: Final = 0x0200
# OpenType 1.9, "cmap": formats that map ranges of code points; Unicode has 1,114,112.
_RANGED: Final = (8, 12, 13)
_MOST_MAPPED: Final = 0x110000
_LATIN_TEXT: Final = 2
_SERIF_STYLES: Final = range(2, 11)
_SERIF_CLASSES: Final = frozenset({1, 2, 3, 4, 5, 7})
# WOFF 1.0, section 3 and 4: the number of tables; for each its offset, packed and unpacked length.
_WOFF_COUNT: Final = struct.Struct(">12xH")
_WOFF_ENTRIES: Final = 44
_WOFF_ENTRY: Final = struct.Struct(">4xIII4x")
# WOFF 2.0, section 4: the number of tables and the packed length of all.
_WOFF2_COUNTS: Final = struct.Struct(">12xH6xI")


class Unusable(NamedTuple):
    """Why a font file cannot be used: a fault's code, what is wrong with the file, and what to do."""

    code: str
    reason: str
    remedy: str


_DAMAGED: Final = Unusable(
    "font_unreadable", "is no font, or damaged", "Use a .ttf, .otf, .woff or .woff2 file of the face."
)
_COLLECTION: Final = Unusable(
    "font_unsupported", "is a collection of several fonts", "Save the face as a .ttf or .otf file of its own."
)
_FORBIDDEN: Final = Unusable(
    "font_forbidden", "forbids embedding (OS/2 fsType)", "Use a font whose licence allows it to be embedded in a PDF."
)
_PICTURES: Final = Unusable(
    "font_unsupported", "has pictures instead of outlines", "Use a font with outlines, such as Noto Emoji."
)


def open_font(data: bytes) -> TTFont:
    """Open a font of any format; raises whatever fontTools finds in a damaged one, or ValueError for a bomb."""
    _check_unpacked_size(data)
    font = TTFont(io.BytesIO(data), lazy=True, recalcTimestamp=False)
    font.flavor = None
    return font


def read_coverage(data: bytes) -> frozenset[int] | Unusable:
    """Return the code points a font has outlines for, or why it cannot be used."""
    if data[:4] == b"ttcf":
        return _COLLECTION
    try:
        font = open_font(data)
        _check_map(font)
        return _find_restriction(font) or _cover(font)
    except Exception:  # noqa: BLE001 - fontTools raises whatever a damaged table leads to
        return _DAMAGED


def has_serifs(data: bytes) -> bool:
    """Say whether a font that can be opened is a serif one (OpenType 1.9, OS/2 panose, else sFamilyClass)."""
    font = open_font(data)
    if "OS/2" not in font:
        return False
    style = font["OS/2"].panose
    if style.bFamilyType == _LATIN_TEXT and style.bSerifStyle:
        return style.bSerifStyle in _SERIF_STYLES
    return font["OS/2"].sFamilyClass >> 8 in _SERIF_CLASSES


def _find_restriction(font: TTFont) -> Unusable | None:
    usage = font["OS/2"].fsType if "OS/2" in font else 0
    if usage & _USAGE == _RESTRICTED or usage & (_NO_SUBSETS | _ONLY_BITMAPS):
        return _FORBIDDEN
    return None if {"glyf", "CFF ", "CFF2"} & set(font.keys()) else _PICTURES


def _check_map(font: TTFont) -> None:
    """Raise ValueError for a character map whose ranges would unpack to more than all code points there are."""
    table = font.reader["cmap"]
    (count,) = struct.unpack_from(">2xH", table)
    for (start,) in {struct.unpack_from(">4xI", table, 4 + 8 * index) for index in range(count)}:
        (kind,) = struct.unpack_from(">H", table, start)
        if kind in _RANGED:
            (groups,) = struct.unpack_from(">I", table, start + 12)
            bounds = (struct.unpack_from(">II", table, start + 16 + 12 * group) for group in range(groups))
            if sum(max(last - first, 0) + 1 for first, last in bounds) > _MOST_MAPPED:
                raise ValueError("maps too much")


def _cover(font: TTFont) -> frozenset[int] | Unusable:
    coloured = _coloured_glyphs(font)
    names = font.getBestCmap() or {}
    covered = frozenset(code for code, name in names.items() if name != ".notdef" and name not in coloured)
    return covered or (_PICTURES if coloured else _DAMAGED)


def _coloured_glyphs(font: TTFont) -> frozenset[str]:
    """Return the glyphs a browser paints in colours, for which outlines alone would be another picture."""
    found: set[str] = set()
    if "COLR" in font:
        table = font["COLR"]
        found.update(getattr(table, "ColorLayers", None) or ())
        records = getattr(getattr(table, "table", None), "BaseGlyphList", None)
        found.update(record.BaseGlyph for record in getattr(records, "BaseGlyphPaintRecord", ()))
    if "sbix" in font:
        for strike in font["sbix"].strikes.values():
            found.update(name for name, glyph in strike.glyphs.items() if glyph.graphicType)
    if "CBLC" in font:
        found.update(name for strike in font["CBLC"].strikes for part in strike.indexSubTables for name in part.names)
    return frozenset(found)


def _check_unpacked_size(data: bytes) -> None:
    """Unpack within bounds what fontTools would unpack whole, however little of it there is."""
    if data[:4] == b"wOF2":
        packed = _packed_tables(data)
        if len(brotli.Decompressor().process(packed, output_buffer_limit=_MOST_UNPACKED + 1)) > _MOST_UNPACKED:
            raise ValueError("unpacks to too much")
    elif data[:4] == b"wOFF":
        (count,) = _WOFF_COUNT.unpack_from(data)
        tables = [_WOFF_ENTRY.unpack_from(data, _WOFF_ENTRIES + _WOFF_ENTRY.size * index) for index in range(count)]
        if sum(size for _, _, size in tables) > _MOST_UNPACKED or not all(
            _keeps_size(data, *table) for table in tables
        ):
            raise ValueError("unpacks to too much")


def _packed_tables(data: bytes) -> bytes:
    """Return the compressed part of a WOFF2 file, which begins after a directory of entries of different lengths."""
    count, size = _WOFF2_COUNTS.unpack_from(data)
    file = io.BytesIO(data)
    file.seek(woff2DirectorySize)
    for _ in range(count):
        WOFF2DirectoryEntry().fromFile(file)
    return file.read(size)


def _keeps_size(data: bytes, start: int, packed: int, size: int) -> bool:
    return packed >= size or not zlib.decompressobj().decompress(data[start : start + packed], size + 1)[size:]
