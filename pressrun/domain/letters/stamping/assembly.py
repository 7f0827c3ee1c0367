"""The skeleton of a letter: everything constant in one prefix, after which follows what each letter brings."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

from pressrun.domain.letters.canvas.page import Box, Page, Paper
from pressrun.domain.letters.canvas.paints import Pattern
from pressrun.domain.letters.drawing.operators import number
from pressrun.domain.letters.drawing.stock import Slot, State, Stock
from pressrun.domain.letters.drawing.tiling import Cell, tile_content, tile_entries
from pressrun.domain.letters.faces.embedding import embed_fonts
from pressrun.domain.letters.faces.subsets import Embedding
from pressrun.domain.letters.stamping.pictures_embedding import embed_raster
from pressrun.domain.letters.stamping.printers_marks import draw_marks

# Four bytes over 127 mark the file as binary (PDF 1.7, 7.5.2).
_HEADER: Final = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
# Fixed, so that the same design and row give the same bytes on any day.
_DATE: Final = "D:20000101000000Z"
_DUPLEX: Final = {"long_edge": Name("/DuplexFlipLongEdge"), "short_edge": Name("/DuplexFlipShortEdge")}
# What stands for an object that each letter writes itself until the others are written; numbered, or qpdf might take
# two for one.
_OWN: Final = "/Own"


@dataclass(frozen=True, slots=True)
class Parts:
    """What a skeleton is put together from; faces by number, those that are needed."""

    paper: Paper
    stock: Stock
    faces: Mapping[int, Embedding]


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The constant bytes of a letter: a whole file but for the objects a letter writes itself.

    Those follow as an incremental update (PDF 1.7, 7.5.6), so that a letter need not repeat the table of all others:
    one content stream for each of `pages`, then the objects of slots, `own` of them, numbered on from `first`.
    `previous` is where the constant table begins, `size` the number of entries of both; `leaf` and `tree` number the
    first page and what it hangs on.
    """

    prefix: bytes
    first: int
    pages: int
    own: int
    previous: int
    size: int
    root: str
    info: str
    resources: int
    bounds: Box
    leaf: int
    tree: int


def assemble(parts: Parts) -> Skeleton:
    """Return the skeleton; raises nothing a checked design can cause."""
    file = io.BytesIO()
    with pikepdf.new() as pdf:
        _fill(pdf, parts)
        pdf.save(file, object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=True, static_id=True)
    with pikepdf.open(file) as pdf:
        return _serialise(pdf, len(parts.paper.pages), bounds_of(parts.paper))


def bounds_of(paper: Paper) -> Box:
    """Return a box round every canvas with what hangs over its edges, for forms: left, top, right, bottom in pixels."""
    width = max(page.canvas_width for page in paper.pages)
    height = max(page.canvas_height for page in paper.pages)
    return -width, -height, 2 * width, 2 * height


def _fill(pdf: Pdf, parts: Parts) -> None:
    own = _reserve(pdf, len(parts.paper.pages), parts.stock.slots)
    resources = pdf.make_indirect(Dictionary())
    _fill_resources(pdf, parts, resources, own[len(parts.paper.pages) :])
    for page, content in zip(parts.paper.pages, own, strict=False):
        _add_page(pdf, page, resources, content)
    # Both only until `_serialise`: qpdf numbers objects as it meets them, the root's entries by name, so that these
    # come first and a letter's own objects are numbered one after the other.
    pdf.Root.AResources = resources
    pdf.Root.AOwn = Array(own)
    pdf.docinfo[Name.Producer] = String("pressrun")
    pdf.docinfo[Name.CreationDate] = String(_DATE)
    _describe(pdf, parts.paper)


def _describe(pdf: Pdf, paper: Paper) -> None:
    for name, text in paper.metadata:
        if name == "language":
            pdf.Root.Lang = String(text)
        else:
            pdf.docinfo[Name(f"/{name.capitalize()}")] = String(text)
    if paper.duplex in _DUPLEX:
        pdf.Root.ViewerPreferences = Dictionary(Duplex=_DUPLEX[paper.duplex])


def _reserve(pdf: Pdf, pages: int, slots: Sequence[Slot]) -> list[pikepdf.Object]:
    count = pages + sum(slot.count for slot in slots)
    return [pdf.make_indirect(Dictionary({_OWN: place})) for place in range(count)]


def _fill_resources(pdf: Pdf, parts: Parts, resources: pikepdf.Object, own: Sequence[pikepdf.Object]) -> None:
    stock = parts.stock
    families: dict[str, dict[str, pikepdf.Object]] = {name: {} for name in ("Font", "XObject", "Pattern", "ExtGState")}
    for index, font in embed_fonts(pdf, parts.faces).items():
        families["Font"][f"/F{index}"] = font
    for slot in stock.slots:
        families[slot.family][f"/{slot.name}"] = own[slot.first]
    for index, raster in enumerate(stock.rasters):
        families["XObject"][f"/I{index}"] = pdf.make_indirect(embed_raster(pdf, raster))
    bounds = bounds_of(parts.paper)
    for name, operators in stock.forms.items():
        families["XObject"][f"/{name}"] = _embed_form(pdf, operators, resources, bounds, name)
    for name, body in stock.patterns.items():
        families["Pattern"][f"/{name}"] = pdf.make_indirect(pikepdf.Object.parse(body.encode("ascii")))
    for name, tile in stock.tiles.items():
        families["Pattern"][f"/{name}"] = _embed_tile(pdf, tile, resources, stock)
    for state, name in stock.states.items():
        families["ExtGState"][f"/{name}"] = _state(state, families["XObject"])
    for family, named in families.items():
        if named:
            resources[f"/{family}"] = Dictionary(named)


