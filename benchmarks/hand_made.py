"""The smallest honest PDF of one letter: subset fonts, each picture once, everything deflated, object streams."""

import io
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import pikepdf
import segno
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name, Pdf, String
from PIL import Image, ImageColor

from benchmarks import postcard
from benchmarks.plain_reportlab import wrapped
from benchmarks.postcard import POINTS, Words

_KEPT_TABLES: Final = {"glyf", "loca", "head", "hhea", "hmtx", "maxp"}


class _Face:
    """A face cut down to some characters, with its place in a document."""

    def __init__(self, pdf: Pdf, weight: int, characters: str) -> None:
        font = _subset(weight, characters)
        order = font.getGlyphOrder()
        self._codes = {character: font.getGlyphID(font.getBestCmap()[ord(character)]) for character in characters}
        scale = 1000 / font["head"].unitsPerEm
        widths = [round(font["hmtx"][name][0] * scale) for name in order]
        self.resource = self._embed(pdf, f"F{weight}", _stripped(font), widths)

    def shown(self, text: str) -> str:
        return "<" + "".join(f"{self._codes[character]:04x}" for character in text) + ">"

    def _embed(self, pdf: Pdf, name: str, data: bytes, widths: Sequence[int]) -> Any:
        descriptor = Dictionary(
            Type=Name.FontDescriptor,
            FontName=Name("/" + name),
            Flags=4,
            FontBBox=Array([-600, -300, 1300, 1100]),
            ItalicAngle=0,
            Ascent=1069,
            Descent=-293,
            CapHeight=714,
            StemV=90,
            FontFile2=_deflated(pdf, data),
        )
        descendant = Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType2,
            BaseFont=Name("/" + name),
            CIDSystemInfo=Dictionary(Registry=String("Adobe"), Ordering=pikepdf.String("Identity"), Supplement=0),
            FontDescriptor=pdf.make_indirect(descriptor),
            CIDToGIDMap=Name.Identity,
            W=Array([0, Array(widths)]),
        )
        return pdf.make_indirect(
            Dictionary(
                Type=Name.Font,
                Subtype=Name.Type0,
                BaseFont=Name("/" + name),
                Encoding=Name("/Identity-H"),
                DescendantFonts=Array([pdf.make_indirect(descendant)]),
                ToUnicode=_deflated(pdf, self._to_unicode()),
            )
        )

    def _to_unicode(self) -> bytes:
        pairs = [f"<{code:04x}><{ord(character):04x}>" for character, code in sorted(self._codes.items())]
        # A hundred at a time, says Adobe's CMap specification (technical note 5014, 1.3.1).
        lots = [pairs[start : start + 100] for start in range(0, len(pairs), 100)]
        rows = "".join(f"{len(lot)} beginbfchar{''.join(lot)}endbfchar " for lot in lots)
        return (
            "/CIDInit/ProcSet findresource begin 12 dict begin begincmap/CMapName/A def/CMapType 2 def "
            f"1 begincodespacerange<0000><ffff>endcodespacerange {rows}endcmap end end"
        ).encode()


