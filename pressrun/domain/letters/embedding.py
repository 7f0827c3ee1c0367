"""Fonts and pictures as PDF objects (PDF 1.7, 8.9.5 images, 9.7 composite fonts)."""

import hashlib
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

from pressrun.domain.letters.rasters import Raster, Samples
from pressrun.domain.letters.subsets import Embedding

_SPACES: Final = {"gray": Name.DeviceGray, "rgb": Name.DeviceRGB, "cmyk": Name.DeviceCMYK}
_CHANNELS: Final = {"gray": 1, "rgb": 3, "cmyk": 4}
# Flags of a font descriptor (table 123): symbolic, since codes are glyph numbers; italic.
_SYMBOLIC: Final = 1 << 2
_ITALIC: Final = 1 << 6
# No reader needs the true stem width of an embedded face; these are usual for regular and bold.
_STEM_REGULAR: Final = 80
_STEM_BOLD: Final = 140
# A CMap block holds at most 100 entries (Adobe technical note 5411).
_BLOCK: Final = 100


def embed_font(pdf: Pdf, face: Embedding) -> pikepdf.Object:
    """Add a face as Type0 with two-byte codes."""
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
        Encoding=Name("/Identity-H"),
        DescendantFonts=Array([pdf.make_indirect(descendant)]),
        ToUnicode=pdf.make_stream(_to_unicode(face.texts)),
    )
    return pdf.make_indirect(font)


def embed_raster(pdf: Pdf, raster: Raster) -> Stream:
    image = _embed_samples(pdf, raster.colour)
    if raster.alpha:
        image.SMask = _embed_samples(pdf, raster.alpha)
    return image


def _embed_samples(pdf: Pdf, samples: Samples) -> Stream:
    image = Stream(pdf, samples.data)
    image.Type, image.Subtype = Name.XObject, Name.Image
    image.Width, image.Height, image.BitsPerComponent = samples.width, samples.height, 8
    image.ColorSpace = _SPACES[samples.space]
    # Browsers smooth enlarged pictures; so do viewers that are asked to.
    image.Interpolate = True
    if samples.coding == "dct":
        image.Filter = Name.DCTDecode
        if samples.inverted:
            image.Decode = Array([1, 0] * 4)
        return image
    channels = _CHANNELS[samples.space]
    if samples.palette:
        channels = 1
        last = len(samples.palette) // 3 - 1
        image.ColorSpace = Array([Name.Indexed, Name.DeviceRGB, last, String(samples.palette)])
    image.Filter = Name.FlateDecode
    image.DecodeParms = Dictionary(Predictor=15, Colors=channels, BitsPerComponent=8, Columns=samples.width)
    return image


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


def _to_unicode(texts: Sequence[str]) -> bytes:
    lines = [
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
        "/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def",
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
        "1 begincodespacerange <0000> <ffff> endcodespacerange",
        *_mappings([(code, text) for code, text in enumerate(texts) if text]),
        "endcmap CMapName currentdict /CMap defineresource pop end end",
    ]
    return "\n".join(lines).encode("ascii")


def _mappings(pairs: Sequence[tuple[int, str]]) -> Iterator[str]:
    for start in range(0, len(pairs), _BLOCK):
        block = pairs[start : start + _BLOCK]
        yield f"{len(block)} beginbfchar"
        yield from (f"<{code:04x}> <{text.encode('utf-16-be').hex()}>" for code, text in block)
        yield "endbfchar"


def _decimal(value: float) -> Decimal:
    return Decimal(f"{value:.3f}".rstrip("0").rstrip("."))
