"""Fonts as PDF objects (PDF 1.7, 9.7 composite fonts)."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String

from pressrun.domain.letters.faces.coding import list_code_ranges, list_code_spaces, write_code
from pressrun.domain.letters.faces.subsets import Embedding

# Flags of a font descriptor (table 123): symbolic, since codes are glyph numbers; italic.
_SYMBOLIC: Final = 1 << 2
_ITALIC: Final = 1 << 6
# No reader needs the true stem width of an embedded face; these are usual for regular and bold.
_STEM_REGULAR: Final = 80
_STEM_BOLD: Final = 140
# A CMap block holds at most 100 entries (Adobe technical note 5411).
_BLOCK: Final = 100


def embed_fonts(pdf: Pdf, faces: Mapping[int, Embedding]) -> dict[int, pikepdf.Object]:
    """Add faces as Type0 fonts of one encoding."""
    encoding = _encoding(pdf, max((len(face.texts) for face in faces.values()), default=0))
    return {number: _embed_font(pdf, face, encoding) for number, face in faces.items()}


def _embed_font(pdf: Pdf, face: Embedding, encoding: pikepdf.Object) -> pikepdf.Object:
    name = Name(f"/{_tag(face)}+{face.name}")
    descendant = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2,
        BaseFont=name,
        CIDSystemInfo=Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0),
        FontDescriptor=pdf.make_indirect(_descriptor(pdf, face, name)),
        DW=0,
        W=Array([0, Array([_decimal(width) for width in face.widths])]),
        CIDToGIDMap=_code_map(pdf, face),
    )
    font = Dictionary(
        Type=Name.Font,
        Subtype=Name.Type0,
        BaseFont=name,
        Encoding=encoding,
        DescendantFonts=Array([pdf.make_indirect(descendant)]),
        ToUnicode=pdf.make_stream(_to_unicode(face.texts)),
    )
    return pdf.make_indirect(font)


def _descriptor(pdf: Pdf, face: Embedding, name: Name) -> Dictionary:
    file = pdf.make_stream(face.data)
    file.Length1 = len(face.data)
    return Dictionary(
        Type=Name.FontDescriptor,
        FontName=name,
        Flags=_SYMBOLIC | (_ITALIC if face.italic_angle else 0),
        FontBBox=Array([_decimal(edge) for edge in face.box]),
        ItalicAngle=_decimal(face.italic_angle),
        Ascent=_decimal(face.ascent),
        Descent=_decimal(face.descent),
        CapHeight=_decimal(face.ascent),
        StemV=_STEM_BOLD if face.bold else _STEM_REGULAR,
        FontFile2=file,
    )


def _tag(face: Embedding) -> str:
    """Return six capitals that differ between different subsets (9.6.4)."""
    digest = hashlib.sha256(face.data).digest()
    return "".join(chr(65 + byte % 26) for byte in digest[:6])


def _code_map(pdf: Pdf, face: Embedding) -> pikepdf.Object:
    if face.glyphs == tuple(range(len(face.glyphs))):
        return Name.Identity
    return pdf.make_stream(b"".join(glyph.to_bytes(2, "big") for glyph in face.glyphs))


def _encoding(pdf: Pdf, codes: int) -> pikepdf.Object:
    """Return the map from codes to glyphs."""
    stream = pdf.make_stream(_write_map("Pressrun", 1, "Identity", list_code_ranges(codes)))
    stream.Type, stream.CMapName = Name.CMap, Name("/Pressrun")
    stream.CIDSystemInfo = Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0)
    return stream


def _to_unicode(texts: Sequence[str]) -> bytes:
    pairs = [(code, text) for code, text in enumerate(texts) if text]
    return _write_map("Adobe-Identity-UCS", 2, "UCS", _mappings(pairs))


def _write_map(name: str, kind: int, ordering: str, entries: Iterable[str]) -> bytes:
    lines = [
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
        f"/CIDSystemInfo <</Registry (Adobe) /Ordering ({ordering}) /Supplement 0>> def",
        f"/CMapName /{name} def /CMapType {kind} def",
        *list_code_spaces(),
        *entries,
        "endcmap CMapName currentdict /CMap defineresource pop end end",
    ]
    return "\n".join(lines).encode("ascii")


def _mappings(pairs: Sequence[tuple[int, str]]) -> Iterator[str]:
    for start in range(0, len(pairs), _BLOCK):
        block = pairs[start : start + _BLOCK]
        yield f"{len(block)} beginbfchar"
        yield from (f"<{write_code(code)}> <{text.encode('utf-16-be').hex()}>" for code, text in block)
        yield "endbfchar"


def _decimal(value: float) -> Decimal:
    return Decimal(f"{value:.3f}".rstrip("0").rstrip("."))
