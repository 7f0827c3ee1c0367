"""Characters few recipients use: their glyphs go into a small font of the letter that has them, into no other."""

import io
import struct
import zlib
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph
from fontTools.ttLib.tables.ttProgram import Program

from pressrun.domain.letters.drawing.operators import number
from pressrun.domain.letters.faces.formats import open_font
from pressrun.domain.letters.faces.outlines import check_components, fix_outlines

# PDF objects of a letter's own font: font, descendant, descriptor, file, code map, text map.
FONT_OBJECTS: Final = 6

# Symbolic, since codes are numbers of no encoding (PDF 1.7, table 123).
_SYMBOLIC: Final = 4
_MAGIC: Final = 0x5F0F3CF5
_CHECKSUM_BASE: Final = 0xB1B0AFBA
_WORD: Final = 0xFFFFFFFF
# Seconds between 1904 and 2000: a fixed date, because equal letters are equal bytes.
_DATE: Final = 3029529600
_TABLES: Final = (b"glyf", b"head", b"hhea", b"hmtx", b"loca", b"maxp")
# Table directory for six tables: header, then 16 bytes each (OpenType 1.9, "Table Directory").
_DIRECTORY: Final = struct.pack(">IHHHH", 0x00010000, 6, 64, 2, 32)
_GLYPHS_FROM: Final = len(_DIRECTORY) + 16 * len(_TABLES)
# OpenType 1.9, "Simple Glyph Table": header, two bytes for each contour, then the length of the instructions.
_HINTS_FROM: Final = 10
# A CMap block holds at most 100 entries (Adobe technical note 5411).
_BLOCK: Final = 100


@dataclass(frozen=True, slots=True)
class RareFace:
    """The rare characters of a face, sorted; a character's code in a PDF is its place among them.

    `glyphs` are their simple glyf records end to end, `ends` where each one ends, `advances` and `bearings` in font
    units; `profile` is points and contours at most; `box`, `ascent` and `descent` in font units.
    """

    name: str
    units: int
    characters: str
    glyphs: bytes
    ends: tuple[int, ...]
    advances: tuple[int, ...]
    bearings: tuple[int, ...]
    profile: tuple[int, int]
    box: tuple[int, int, int, int]
    ascent: int
    descent: int

    def code(self, character: str) -> int:
        """Return the code of one of its characters."""
        return bisect_left(self.characters, character)


def cut_rare(data: bytes, characters: str, weight: int, style: str) -> RareFace:
    """Take the glyphs of `characters` (sorted, all covered) out of a font of any format."""
    font = open_font(data)
    if "fvar" not in font and "glyf" in font:
        names = font.getBestCmap()
        check_components(font, [names[ord(character)] for character in characters])
        return _read(font, characters)
    subsetter = Subsetter(Options(layout_features=[], legacy_kern=False, hinting=False, name_IDs=[6]))
    subsetter.populate(unicodes=list(map(ord, characters)))
    subsetter.subset(font)
    fix_outlines(font, weight, style)
    file = io.BytesIO()
    font.save(file)
    return _read(TTFont(file), characters)


def _read(font: TTFont, characters: str) -> RareFace:
    cmap, metrics = font.getBestCmap(), font["hmtx"].metrics
    names = [cmap[ord(character)] for character in characters]
    records = _read_records(font, names)
    head, hhea, profile = font["head"], font["hhea"], font["maxp"]
    return RareFace(
        name="".join(letter for letter in _full_name(font) if letter.isascii() and (letter.isalnum() or letter == "-")),
        units=head.unitsPerEm,
        characters=characters,
        glyphs=b"".join(records),
        ends=tuple(accumulate(map(len, records))),
        advances=tuple(metrics[name][0] for name in names),
        bearings=tuple(metrics[name][1] for name in names),
        profile=(
            max(profile.maxPoints, profile.maxCompositePoints),
            max(profile.maxContours, profile.maxCompositeContours),
        ),
        box=(head.xMin, head.yMin, head.xMax, head.yMax),
        ascent=hhea.ascent,
        descent=hhea.descent,
    )


def _full_name(font: TTFont) -> str:
    return font["name"].getDebugName(6) or "Face"


def _read_records(font: TTFont, names: Sequence[str]) -> list[bytes]:
    """Return glyf records without hints, four-byte aligned, those made of other glyphs flattened."""
    raw, places = font.reader["glyf"], font["loca"].locations
    records: list[bytes] = []
    for name in names:
        number = font.getGlyphID(name)
        record = raw[places[number] : places[number + 1]]
        if record:
            (contours,) = struct.unpack_from(">h", record)
            flat = contours < 0
            record = _flatten(font["glyf"][name], font["glyf"]) if flat else _strip_hints(record, contours)
        records.append(record + bytes(-len(record) % 4))
    return records


def _strip_hints(record: bytes, contours: int) -> bytes:
    """Leave out a simple glyph's instructions, which would call functions this font does not bring."""
    at = _HINTS_FROM + 2 * contours
    (length,) = struct.unpack_from(">H", record, at)
    return b"%b\0\0%b" % (record[:at], record[at + 2 + length :])


def _flatten(glyph: Glyph, table: object) -> bytes:
    coordinates, ends, flags = glyph.getCoordinates(table)
    flat = Glyph()
    flat.numberOfContours = len(ends)
    flat.coordinates, flat.endPtsOfContours, flat.flags = coordinates, list(ends), flags
    flat.coordinates.toInt()
    flat.program = Program()
    flat.program.fromBytecode(b"")
    flat.recalcBounds(table)
    return bytes(flat.compile(table, recalcBBoxes=False))