def make_by_hand(record: Mapping[str, str], batch: Sequence[Mapping[str, str]]) -> bytes:
    """Return the letter of a record with fonts subset for the characters of a batch (of this one: for them alone)."""
    pdf = Pdf.new()
    faces = {weight: _Face(pdf, weight, _characters(weight, batch)) for weight in postcard.FACES}
    page = Dictionary(
        Type=Name.Page,
        MediaBox=Array([0, 0, round(postcard.WIDTH * POINTS, 3), round(postcard.HEIGHT * POINTS, 3)]),
        Contents=_deflated(pdf, b"\n".join(_content(record, faces))),
        Resources=Dictionary(
            Font=Dictionary({f"/F{weight}": face.resource for weight, face in faces.items()}),
            XObject=Dictionary(B=_background(pdf), L=_logo(pdf)),
        ),
    )
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
    stream = io.BytesIO()
    pdf.save(stream, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return stream.getvalue()


def _characters(weight: int, batch: Sequence[Mapping[str, str]]) -> str:
    texts = [words for words in postcard.TEXTS if words.weight == weight]
    found = {
        character
        for record in batch
        for words in texts
        for character in postcard.filled(words.text, record)
        if character != "\n"
    }
    return "".join(sorted(found))


def _subset(weight: int, characters: str) -> Any:
    font = TTFont(postcard.FACES[weight])
    subsetter = Subsetter(Options(hinting=False, layout_features=[], notdef_outline=False))
    subsetter.populate(text=characters)
    subsetter.subset(font)
    return font


def _stripped(font: Any) -> bytes:
    for tag in set(font.keys()) - _KEPT_TABLES - {"GlyphOrder"}:
        del font[tag]
    stream = io.BytesIO()
    font.save(stream)
    return stream.getvalue()


def _content(record: Mapping[str, str], faces: Mapping[int, _Face]) -> Iterator[bytes]:
    yield f"{POINTS:.6f} 0 0 {POINTS:.6f} 0 {postcard.HEIGHT * POINTS:.3f} cm".encode()
    yield _placed("B", 0, 0, postcard.WIDTH, postcard.HEIGHT)
    yield _placed("L", postcard.LOGO_LEFT, postcard.LOGO_TOP, postcard.LOGO_WIDTH, postcard.LOGO_HEIGHT)
    yield b"1 g"
    for panel in postcard.PANELS:
        yield f"{panel.left} {-panel.top - panel.height} {panel.width} {panel.height} re f".encode()
    for words in postcard.TEXTS:
        yield from _text(words, record, faces[words.weight])
    yield from _qr(record["link"])


def _text(words: Words, record: Mapping[str, str], face: _Face) -> Iterator[bytes]:
    colour = " ".join(f"{part / 255:.3g}" for part in ImageColor.getrgb(words.colour))
    yield f"{colour} rg BT/F{words.weight} {words.size} Tf {words.leading:.2f} TL".encode()
    yield f"{words.left} {-words.baseline:.2f} Td".encode()
    for line in wrapped(words, record):
        yield f"{face.shown(line)}Tj T*".encode()
    yield b"ET"


def _qr(content: str) -> Iterator[bytes]:
    rows = segno.make_qr(content, error="m", mask=3, boost_error=False).matrix
    count = len(rows)
    width = (count + 7) // 8
    packed = b"".join(int("".join(map(str, row)).ljust(8 * width, "0"), 2).to_bytes(width, "big") for row in rows)
    module = postcard.QR_SIDE / (count + 2 * postcard.QUIET_MODULES)
    left, top = postcard.QR_LEFT + postcard.QUIET_MODULES * module, postcard.QR_TOP + postcard.QUIET_MODULES * module
    side = module * count
    yield f"0 g {side:.2f} 0 0 {side:.2f} {left:.2f} {-top - side:.2f} cm".encode()
    yield b"BI/IM true/W %d/H %d/BPC 1/D[1 0]ID " % (count, count) + packed + b" EI"


def _placed(name: str, left: float, top: float, width: float, height: float) -> bytes:
    return f"q {width} 0 0 {height} {left} {-top - height} cm/{name} Do Q".encode()


def _background(pdf: Pdf) -> Any:
    stream = pikepdf.Stream(pdf, postcard.background())
    stream.stream_dict.update(_picture(postcard.WIDTH, postcard.HEIGHT, Name.DeviceRGB))
    stream.stream_dict.Filter = Name.DCTDecode
    return stream


def _logo(pdf: Pdf) -> Any:
    picture = Image.open(io.BytesIO(postcard.logo()))
    colours = _deflated(pdf, picture.convert("RGB").tobytes())
    colours.stream_dict.update(_picture(*picture.size, Name.DeviceRGB))
    alpha = pikepdf.Stream(pdf, _png_data(picture.getchannel("A")))
    alpha.stream_dict.update(_picture(*picture.size, Name.DeviceGray))
    alpha.stream_dict.Filter = Name.FlateDecode
    alpha.stream_dict.DecodeParms = Dictionary(Predictor=15, Columns=picture.width)
    colours.stream_dict.SMask = alpha
    return colours


def _picture(width: int, height: int, space: Name) -> Dictionary:
    return Dictionary(
        Type=Name.XObject, Subtype=Name.Image, Width=width, Height=height, ColorSpace=space, BitsPerComponent=8
    )


def _png_data(picture: Image.Image) -> bytes:
    """Return the deflated rows of a PNG, which PDF reads as they are (ISO 32000-1, 7.4.4.4)."""
    stream = io.BytesIO()
    picture.save(stream, "PNG", optimize=True)
    data, found, place = stream.getvalue(), b"", 8
    while place < len(data):
        length, kind = struct.unpack_from(">I4s", data, place)
        if kind == b"IDAT":
            found += data[place + 8 : place + 8 + length]
        place += 12 + length
    return found


def _deflated(pdf: Pdf, data: bytes) -> Any:
    stream = pikepdf.Stream(pdf, zlib.compress(data, 9))
    stream.stream_dict.Filter = Name.FlateDecode
    return stream
