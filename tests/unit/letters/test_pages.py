"""A letter has the sheets that page.json and the design's canvases describe, with the boxes a printer needs."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pikepdf
import pytest
from canvases import a_canvas, a_rect, a_text, faults_of, opened, with_design
from PIL import Image

from pressrun.domain.letters import CompiledDesign, DesignSource, Profile, compile_design, read_design

Build = Callable[..., DesignSource]
Compile = Callable[..., CompiledDesign]

MM = 72 / 25.4
CARD = {"width_mm": 146, "height_mm": 96, "bleed_mm": 2}


def a_booklet(source: DesignSource, *canvases: Mapping[str, Any]) -> CompiledDesign:
    return compile_design(read_design(with_design(source, list(canvases))), Profile("Aadbe"))


def a_box_of(page: pikepdf.Page, name: str) -> list[float]:
    return [float(edge) for edge in page.obj[name].as_list()]


def test_each_canvas_is_a_page_with_its_own_text(a_source: Build, read_text: Callable[..., str]) -> None:
    compiled = a_booklet(a_source(), a_canvas(a_text("{{name}} one")), a_canvas(), a_canvas(a_text("three {{name}}")))

    letter = compiled.stamp({"name": "Ada"})

    assert [read_text(letter, page) for page in range(3)] == ["Ada one", "", "three Ada"]


def test_a_list_of_canvases_and_one_under_pages_are_the_same(a_source: Build) -> None:
    canvases = [a_canvas(a_text()), a_canvas(a_rect())]

    bare, named = (read_design(with_design(a_source(), design)) for design in (canvases, {"pages": canvases}))

    assert len(bare.sheets) == 2
    assert bare == named


def test_faults_and_warnings_say_on_which_page_they_are(a_source: Build) -> None:
    faulty = with_design(a_source(), [a_canvas(), a_canvas(a_rect(width=-1))])
    unknown = with_design(a_source(), [a_canvas(), a_canvas(a_rect(glow=1))])

    (fault,) = faults_of(faulty)
    (warning,) = read_design(unknown).warnings

    assert fault.where == warning.where == "design.json page 2 objects[0]"


@pytest.mark.parametrize("design", [[], {"pages": []}, {"pages": 3}, [a_canvas(), 7], [[a_canvas()]]])
def test_what_is_no_list_of_canvases_is_one_fault(a_source: Build, design: object) -> None:
    (fault,) = faults_of(with_design(a_source(), design))

    assert fault.code == "design_invalid"


def test_a_hundred_pages_are_the_most(a_source: Build) -> None:
    assert len(read_design(with_design(a_source(), [a_canvas()] * 100)).sheets) == 100

    (fault,) = faults_of(with_design(a_source(), [a_canvas()] * 101))
    assert fault.code == "design_too_large"


def test_pages_of_different_versions_keep_their_own_rules(a_source: Build) -> None:
    """A left and top of zero are the corner of Fabric 6's objects and the centre of Fabric 7's."""
    bare = {"type": "rect", "left": 0, "top": 0, "width": 10, "height": 10, "strokeWidth": 0}
    design = read_design(with_design(a_source(), [a_canvas(bare, version="6.0.0"), a_canvas(bare)]))

    assert [sheet.drawables[0].placement.origin_x for sheet in design.sheets] == [-0.5, 0.0]


@pytest.mark.parametrize(
    "page",
    [
        {"width_mm": 150, "height_mm": 100},
        {"width": 150, "height": 100},
        {"width": 150, "height": 100, "unit": "mm"},
        {"width": 150 / 25.4, "height": 100 / 25.4, "unit": "in"},
        {"width": 150 * MM, "height": 100 * MM, "unit": "pt"},
    ],
)
def test_a_page_is_measured_in_its_unit(a_compiled: Compile, page: Mapping[str, Any]) -> None:
    with opened(a_compiled(page=page).stamp({})) as pdf:
        assert a_box_of(pdf.pages[0], "/MediaBox") == pytest.approx([0, 0, 150 * MM, 100 * MM], abs=1e-4)


def test_without_a_page_a_pixel_is_a_ninety_sixth_of_an_inch(a_compiled: Compile) -> None:
    with opened(a_compiled().stamp({})) as pdf:
        assert a_box_of(pdf.pages[0], "/MediaBox") == [0, 0, 450, 300]


def test_the_bleed_lies_round_the_trimmed_page(a_compiled: Compile) -> None:
    with opened(a_compiled(page=CARD).stamp({})) as pdf:
        media, bleed, trim = (a_box_of(pdf.pages[0], name) for name in ("/MediaBox", "/BleedBox", "/TrimBox"))

    assert media == bleed == pytest.approx([0, 0, 150 * MM, 100 * MM], abs=1e-4)
    assert trim == pytest.approx([2 * MM, 2 * MM, 148 * MM, 98 * MM], abs=1e-4)


def test_crop_marks_stand_outside_the_bleed_and_point_at_the_trim(
    a_compiled: Compile, draw: Callable[..., Image.Image]
) -> None:
    letter = a_compiled(page=CARD | {"crop_marks": True}).stamp({})

    with opened(letter) as pdf:
        media, bleed, trim = (a_box_of(pdf.pages[0], name) for name in ("/MediaBox", "/BleedBox", "/TrimBox"))
    dark = draw(letter, scale=4).convert("L").point([255 * (level < 128) for level in range(256)])

    assert media[2:] == pytest.approx([164 * MM, 114 * MM], abs=1e-4)
    low_left, low_top, high_right, high_bottom = (round(4 * edge) for edge in bleed)
    assert dark.crop((low_left, low_top, high_right, high_bottom)).getbbox() is None
    left, top, right, bottom = dark.getbbox() or (0, 0, 0, 0)
    assert (left, top) == (0, 0)
    assert (right, bottom) == dark.size
    columns = dark.crop((0, 0, dark.width, round(4 * 5 * MM))).getbbox() or (0, 0, 0, 0)
    assert columns[0] / 4 == pytest.approx(trim[0], abs=0.5)
    assert columns[2] / 4 == pytest.approx(trim[2], abs=0.5)


def test_the_canvas_fills_the_bleed_box_where_there_are_marks(
    a_compiled: Compile, draw: Callable[..., Image.Image]
) -> None:
    overhanging = a_rect(0, 200, width=300, height=600, fill="#008000")
    letter = a_compiled(overhanging, background="#008000", page=CARD | {"crop_marks": True}).stamp({})

    drawn = draw(letter, scale=4)

    margin = 7 * MM * 4
    assert drawn.getpixel((round(margin) + 3, round(margin) + 3)) == (0, 128, 0)
    assert drawn.getpixel((round(margin) - 3, round(margin) + 20)) == (255, 255, 255)
    assert drawn.getpixel((round(drawn.width - margin) - 3, round(drawn.height - margin) - 3)) == (0, 128, 0)


def test_a_page_may_say_otherwise_than_all_pages(a_source: Build) -> None:
    page = {"width_mm": 150, "height_mm": 100, "pages": [{}, {"width_mm": 300, "height_mm": 200, "crop_marks": True}]}
    compiled = a_booklet(a_source(page=page), a_canvas(), a_canvas(), a_canvas())

    with opened(compiled.stamp({})) as pdf:
        widths = [a_box_of(one, "/TrimBox")[2] - a_box_of(one, "/TrimBox")[0] for one in pdf.pages]
        marked = [a_box_of(one, "/MediaBox") != a_box_of(one, "/TrimBox") for one in pdf.pages]

    assert widths == pytest.approx([150 * MM, 300 * MM, 150 * MM], abs=1e-3)
    assert marked == [False, True, False]


@pytest.mark.parametrize(
    ("duplex", "saved"),
    [("long_edge", "/DuplexFlipLongEdge"), ("short_edge", "/DuplexFlipShortEdge"), ("simplex", None)],
)
def test_a_printer_is_told_how_to_turn_the_sheet(a_compiled: Compile, duplex: str, saved: str | None) -> None:
    with opened(a_compiled(page={"width_mm": 150, "height_mm": 100, "duplex": duplex}).stamp({})) as pdf:
        wishes = str(pdf.Root.ViewerPreferences.Duplex) if "/ViewerPreferences" in pdf.Root else None

    assert wishes == saved


def test_the_file_says_of_itself_what_the_page_says(a_compiled: Compile) -> None:
    metadata = {"title": "Grüße 日本", "author": "Verlag", "subject": "", "keywords": "a, b", "language": "de-DE"}
    page = {"width_mm": 150, "height_mm": 100, "metadata": metadata}

    with opened(a_compiled(page=page).stamp({})) as pdf:
        told = {name: str(text) for name, text in pdf.docinfo.items()}
        language = str(pdf.Root.Lang)

    assert (told["/Title"], told["/Author"], told["/Keywords"]) == ("Grüße 日本", "Verlag", "a, b")
    assert "/Subject" not in told
    assert told["/CreationDate"] == "D:20000101000000Z"
    assert language == "de-DE"


def test_metadata_that_is_not_kept_is_named(a_source: Build) -> None:
    page = {"width_mm": 150, "height_mm": 100, "metadata": {"title": "x", "colour": "blue"}}

    (warning,) = read_design(a_source(page=page)).warnings

    assert (warning.code, warning.where) == ("property_unknown", "page.json metadata")
    assert "colour" in warning.message


def test_a_mistyped_property_of_a_page_is_named(a_source: Build) -> None:
    page = {"width_mm": 150, "height_mm": 100, "bleedmm": 3, "pages": [{"duplex": "long_edge"}]}

    found = [(warning.where, warning.message.split(" ")[0]) for warning in read_design(a_source(page=page)).warnings]

    assert found == [("page.json", "page.bleedmm"), ("page.json pages", "page.duplex")]


@pytest.mark.parametrize(
    ("page", "code"),
    [
        ({"width_mm": 100, "height_mm": 100}, "page_mismatch"),
        ({"width_mm": 0, "height_mm": 100}, "design_invalid"),
        ({"height_mm": 100}, "design_invalid"),
        ({"width_mm": 150, "height_mm": 100, "bleed_mm": -1}, "design_invalid"),
        ({"width_mm": 9000, "height_mm": 6000}, "page_invalid"),
        ({"width": 150, "height": 100, "unit": "ell"}, "design_invalid"),
        ({"width_mm": 150, "height_mm": 100, "crop_marks": "yes"}, "design_invalid"),
        ({"width_mm": 150, "height_mm": 100, "duplex": "both"}, "design_invalid"),
        ({"width_mm": 150, "height_mm": 100, "metadata": ["title"]}, "page_invalid"),
        ({"width_mm": 150, "height_mm": 100, "metadata": {"title": 7}}, "design_invalid"),
        ({"width_mm": 150, "height_mm": 100, "pages": {}}, "page_invalid"),
        ({"width_mm": 150, "height_mm": 100, "pages": [{}, {}]}, "page_invalid"),
        ({"width_mm": 150, "height_mm": 100, "pages": [{"height_mm": 90}]}, "page_mismatch"),
    ],
)
def test_a_page_that_cannot_be_is_a_fault(a_source: Build, page: Mapping[str, Any], code: str) -> None:
    faults = faults_of(a_source(page=page))

    assert {fault.code for fault in faults} == {code}


@pytest.mark.parametrize("data", [b"{", b"[]", b"7"])
def test_page_json_that_is_no_object_is_a_fault(a_source: Build, data: bytes) -> None:
    (fault,) = faults_of(replace(a_source(), page=data))

    assert (fault.code, fault.where) == ("page_invalid", "page.json")


def test_the_canvas_size_may_stand_in_page_json(a_source: Build) -> None:
    page = {"width_mm": 150, "height_mm": 100, "canvas": {"width": 300, "height": 200}}
    design = json.dumps({"version": "7.4.0", "objects": []}).encode()

    (sheet,) = read_design(replace(a_source(page=page), design=design)).sheets

    assert (sheet.page.canvas_width, sheet.page.canvas_height) == (300, 200)


def test_a_canvas_pixel_is_as_large_as_the_page_makes_it(a_compiled: Compile, draw: Callable[..., Image.Image]) -> None:
    """600 canvas pixels on 300 mm: the square of 100 pixels is 50 mm wide."""
    letter = a_compiled(a_rect(), page={"width_mm": 300, "height_mm": 200}).stamp({})

    box = draw(letter, scale=1 / MM).convert("L").point([255 * (level < 200) for level in range(256)]).getbbox()

    assert box == pytest.approx((125, 75, 175, 125), abs=1)
