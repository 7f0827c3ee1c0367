"""Font files of every format become static TrueType, or it is said why not."""

import io
import struct
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont
from fontTools.ttLib.tables.DefaultTable import DefaultTable
from fontTools.ttLib.tables.TupleVariation import TupleVariation

from pressrun.domain.letters.faces.formats import Unusable, read_coverage
from pressrun.domain.letters.faces.subsets import Embedding, subset_face


@pytest.fixture(scope="module")
def open_sans(postcard: Path) -> bytes:
    return (postcard / "fonts" / "OpenSans-Regular.ttf").read_bytes()


def changed(data: bytes, change: Callable[[TTFont], object]) -> bytes:
    font = TTFont(io.BytesIO(data), recalcTimestamp=False)
    change(font)
    return saved(font)


def saved(font: TTFont) -> bytes:
    file = io.BytesIO()
    font.save(file)
    return file.getvalue()


def a_builder(*, cubic: bool) -> FontBuilder:
    builder = FontBuilder(1000, isTTF=not cubic)
    builder.setupGlyphOrder([".notdef", "space", "O"])
    builder.setupCharacterMap({0x20: "space", 0x4F: "O"})
    return builder


def finished(builder: FontBuilder) -> bytes:
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Ring", "styleName": "Regular", "psName": "Ring-Regular"})
    builder.setupOS2()
    builder.setupPost()
    return saved(builder.font)


def a_cubic_font() -> bytes:
    """Return an OpenType font with one circle of radius 300 about (350, 300), in cubic curves."""
    builder = a_builder(cubic=True)
    pens = {name: T2CharStringPen(700, None) for name in (".notdef", "space", "O")}
    arm = 300 * 0.5522847498
    pens["O"].moveTo((650, 300))
    pens["O"].curveTo((650, 300 + arm), (350 + arm, 600), (350, 600))
    pens["O"].curveTo((350 - arm, 600), (50, 300 + arm), (50, 300))
    pens["O"].curveTo((50, 300 - arm), (350 - arm, 0), (350, 0))
    pens["O"].curveTo((350 + arm, 0), (650, 300 - arm), (650, 300))
    pens["O"].closePath()
    strings = {name: pen.getCharString() for name, pen in pens.items()}
    builder.setupCFF("Ring-Regular", {}, strings, {})
    builder.setupHorizontalMetrics(dict.fromkeys(pens, (700, 0)))
    return finished(builder)


def a_variable_font() -> bytes:
    """Return a font whose O is a bar 100 units wide at weight 400 and 300 at 900."""
    builder = a_builder(cubic=False)
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    pen.lineTo((0, 700))
    pen.lineTo((100, 700))
    pen.lineTo((100, 0))
    pen.closePath()
    empty = TTGlyphPen(None).glyph()
    builder.setupGlyf({".notdef": empty, "space": empty, "O": pen.glyph()})
    builder.setupHorizontalMetrics({".notdef": (200, 0), "space": (200, 0), "O": (200, 0)})
    builder.setupNameTable({"familyName": "Bar", "styleName": "Regular", "psName": "Bar-Regular"})
    builder.setupFvar([("wght", 400, 400, 900, "Weight")], [])
    wider = [(0, 0), (0, 0), (200, 0), (200, 0), (0, 0), (200, 0), (0, 0), (0, 0)]
    builder.setupGvar({"O": [TupleVariation({"wght": (0, 1, 1)}, wider)]})
    return finished(builder)


def bounds(embedding: Embedding, glyph: int) -> tuple[float, float, float, float]:
    font = TTFont(io.BytesIO(embedding.data))
    font.setGlyphOrder([f"glyph{number}" for number in range(font["maxp"].numGlyphs)])
    pen = BoundsPen(font.getGlyphSet())
    font.getGlyphSet()[f"glyph{glyph}"].draw(pen)
    box: tuple[float, float, float, float] = pen.bounds
    return box


@pytest.mark.parametrize("flavor", ["woff", "woff2"])
def test_a_packed_web_font_is_the_font_in_it(open_sans: bytes, flavor: str) -> None:
    packed = changed(open_sans, lambda font: setattr(font, "flavor", flavor))

    assert read_coverage(packed) == read_coverage(open_sans)
    assert subset_face(packed, "office")[1].widths == subset_face(open_sans, "office")[1].widths


def test_cubic_curves_become_quadratic_within_half_a_thousandth() -> None:
    typeface, embedding = subset_face(a_cubic_font(), "O")

    font = TTFont(io.BytesIO(embedding.data))
    glyph = embedding.texts.index("O")
    assert {"glyf", "loca"} <= set(font.keys())
    assert "CFF " not in font
    assert typeface.characters == " O"
    assert bounds(embedding, glyph) == pytest.approx((50, 0, 650, 600), abs=0.5)
    # Rasterisers shift an outline whose left edge is not where hmtx says.
    assert font["hmtx"].metrics[font.getGlyphName(glyph)] == (700, 50)


