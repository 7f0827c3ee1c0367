"""Every fault of a design is found at once, with its place and what to do."""

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image

from pressrun.domain.errors import FaultyInput
from pressrun.domain.letters import DesignSource, FontFile, Variable, read_design
from schemas.faults import Fault

Build = Callable[..., DesignSource]


def faults_of(source: DesignSource) -> tuple[Fault, ...]:
    with pytest.raises(FaultyInput) as caught:
        read_design(source)
    return caught.value.faults


def a_text(text: str = "Hello", **properties: Any) -> dict[str, Any]:
    return {"type": "Text", "fontFamily": "Open Sans", "text": text, **properties}


def a_png(mode: str = "RGB", size: tuple[int, int] = (4, 4)) -> bytes:
    file = io.BytesIO()
    Image.new(mode, size).save(file, "PNG")
    return file.getvalue()


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


def test_an_invisible_object_asks_for_nothing(a_source: Build) -> None:
    design = read_design(a_source(a_text("{{name}}", visible=False, fontFamily="Unknown")))

    assert design.variables == ()
    assert design.drawables == ()


def test_every_fault_is_reported_at_once(a_source: Build) -> None:
    source = a_source(
        {"type": "Group", "objects": []},
        a_text(fontFamily="Comic Neue"),
        {"type": "Image", "src": "assets/none.png"},
        {"type": "Rect", "width": 10, "height": 10, "isQRCode": True},
        {"type": "Rect", "width": "wide", "shadow": {"blur": 3}},
    )

    found = [(fault.where, fault.code) for fault in faults_of(source)]

    assert found == [
        ("design.json objects[0]", "design_unsupported"),
        ("design.json objects[1]", "font_missing"),
        ("design.json objects[2]", "image_missing"),
        ("design.json objects[3]", "qr_without_variable"),
        ("design.json objects[4]", "design_unsupported"),
        ("design.json objects[4]", "design_invalid"),
    ]


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
        ({"type": "Rect", "fill": {"type": "linear"}}, "Rect.fill"),
        ({"type": "Rect", "stroke": {"type": "pattern"}}, "Rect.stroke"),
        ({"type": "Rect", "shadow": {"blur": 1}}, "Rect.shadow"),
        ({"type": "Rect", "clipPath": {"type": "Rect"}}, "Rect.clipPath"),
        ({"type": "Rect", "globalCompositeOperation": "multiply"}, "Rect.globalCompositeOperation"),
        ({"type": "Rect", "backgroundColor": "red"}, "Rect.backgroundColor"),
        ({"type": "Circle", "radius": 4, "endAngle": 180}, "Circle.endAngle"),
        (a_text(stroke="#000"), "Text.stroke"),
        (a_text(underline=True), "Text.underline"),
        (a_text(direction="rtl"), "Text.direction"),
        (a_text(textBackgroundColor="#ff0"), "Text.textBackgroundColor"),
        (a_text(path={"type": "Path"}), "Text.path"),
        (a_text(styles=[{"start": 0, "end": 1, "style": {"fill": "red"}}]), "Text.styles"),
        (a_text(styles={"0": {"1": {"fill": "red"}}}), "Text.styles"),
        (a_text(fill={"type": "radial"}), "Text.fill"),
    ],
)
def test_what_cannot_be_drawn_is_named_and_never_dropped(a_source: Build, item: Mapping[str, Any], named: str) -> None:
    (fault,) = faults_of(a_source(item))

    assert fault.code == "design_unsupported"
    assert named in fault.message


@pytest.mark.parametrize("styles", [[], {}, {"0": {}}, None])
def test_styles_that_style_nothing_are_accepted(a_source: Build, styles: object) -> None:
    assert len(read_design(a_source(a_text(styles=styles))).drawables) == 1


@pytest.mark.parametrize("name", ["filters", "isVariableImage"])
def test_a_picture_with_unsupported_properties_is_refused(a_source: Build, name: str) -> None:
    item = {"type": "Image", "src": "a.png", name: [{"type": "Grayscale"}] if name == "filters" else True}

    (fault,) = faults_of(a_source(item, assets={"a.png": a_png()}))

    assert fault.code == "design_unsupported"
    assert f"Image.{name}" in fault.message


@pytest.mark.parametrize("name", ["backgroundImage", "overlayImage", "overlay", "clipPath"])
def test_canvas_layers_that_are_not_drawn_are_refused(a_source: Build, name: str) -> None:
    (fault,) = faults_of(a_source(**{name: {"type": "Image"}}))

    assert (fault.code, fault.where) == ("design_unsupported", "design.json")
    assert name in fault.message


@pytest.mark.parametrize("data", [b"", b"no picture", a_png()[:40]])
def test_a_damaged_picture_is_a_fault(a_source: Build, data: bytes) -> None:
    (fault,) = faults_of(a_source({"type": "Image", "src": "a.png"}, assets={"a.png": data}))

    assert fault.code == "image_unreadable"


def test_a_data_url_is_a_picture(a_source: Build) -> None:
    source = "data:image/gif;base64,R0lGODlhAQABAIAAAP///wAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw=="

    assert len(read_design(a_source({"type": "Image", "src": source})).rasters) == 1


def test_a_picture_used_twice_is_kept_once(a_source: Build) -> None:
    item = {"type": "Image", "src": "a.png"}

    design = read_design(a_source(item, item, assets={"a.png": a_png()}))

    assert len(design.drawables) == 2
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


def test_a_damaged_font_is_a_fault(a_source: Build) -> None:
    source = replace(a_source(a_text()), fonts=[FontFile("Open Sans", 400, "normal", b"\0\1\0\0 no font")])

    (fault,) = faults_of(source)

    assert fault.code == "font_unreadable"


@pytest.mark.parametrize(
    ("page", "code"),
    [
        ({"width_mm": 100, "height_mm": 100}, "page_mismatch"),
        ({"width_mm": 0, "height_mm": 100}, "design_invalid"),
        ({"height_mm": 100}, "design_invalid"),
        ({"width_mm": 150, "height_mm": 100, "bleed_mm": -1}, "design_invalid"),
        ({"width_mm": 9000, "height_mm": 6000}, "page_invalid"),
    ],
)
def test_a_page_that_does_not_fit_the_canvas_is_a_fault(a_source: Build, page: Mapping[str, Any], code: str) -> None:
    faults = faults_of(a_source(page=page))

    assert {fault.code for fault in faults} == {code}


def test_page_json_that_is_no_json_is_a_fault(a_source: Build) -> None:
    (fault,) = faults_of(replace(a_source(), page=b"{"))

    assert (fault.code, fault.where) == ("page_invalid", "page.json")


def test_the_canvas_size_may_stand_in_page_json(a_source: Build) -> None:
    page = {"width_mm": 150, "height_mm": 100, "canvas": {"width": 300, "height": 200}}
    design = json.dumps({"version": "7.4.0", "objects": []}).encode()

    read = read_design(replace(a_source(page=page), design=design))

    assert (read.page.canvas_width, read.page.canvas_height) == (300, 200)