def write_font(rare: RareFace, characters: Sequence[str], first_number: int) -> list[bytes]:
    """Return the bodies of FONT_OBJECTS objects, the font itself first, numbered from `first_number`.

    Only `characters` are in it, each of them a rare one of the face.
    """
    codes = sorted({rare.code(character) for character in characters})
    name = f"{_tag(codes)}+{rare.name}"
    em = 1000 / rare.units
    numbers = [f"{first_number + offset} 0 R" for offset in range(FONT_OBJECTS)]
    widths = " ".join(number(rare.advances[code] * em) for code in codes)
    box = " ".join(number(edge * em) for edge in rare.box)
    ascent, descent = number(rare.ascent * em), number(rare.descent * em)
    file = _write_file(rare, codes)
    return [
        f"<</Type/Font/Subtype/Type0/BaseFont/{name}/Encoding {numbers[4]}/DescendantFonts[{numbers[1]}]"
        f"/ToUnicode {numbers[5]}>>".encode(),
        f"<</Type/Font/Subtype/CIDFontType2/BaseFont/{name}/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
        f"/Supplement 0>>/FontDescriptor {numbers[2]}/DW 0/W[1[{widths}]]/CIDToGIDMap/Identity>>".encode(),
        f"<</Type/FontDescriptor/FontName/{name}/Flags {_SYMBOLIC}/FontBBox[{box}]/ItalicAngle 0/Ascent {ascent}"
        f"/Descent {descent}/CapHeight {ascent}/StemV 80/FontFile2 {numbers[3]}>>".encode(),
        _stream(file, f"/Length1 {len(file)}"),
        _stream(
            _write_codes(codes),
            "/Type/CMap/CMapName/Rare/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>",
        ),
        _stream(_write_texts(rare, codes), ""),
    ]


def _tag(codes: Sequence[int]) -> str:
    """Return six capitals that differ between different subsets (PDF 1.7, 9.6.4)."""
    digest = zlib.crc32(struct.pack(f">{len(codes)}H", *codes))
    return "".join(chr(65 + digest // 26**place % 26) for place in range(6))


def _stream(data: bytes, entries: str) -> bytes:
    packed = zlib.compress(data)
    head = f"<<{entries}/Filter/FlateDecode/Length {len(packed)}>>".encode()
    return b"%b\nstream\n%b\nendstream" % (head, packed)


def _write_file(rare: RareFace, codes: Sequence[int]) -> bytes:
    """Write a TrueType font of glyph 0, which is empty, and one glyph for each code."""
    ends = rare.ends
    records = [rare.glyphs[ends[code - 1] if code else 0 : ends[code]] for code in codes]
    places = [0, 0]
    for record in records:
        places.append(places[-1] + len(record))
    glyphs = b"".join(records)
    count = len(codes) + 1
    metrics = [0, 0]
    for code in codes:
        metrics += rare.advances[code], rare.bearings[code]
    widest = max(metrics[::2])
    head = struct.pack(
        ">IIIIHHqqhhhhHHhhh",
        *(0x00010000, 0x00010000, 0, _MAGIC, 3, rare.units, _DATE, _DATE),
        *rare.box,
        *(0, 3, 2, 1, 0),
    )
    hhea = struct.pack(
        ">IhhhHhhhhhhhhhhhH", 0x00010000, rare.ascent, rare.descent, 0, widest, *[0] * 3, 1, *[0] * 7, count
    )
    tables = {
        b"glyf": glyphs,
        b"head": head,
        b"hhea": hhea,
        b"hmtx": struct.pack(">" + "Hh" * count, *metrics),
        b"loca": struct.pack(f">{len(places)}I", *places),
        b"maxp": struct.pack(">IHHHHHHHHHHHHHH", 0x00010000, count, *rare.profile, 0, 0, 1, *[0] * 8),
    }
    return _join(tables)


def _join(tables: dict[bytes, bytes]) -> bytes:
    directory, body, at = [_DIRECTORY], [], _GLYPHS_FROM
    for tag in _TABLES:
        data = tables[tag]
        padded = data + bytes(-len(data) % 4)
        directory.append(struct.pack(">4sIII", tag, _sum(padded), at, len(data)))
        body.append(padded)
        at += len(padded)
    file = b"".join(directory + body)
    # head's own checkSumAdjustment makes the sum of the whole file the constant of the specification.
    adjust = _GLYPHS_FROM + len(body[0]) + 8
    return b"%b%b%b" % (file[:adjust], struct.pack(">I", (_CHECKSUM_BASE - _sum(file)) & _WORD), file[adjust + 4 :])


def _sum(data: bytes) -> int:
    words: tuple[int, ...] = struct.unpack(f">{len(data) // 4}I", data)
    return sum(words) & _WORD


def _write_codes(codes: Sequence[int]) -> bytes:
    entries = [f"<{code:04x}> {place}" for place, code in enumerate(codes, 1)]
    return _write_map("Rare", 1, "cid", entries)


def _write_texts(rare: RareFace, codes: Sequence[int]) -> bytes:
    entries = [f"<{code:04x}> <{rare.characters[code].encode('utf-16-be').hex()}>" for code in codes]
    return _write_map("Adobe-Identity-UCS", 2, "bf", entries)


def _write_map(name: str, kind: int, entry: str, entries: Sequence[str]) -> bytes:
    lines = [
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
        "/CIDSystemInfo <</Registry (Adobe) /Ordering (Identity) /Supplement 0>> def",
        f"/CMapName /{name} def /CMapType {kind} def",
        "1 begincodespacerange <0000> <ffff> endcodespacerange",
    ]
    for start in range(0, len(entries), _BLOCK):
        block = entries[start : start + _BLOCK]
        lines += f"{len(block)} begin{entry}char", *block, f"end{entry}char"
    lines.append("endcmap CMapName currentdict /CMap defineresource pop end end")
    return "\n".join(lines).encode()
