"""Whatever JSON is handed in as a design ends in a fault, a refusal or a letter."""

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hostility import a_text, faults, print_or_report
from PIL import Image

from pressrun.domain.letters import DesignSource

Source = Callable[..., DesignSource]


def a_png() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (4, 4)).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00",
        b"\xff\xfe{\x00}\x00",
        b"{",
        b"null",
        b"7",
        b'"design"',
        b"[]",
        b"[[]]",
        b"{}",
        b"<svg/>",
        b"%PDF-1.7",
        b'{"objects": NaN}',
        b'{"version":"7.4.0","width":NaN,"height":9,"objects":[]}',
        b'{"version":"7.4.0","width":1e999,"height":9,"objects":[]}',
        b'{"version":"7.4.0","width":9,"height":9,"objects":"\\ud800"}',
        b"[" * 100_000,
        b'{"objects":' * 100_000,
    ],
)
def test_what_is_no_design_is_a_fault(a_source: Source, data: bytes) -> None:
    assert faults(replace(a_source(), design=data))


def test_a_design_of_fifty_megabytes_is_refused_before_it_is_parsed(a_source: Source) -> None:
    assert faults(replace(a_source(), design=b" " * 50_000_000)) == ["design_too_large"]


@pytest.mark.parametrize("depth", [60, 300, 10_000])
@pytest.mark.parametrize("property_name", ["objects", "clipPath"])
def test_deep_nesting_is_a_fault(a_source: Source, depth: int, property_name: str) -> None:
    start = '{"type":"Group","width":9,"height":9,"objects":['
    opening, closing = (start, "]}") if property_name == "objects" else (f'{start}],"clipPath":', "}")
    inside = opening * depth + '{"type":"Rect","width":9,"height":9}' + closing * depth
    design = f'{{"version":"7.4.0","width":600,"height":400,"objects":[{inside}]}}'

    assert len(faults(replace(a_source(), design=design.encode()))) == 1


def test_a_fault_of_a_deep_design_names_its_place_in_bounds(a_source: Source) -> None:
    design: dict[str, Any] = {"type": "Nothing"}
    for _ in range(45):
        design = {"type": "Group", "width": 1, "height": 1, "objects": [design]}

    assert faults(a_source(design)) == ["design_unsupported"]


NUMBERS = [0, -5.5, 1e-320, 90, 1e6, -1e300, 10**400, True, "12", None, {}, [1e300, -1]]
SIZED: Mapping[str, list[str]] = {
    "Rect": ["width", "height", "rx", "strokeWidth", "scaleX", "skewX", "angle", "left", "opacity", "strokeDashArray"],
    "Circle": ["radius", "startAngle", "endAngle", "skewY", "strokeMiterLimit", "strokeDashOffset"],
    "Ellipse": ["rx", "ry"],
    "Line": ["x1", "y2"],
    "Polygon": ["points"],
    "Path": ["path"],
    "Group": ["objects", "width", "scaleY"],
    "Image": ["cropX", "cropY", "width", "height", "scaleX", "filters"],
    "Textbox": [
        "fontSize",
        "lineHeight",
        "charSpacing",
        "width",
        "minWidth",
        "styles",
        "height",
        "strokeWidth",
        "scaleX",
    ],
    "IText": ["fontSize", "fontWeight", "deltaY", "styles", "overflowFloor"],
}


@pytest.mark.parametrize("value", NUMBERS, ids=repr)
@pytest.mark.parametrize("kind", SIZED)
def test_a_number_that_is_none_negative_or_gigantic_is_a_fault_or_drawn(
    a_source: Source, kind: str, value: Any
) -> None:
    whole = {
        "fill": "#123",
        "stroke": "#456",
        "strokeWidth": 2,
        "width": 90,
        "height": 40,
        "radius": 9,
        "rx": 3,
        "ry": 4,
    }
    more = {"path": "M 0 0 L 9 9 Z", "points": [{"x": 0, "y": 0}, {"x": 9, "y": 5}], "objects": []}
    thing = {**a_text("Dear {{name}}"), "src": "assets/a.png", **whole, **more, "type": kind}
    assets = {"assets/a.png": a_png()}

    for name in SIZED[kind]:
        source = a_source(assets=assets)
        canvas = {"version": "7.4.0", "width": 600, "height": 400, "objects": [thing | {name: value}]}
        print_or_report(replace(source, design=json.dumps(canvas).encode()), {"name": "Zoe"})


@pytest.mark.parametrize("value", NUMBERS, ids=repr)
@pytest.mark.parametrize(
    "name", ["width", "height", "viewportTransform", "backgroundImage", "overlay", "clipPath", "background"]
)
def test_a_canvas_with_an_unlikely_value_is_a_fault_or_drawn(a_source: Source, name: str, value: Any) -> None:
    canvas = {"version": "7.4.0", "width": 600, "height": 400, "objects": [a_text("Dear {{name}}")], name: value}

    print_or_report(replace(a_source(), design=json.dumps(canvas).encode()), {"name": "Zoe"})


@pytest.mark.parametrize("value", [0, -1, 1e-9, 1e9, 1e300, 10**400, True, "12", None, []], ids=repr)
@pytest.mark.parametrize("name", ["width_mm", "height_mm", "bleed_mm", "canvas"])
def test_a_page_with_an_unlikely_size_is_a_fault_or_drawn(a_source: Source, name: str, value: Any) -> None:
    page = {"width_mm": 148, "height_mm": 105, "bleed_mm": 3, "canvas": {"width": 600, "height": 400}, name: value}

    print_or_report(a_source(a_text("Dear {{name}}"), page=page), {"name": "Zoe"})


@pytest.mark.parametrize("angle", [-1e6, 45, 89.999999, 90, 270, 1e6])
def test_a_skew_that_makes_objects_endless_is_a_fault_or_drawn(a_source: Source, angle: float) -> None:
    source = a_source(a_text("Dear {{name}}", skewX=angle, skewY=angle), {"type": "Rect", "width": 9, "skewX": angle})

    print_or_report(source, {"name": "Zoe"})
