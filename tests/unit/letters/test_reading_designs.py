"""Every fault of a design is found at once, with its place and what to do."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from canvases import a_canvas, a_code, a_group, a_photo, a_png, a_rect, a_text, faults_of, with_design

from pressrun.domain.letters import DesignSource, FontFile, Variable, read_design
from pressrun.domain.letters.canvas.objects import Drawable, Group
from pressrun.domain.letters.canvas.text import TextBlock

Build = Callable[..., DesignSource]


def drawables_of(source: DesignSource) -> tuple[Drawable, ...]:
    (sheet,) = read_design(source).sheets
    return sheet.drawables


def test_variables_come_in_order_of_first_appearance(a_source: Build) -> None:
    source = a_source(
        a_text("Dear {{ title }} {{last|friend}}"),
        {"type": "Rect", "width": 50, "height": 50, "isQRCode": True, "variableName": "link"},
        a_text("{{last|friend}} again, {{city}}"),
    )

    assert read_design(source).variables == (
        Variable("title", None, "text"),
        Variable("last", "friend", "text"),
        Variable("link", None, "qr"),
        Variable("city", None, "text"),
    )


def test_a_variable_needs_a_value_when_one_of_its_places_has_no_default(a_source: Build) -> None:
    design = read_design(a_source(a_text("{{name|friend}} and {{name}}")))

    assert design.variables == (Variable("name", None, "text"),)


def test_variables_of_every_kind_are_found_in_groups_and_on_all_pages(a_source: Build) -> None:
    barcode = a_rect(isBarcode=True, barcodeContent="{{number}}")
    front = a_canvas(a_group(a_text("{{name}}"), a_group(a_photo())))

    design = read_design(with_design(a_source(), [front, a_canvas(barcode, a_code(qrContent="https://x/{{id|0}}"))]))

    assert design.variables == (
        Variable("name", None, "text"),
        Variable("photo", None, "image"),
        Variable("number", None, "barcode"),
        Variable("id", "0", "qr"),
    )


def test_an_invisible_object_asks_for_nothing(a_source: Build) -> None:
    hidden = a_text("{{name}}", visible=False, fontFamily="Unknown")
    source = a_source(hidden, a_group(a_text("{{name}}"), visible=False), a_group(hidden))

    assert read_design(source).variables == ()
    (shown,) = drawables_of(source)
    assert isinstance(shown.content, Group)
    assert shown.content.children == ()


def test_every_fault_is_reported_at_once_with_its_place(a_source: Build) -> None:
    source = a_source(
        a_group(a_text(fontFamily="Comic Neue"), a_rect(angle="much")),
        {"type": "Image", "src": "assets/none.png"},
        {"type": "Rect", "width": 10, "height": 10, "isQRCode": True},
        {"type": "Rect", "width": "wide", "shadow": {"blur": -3}},
        "no object",
        {"type": "Video"},
        a_rect(clipPath={"type": "Circle", "radius": "round"}),
    )

    found = [(fault.where.removeprefix("design.json "), fault.code) for fault in faults_of(source)]

    assert found == [
        ("objects[0] objects[0]", "font_missing"),
        ("objects[0] objects[1]", "design_invalid"),
        ("objects[1]", "image_missing"),
        ("objects[2]", "qr_without_variable"),
        ("objects[3]", "design_invalid"),
        ("objects[3]", "design_invalid"),
        ("objects[4]", "design_invalid"),
        ("objects[5]", "design_unsupported"),
        ("objects[6] clipPath", "design_invalid"),
    ]


@pytest.mark.parametrize("parent", ["objects", "clipPath"])
def test_nesting_deeper_than_fifty_is_a_fault_and_fifty_is_not(a_source: Build, parent: str) -> None:
    def nested(depth: int) -> dict[str, Any]:
        item = a_rect()
        for _ in range(depth - 1):
            item = a_group(item) if parent == "objects" else a_rect(clipPath=item)
        return item

    assert len(drawables_of(a_source(nested(50)))) == 1
    (fault,) = faults_of(a_source(nested(51)))
    assert fault.code == "design_too_deep"


def test_twenty_thousand_objects_in_one_place_are_the_most(a_source: Build) -> None:
    point = {"type": "Rect", "width": 1, "height": 1}

    (fault,) = faults_of(a_source(a_group(*[point] * 20_001)))

    assert (fault.code, fault.where) == ("design_too_large", "design.json objects[0]")


def test_a_design_over_thirty_two_megabytes_is_a_fault_before_it_is_read(a_source: Build) -> None:
    (fault,) = faults_of(replace(a_source(), design=b" " * (32 * 1024 * 1024 + 1)))

    assert fault.code == "design_too_large"


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"\xff\xfe", b'{"objects": 3}', b"[" * 100_000])
def test_bytes_that_are_no_canvas_are_one_fault(a_source: Build, data: bytes) -> None:
    (fault,) = faults_of(replace(a_source(), design=data))

    assert fault.code == "design_invalid"


@pytest.mark.parametrize("version", [None, "", "3.6.6", "8.0.0", 7])
def test_an_unknown_version_is_a_fault_because_defaults_differ(a_source: Build, version: object) -> None:
    (fault,) = faults_of(a_source(version=version))

    assert fault.code == "design_version_unknown"


@pytest.mark.parametrize(
    ("item", "named"),
    [
        (a_rect(globalCompositeOperation="destination-out"), "Rect.globalCompositeOperation"),
        (a_rect(globalCompositeOperation=7), "Rect.globalCompositeOperation"),
        (a_rect(backgroundColor={"type": "linear"}), "Rect.backgroundColor"),
        (a_rect(fill={"type": "conic"}), "Rect.fill"),
        (a_text(path={"type": "Path"}), "Text.path"),
        (a_group({"type": "Video"}), "'Video'"),
    ],
)
def test_what_cannot_be_drawn_is_named_and_never_dropped(a_source: Build, item: Mapping[str, Any], named: str) -> None:
    (fault,) = faults_of(a_source(item))

    assert fault.code == "design_unsupported"
    assert named in fault.message


def test_a_canvas_saved_while_zoomed_is_refused(a_source: Build) -> None:
    (fault,) = faults_of(a_source(viewportTransform=[2, 0, 0, 2, 0, 0]))

    assert (fault.code, fault.where) == ("design_unsupported", "design.json")
    assert len(read_design(a_source(viewportTransform=[1, 0, 0, 1, 0, 0])).sheets) == 1


@pytest.mark.parametrize("styles", [[], {}, {"0": {}}, None])
def test_styles_that_style_nothing_are_accepted(a_source: Build, styles: object) -> None:
    (shown,) = drawables_of(a_source(a_text(styles=styles)))

    assert isinstance(shown.content, TextBlock)
    assert len(shown.content.styles) == 1


@pytest.mark.parametrize("name", ["backgroundImage", "overlayImage", "clipPath"])
def test_faults_of_a_canvas_layer_are_found_in_its_place(a_source: Build, name: str) -> None:
    (fault,) = faults_of(a_source(**{name: {"type": "Image", "src": "gone.png"}}))

    assert (fault.code, fault.where) == ("image_missing", f"design.json {name}")


@pytest.mark.parametrize("data", [b"", b"no picture", a_png()[:40]])
def test_a_damaged_picture_is_a_fault(a_source: Build, data: bytes) -> None:
    (fault,) = faults_of(a_source({"type": "Image", "src": "a.png"}, assets={"a.png": data}))

    assert fault.code == "image_unreadable"


def test_a_data_url_is_a_picture(a_source: Build) -> None:
    source = "data:image/gif;base64,R0lGODlhAQABAIAAAP///wAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw=="

    assert len(read_design(a_source({"type": "Image", "src": source})).rasters) == 1


def test_a_picture_used_twice_is_kept_once(a_source: Build) -> None:
    item = {"type": "Image", "src": "a.png"}

    design = read_design(a_source(item, a_group(item), assets={"a.png": a_png()}))

    assert len(list(design.everything())) == 3
    assert len(design.rasters) == 1


@pytest.mark.parametrize(
    ("properties", "code"),
    [
        ({"fontStyle": "italic"}, "font_face_missing"),
        ({"fontWeight": "heavy"}, "design_invalid"),
        ({"fontSize": 0}, "design_invalid"),
        ({"textAlign": "middle"}, "design_invalid"),
        ({"left": 1e300}, "design_invalid"),
        ({"angle": True}, "design_invalid"),
        ({"fill": "no colour"}, "design_invalid"),
        ({"originX": "middle"}, "design_invalid"),
        ({"skewX": 90}, "design_invalid"),
        ({"text": "Hello {{name"}, "placeholder_invalid"),
        ({"text": "日本"}, "design_glyph_missing"),
        ({"text": "Hello \u0007"}, "design_glyph_missing"),
        ({"text": "{{name|สมชาย}}"}, "design_script_unsupported"),
    ],
)
def test_a_text_that_cannot_be_set_is_a_fault(a_source: Build, properties: Mapping[str, Any], code: str) -> None:
    (fault,) = faults_of(a_source(a_text(**properties)))

    assert fault.code == code


def test_a_bold_face_is_not_imitated(a_source: Build) -> None:
    source = a_source(a_text(fontWeight="bold"))
    regular = [font for font in source.fonts if font.weight == 400]

    (fault,) = faults_of(replace(source, fonts=regular))

    assert fault.code == "font_face_missing"


def test_the_stroke_that_moves_an_object_is_its_types_own_default(a_source: Build) -> None:
    """Fabric's objects have a stroke width of 1 unless told otherwise, its images and groups 0."""
    image = {"type": "Image", "src": "a.png"}
    shown = drawables_of(a_source({"type": "Rect"}, {"type": "Group"}, image, a_text(), assets={"a.png": a_png()}))

    assert [drawable.placement.stroke_width for drawable in shown] == [1, 0, 0, 1]


def test_a_damaged_font_is_a_fault(a_source: Build) -> None:
    source = replace(a_source(a_text()), fonts=[FontFile("Open Sans", 400, "normal", b"\0\1\0\0 no font")])

    (fault,) = faults_of(source)

    assert fault.code == "font_unreadable"
