"""The skeleton of a letter: everything constant in one prefix, with the one object that varies last in the file."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

from pressrun.domain.letters.embedding import embed_font, embed_raster
from pressrun.domain.letters.operators import number
from pressrun.domain.letters.page import Page
from pressrun.domain.letters.rasters import Raster
from pressrun.domain.letters.subsets import Embedding

# Four bytes over 127 mark the file as binary (PDF 1.7, 7.5.2).
_HEADER: Final = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
# Fixed, so that the same design and row give the same bytes on any day.
_DATE: Final = "D:20000101000000Z"


@dataclass(frozen=True, slots=True)
class Parts:
    """What a skeleton is put together from; `states` are fill alphas by resource name."""

    page: Page
    forms: Mapping[str, bytes]
    faces: Sequence[Embedding]
    rasters: Sequence[Raster]
    states: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The constant bytes round the varying stream, object `number` of `count`, which begins where `prefix` ends."""

    prefix: bytes
    number: int
    count: int
    xref: bytes
    root: str
    info: str


def assemble(parts: Parts) -> Skeleton:
    """Return the skeleton; its varying content stream stands for object `number`."""
    file = io.BytesIO()
    with pikepdf.new() as pdf:
        _fill(pdf, parts)
        pdf.save(file, object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=True, static_id=True)
    with pikepdf.open(file) as pdf:
        return _serialise(pdf)


def _fill(pdf: Pdf, parts: Parts) -> None:
    fonts = pdf.make_indirect(
        Dictionary({f"/F{index}": embed_font(pdf, face) for index, face in enumerate(parts.faces)})
    )
    pictures = {f"/I{index}": embed_raster(pdf, raster) for index, raster in enumerate(parts.rasters)}
    forms: dict[str, pikepdf.Object] = {}
    for name, data in parts.forms.items():
        # What is drawn so far is all that a form can show: groups come before the layers they stand in.
        forms[f"/{name}"] = _embed_form(pdf, name, data, fonts, Dictionary({**pictures, **forms}))
    states = {f"/{name}": Dictionary(ca=_decimal(alpha)) for name, alpha in parts.states.items()}
    resources = Dictionary(Font=fonts, XObject=Dictionary(forms), ExtGState=Dictionary(states))
    _add_page(pdf, parts.page, resources)
    pdf.docinfo[Name.Producer] = String("pressrun")
    pdf.docinfo[Name.CreationDate] = String(_DATE)


def _embed_form(pdf: Pdf, name: str, data: bytes, fonts: pikepdf.Object, shown: Dictionary) -> pikepdf.Object:
    with pikepdf.open(io.BytesIO(data)) as drawn:
        form = pdf.copy_foreign(drawn.pages[0].as_form_xobject())
    # ReportLab begins each page with a font of its own (Helvetica), which is never used here.
    form.write(form.read_bytes().partition(b"\n")[2])
    form.Resources = Dictionary(Font=fonts, XObject=shown, ExtGState=form.Resources.get(Name.ExtGState, Dictionary()))
    if name.startswith("G"):
        form.Group = Dictionary(S=Name.Transparency)
    return form


def _add_page(pdf: Pdf, page: Page, resources: Dictionary) -> None:
    box = Array([0, 0, _decimal(page.width), _decimal(page.height)])
    trim = (page.bleed, page.bleed, page.width - page.bleed, page.height - page.bleed)
    pdf.add_blank_page(page_size=(page.width, page.height))
    leaf = pdf.pages[0].obj
    leaf.MediaBox, leaf.BleedBox = box, box
    leaf.TrimBox = Array([_decimal(edge) for edge in trim])
    leaf.Resources = resources
    leaf.Group = Dictionary(S=Name.Transparency, CS=Name.DeviceRGB)
    leaf.Contents = Stream(pdf, b"varies")


def _serialise(pdf: Pdf) -> Skeleton:
    """Write every object but the content stream, which keeps its number and comes last."""
    varying = pdf.pages[0].Contents.objgen[0]
    written = bytearray(_HEADER)
    offsets = [0] * len(pdf.objects)
    for item in pdf.objects:
        index = item.objgen[0]
        if index != varying:
            offsets[index - 1] = len(written)
            written += b"%d 0 obj\n%b\nendobj\n" % (index, _unparse(item))
    offsets[varying - 1] = len(written)
    rows = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    xref = b"xref\n0 %d\n0000000000 65535 f \n%b" % (len(offsets) + 1, rows)
    root, info = (f"{pdf.trailer[key].objgen[0]} 0 R" for key in ("/Root", "/Info"))
    return Skeleton(bytes(written), varying, len(offsets), xref, root, info)


def _unparse(item: pikepdf.Object) -> bytes:
    if not isinstance(item, Stream):
        return item.unparse(resolved=True)
    raw = item.read_raw_bytes()
    head = item.stream_dict
    head[Name.Length] = len(raw)
    return b"%b\nstream\n%b\nendstream" % (head.unparse(resolved=True), raw)


def _decimal(value: float) -> Decimal:
    return Decimal(number(value))