def _state(state: State, forms: Mapping[str, pikepdf.Object]) -> Dictionary:
    if state.mask:
        kind = Name.Luminosity if state.luminous else Name.Alpha
        return Dictionary(SMask=Dictionary(Type=Name.Mask, S=kind, G=forms[f"/{state.mask}"]))
    alpha = _decimal(state.alpha)
    return Dictionary(ca=alpha, CA=alpha, BM=Name(f"/{state.blend}"))


def _embed_form(pdf: Pdf, operators: str, resources: pikepdf.Object, bounds: Box, name: str) -> pikepdf.Object:
    form = pdf.make_stream(operators.encode("ascii"))
    form.Type, form.Subtype = Name.XObject, Name.Form
    form.BBox = Array([_decimal(edge) for edge in bounds])
    form.Resources = resources
    if name.startswith("K"):
        form.Group = Dictionary(S=Name.Transparency, CS=Name.DeviceGray, I=True)
    elif name.startswith("G"):
        form.Group = Dictionary(S=Name.Transparency, CS=Name.DeviceRGB, I=True)
    return form


def _embed_tile(pdf: Pdf, kept: tuple[Pattern, Cell, str], resources: pikepdf.Object, stock: Stock) -> pikepdf.Object:
    tile, cell, matrix = kept
    picture = stock.rasters[tile.raster].colour
    size = picture.width, picture.height
    head = pikepdf.Object.parse(f"<<{tile_entries(cell, size)}/Matrix[{matrix}]>>".encode("ascii"))
    pattern = Stream(pdf, tile_content(tile, cell, size))
    for key, value in head.items():
        pattern[key] = value
    pattern.Resources = resources
    return pdf.make_indirect(pattern)


def _add_page(pdf: Pdf, page: Page, resources: pikepdf.Object, content: pikepdf.Object) -> None:
    pdf.add_blank_page(page_size=page.media_box[2:])
    leaf = pdf.pages[-1].obj
    leaf.MediaBox, leaf.BleedBox, leaf.TrimBox = map(_box, (page.media_box, page.bleed_box, page.trim_box))
    leaf.Resources = resources
    leaf.Group = Dictionary(S=Name.Transparency, CS=Name.DeviceRGB)
    leaf.Contents = content
    if page.marks:
        # Before the content, which begins with a matrix of its own and may reach over the bleed.
        leaf.Contents = Array([pdf.make_stream(draw_marks(page)), content])


def _box(box: Box) -> Array:
    return Array([_decimal(edge) for edge in box])


def _serialise(pdf: Pdf, pages: int, bounds: Box) -> Skeleton:
    """Write every object but those a letter brings itself, and the table of them."""
    own = [int(item.objgen[0]) for item in pdf.Root.AOwn.as_list()]
    resources = int(pdf.Root.AResources.objgen[0])
    assert own == list(range(own[0], own[0] + len(own)))
    del pdf.Root.AOwn
    del pdf.Root.AResources
    written = bytearray(_HEADER)
    rows = [b"0000000000 65535 f \n"]
    for index, item in enumerate(pdf.objects, start=1):
        if index in own:
            rows.append(b"0000000000 00000 f \n")
            continue
        rows.append(b"%010d 00000 n \n" % len(written))
        written += b"%d 0 obj\n%b\nendobj\n" % (index, _unparse(item))
    previous, size = len(written), len(rows)
    leaf, tree = (int(item.objgen[0]) for item in (pdf.pages[0].obj, pdf.Root.Pages))
    root, info = (f"{pdf.trailer[key].objgen[0]} 0 R" for key in ("/Root", "/Info"))
    trailer = f"trailer\n<</Size {size}/Root {root}/Info {info}>>\nstartxref\n{previous}\n%%EOF\n"
    written += b"xref\n0 %d\n%b%b" % (size, b"".join(rows), trailer.encode("ascii"))
    return Skeleton(
        prefix=bytes(written),
        first=own[0],
        pages=pages,
        own=len(own) - pages,
        previous=previous,
        size=size,
        root=root,
        info=info,
        resources=resources,
        bounds=bounds,
        leaf=leaf,
        tree=tree,
    )


def _unparse(item: pikepdf.Object) -> bytes:
    if not isinstance(item, Stream):
        return item.unparse(resolved=True)
    raw = item.read_raw_bytes()
    head = item.stream_dict
    head[Name.Length] = len(raw)
    return b"%b\nstream\n%b\nendstream" % (head.unparse(resolved=True), raw)


def _decimal(value: float) -> Decimal:
    return Decimal(number(value))
