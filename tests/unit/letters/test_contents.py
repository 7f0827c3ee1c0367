"""What a design uses is listed in the sizes it is printed in, and what is slow or too small is named."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from pressrun.domain.letters import Design, DesignSource, read_design
from pressrun.domain.letters.review.contents import (
    CodeUse,
    FaceUse,
    PageSize,
    PictureUse,
    lines_of,
    list_contents,
    list_slow_ways,
)
from pressrun.domain.letters.review.legibility import list_small_codes, open_inspection

Source = Callable[..., DesignSource]

# 600 x 400 pixels on 150 x 100 mm: 4 pixels to the millimetre.
SHEET = {"width_mm": 150, "height_mm": 100, "bleed_mm": 0}


def a_text(text: str = "Dear {{name}}", **properties: Any) -> dict[str, Any]:
    return {"type": "Text", "fontFamily": "Open Sans", "text": text, "left": 300, "top": 200} | properties


def a_code(**properties: Any) -> dict[str, Any]:
    place = {"left": 300, "top": 200, "width": 100, "height": 100, "strokeWidth": 0}
    return {"type": "Rect", "isQRCode": True, "variableName": "link", **place} | properties


def a_group(*objects: dict[str, Any], **properties: Any) -> dict[str, Any]:
    return {"type": "Group", "objects": objects, "width": 200, "height": 200, "left": 300, "top": 200} | properties


def a_picture(width: int = 300, height: int = 200) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def a_design(a_source: Source) -> Callable[..., Design]:
    def build(*objects: dict[str, Any], **options: Any) -> Design:
        return read_design(a_source(*objects, **{"page": SHEET, **options}))

    return build


def test_objects_are_counted_by_kind_inside_groups_too(a_design: Callable[..., Design]) -> None:
    design = a_design(a_text(), a_group(a_text("static"), {"type": "Rect", "width": 5, "height": 5}), a_code())

    contents = list_contents(design)

    assert contents.objects == (("QR code", 1), ("group", 1), ("shape", 1), ("text", 2))


def test_pages_and_faces_are_listed(a_design: Callable[..., Design]) -> None:
    contents = list_contents(
        a_design(a_text(), a_text(fontWeight=600), page={**SHEET, "width_mm": 144, "bleed_mm": 3, "height_mm": 94})
    )

    assert contents.pages == (PageSize(144.0, 94.0, 3.0),)
    assert set(contents.faces) >= {FaceUse("Open Sans", 400, "normal"), FaceUse("Open Sans", 600, "normal")}


def test_a_code_is_listed_in_its_printed_size(a_design: Callable[..., Design]) -> None:
    design = a_design(
        a_group(a_code(left=0, top=0, variableName="", qrContent="https://x.example/{{ id }}"), scaleX=2, scaleY=2)
    )

    (listed,) = list_contents(design).codes

    assert listed == CodeUse("design.json objects[0] objects[0]", "QR code", "https://x.example/{{id}}", 50.0, 50.0)


def test_a_picture_is_listed_with_the_resolution_it_is_printed_at(a_design: Callable[..., Design]) -> None:
    picture = {"type": "Image", "src": "assets/a.png", "width": 300, "height": 200, "scaleX": 0.5, "scaleY": 0.25}

    (listed,) = list_contents(a_design(picture, assets={"assets/a.png": a_picture()})).pictures

    # 300 pixels on 150 canvas pixels, which are 37.5 mm.
    assert listed == PictureUse("design.json objects[0]", 300, 200, 203)


def test_variables_on_one_line_are_found(a_design: Callable[..., Design]) -> None:
    design = a_design(a_text("{{first}} {{last}}\n{{street}}\n{{postcode}} {{city}} "), a_text("{{first}}, {{last}}"))

    assert lines_of(design) == (("first", "last"), ("postcode", "city"))


@pytest.mark.parametrize(
    ("shadowed", "slow"),
    [
        (a_text(shadow={"color": "#000", "blur": 4, "offsetX": 2, "offsetY": 2}), True),
        (a_text(shadow={"color": "#000", "blur": 0, "offsetX": 2, "offsetY": 2}), False),
        (a_text("static", shadow={"color": "#000", "blur": 4, "offsetX": 2, "offsetY": 2}), False),
        (a_group(a_text(), shadow={"color": "#000", "blur": 4, "offsetX": 2, "offsetY": 2}), True),
    ],
)
def test_a_blurred_shadow_under_what_varies_is_named_as_slow(
    a_design: Callable[..., Design], shadowed: dict[str, Any], *, slow: bool
) -> None:
    found = [(fault.code, fault.where) for fault in list_slow_ways(a_design(shadowed))]

    assert found == [("shadow_slow", "design.json objects[0]")] * slow


def test_a_code_of_fixed_content_that_is_too_small_is_named(a_design: Callable[..., Design]) -> None:
    small, large = ({"width": side, "height": side, "variableName": "", "qrContent": "x" * 40} for side in (20, 100))

    (fault,) = list_small_codes(a_design(a_code(**small), a_code(**large)))

    assert (fault.code, fault.where) == ("qr_small", "design.json objects[0]")


def test_a_code_is_too_small_for_the_recipients_whose_content_is_long(a_design: Callable[..., Design]) -> None:
    # 10 mm: 21 + 8 modules of 0.34 mm for a short content, 49 + 8 of 0.18 mm for a long one.
    design = a_design(a_code(width=40, height=40))
    inspect = open_inspection(design)

    assert list(inspect({"link": "short"})) == []
    assert [fault.code for fault in inspect({"link": "x" * 200})] == ["qr_small"]
    assert list_small_codes(design) == ()