@pytest.mark.parametrize(("weight", "edge"), [(400, 100), (650, 200), (900, 300), (1000, 300)])
def test_a_variable_font_is_cut_at_the_weight_wished_for(weight: int, edge: int) -> None:
    _, embedding = subset_face(a_variable_font(), "O", weight)

    glyph = embedding.texts.index("O")
    assert bounds(embedding, glyph) == (0, 0, edge, 700)
    assert embedding.widths[glyph] == edge + 100
    assert not {"fvar", "gvar"} & set(TTFont(io.BytesIO(embedding.data)).keys())


@pytest.mark.parametrize("usage", [0x0002, 0x0100, 0x0200, 0x0208])
def test_a_font_that_forbids_it_is_not_embedded(open_sans: bytes, usage: int) -> None:
    refused = read_coverage(changed(open_sans, lambda font: setattr(font["OS/2"], "fsType", usage)))

    assert isinstance(refused, Unusable)
    assert refused.code == "font_forbidden"


@pytest.mark.parametrize("usage", [0x0000, 0x0004, 0x0008, 0x000A])
def test_a_font_that_allows_it_in_some_way_is_embedded(open_sans: bytes, usage: int) -> None:
    assert not isinstance(
        read_coverage(changed(open_sans, lambda font: setattr(font["OS/2"], "fsType", usage))), Unusable
    )


def test_a_collection_is_refused_as_one(open_sans: bytes) -> None:
    collection = TTCollection()
    collection.fonts = [TTFont(io.BytesIO(open_sans)), TTFont(io.BytesIO(open_sans))]
    file = io.BytesIO()
    collection.save(file)

    refused = read_coverage(file.getvalue())

    assert isinstance(refused, Unusable)
    assert refused.code == "font_unsupported"
    assert "collection" in refused.reason


def test_a_font_of_pictures_is_refused(open_sans: bytes) -> None:
    def drop(font: TTFont) -> None:
        del font["glyf"], font["loca"]

    refused = read_coverage(changed(open_sans, drop))

    assert isinstance(refused, Unusable)
    assert "pictures" in refused.reason


@pytest.mark.parametrize("share", [0.0, 0.001, 0.01, 0.5])
def test_what_is_cut_off_or_no_font_is_unreadable(open_sans: bytes, share: float) -> None:
    refused = read_coverage(open_sans[: int(len(open_sans) * share)])

    assert isinstance(refused, Unusable)
    assert refused.code == "font_unreadable"


def test_a_web_font_that_unpacks_to_more_than_it_says_is_refused(open_sans: bytes) -> None:
    packed = bytearray(changed(open_sans, lambda font: setattr(font, "flavor", "woff")))
    _, start, length, size, _ = struct.unpack_from(">4sIIII", packed, 44)
    struct.pack_into(">I", packed, 44 + 12, length + 1)

    refused = read_coverage(bytes(packed))

    assert start < len(packed)
    assert size > length + 1
    assert isinstance(refused, Unusable)


def test_a_web_font_said_to_be_huge_is_refused_unopened(open_sans: bytes) -> None:
    packed = bytearray(changed(open_sans, lambda font: setattr(font, "flavor", "woff")))
    struct.pack_into(">I", packed, 44 + 12, 0xFFFFFFF0)

    assert isinstance(read_coverage(bytes(packed)), Unusable)


def test_glyphs_that_colours_belong_to_are_not_covered(open_sans: bytes) -> None:
    font = TTFont(io.BytesIO(open_sans))
    builder = FontBuilder(font=font)
    builder.setupCOLR({"A": [("B", 0)]})
    builder.setupCPAL([[(1.0, 0.0, 0.0, 1.0)]])

    coverage = read_coverage(saved(font))

    assert isinstance(coverage, frozenset)
    assert ord("A") not in coverage
    assert ord("B") in coverage


def test_a_character_map_that_never_ends_is_refused(open_sans: bytes) -> None:
    group = struct.pack(">III", 0, 0x10FFFF, 1)
    table = (
        struct.pack(">HHHHI", 0, 1, 3, 10, 12) + struct.pack(">HHIII", 12, 0, 16 + 12 * 2000, 0, 2000) + group * 2000
    )

    def replace_map(font: TTFont) -> None:
        font["cmap"] = DefaultTable("cmap")
        font["cmap"].data = table

    assert isinstance(read_coverage(changed(open_sans, replace_map)), Unusable)


def test_a_glyph_made_of_ever_more_glyphs_is_refused() -> None:
    order = [".notdef", *(f"part{level}" for level in range(14)), "O"]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap({0x4F: "O", 0x20: ".notdef"})
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    pen.lineTo((0, 1))
    pen.lineTo((1, 0))
    pen.closePath()
    glyphs = {".notdef": TTGlyphPen(None).glyph(), "part0": pen.glyph()}
    for before, name in pairwise(order[1:]):
        double = TTGlyphPen(glyphs)
        for _ in range(2):
            double.addComponent(before, (1, 0, 0, 1, 0, 0))
        glyphs[name] = double.glyph()
    builder.setupGlyf(glyphs, calcGlyphBounds=False)
    builder.setupHorizontalMetrics(dict.fromkeys(order, (500, 0)))
    builder.font["head"].xMin = 0
    data = finished(builder)

    with pytest.raises(ValueError, match="components"):
        subset_face(data, "O")
