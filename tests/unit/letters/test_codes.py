"""What a design says about a code is read, or answered with a fault."""

from typing import Any

import pytest

from pressrun.domain.letters.canvas.colours import BLACK, Colour
from pressrun.domain.letters.canvas.placeholders import Slot
from pressrun.domain.letters.canvas.properties import Properties
from pressrun.domain.letters.symbols.codes import CodeBox, module_mm, read_code, small_module

WHITE = Colour(1.0, 1.0, 1.0)


def an_item(**properties: Any) -> Properties:
    return Properties({"type": "Rect", "width": 80, "height": 80, **properties}, "design.json objects[0]", [])


def a_qr(**properties: Any) -> Properties:
    return an_item(**{"isQRCode": True, "variableName": "link"} | properties)


def a_barcode(**properties: Any) -> Properties:
    return an_item(**{"isBarcode": True, "variableName": "number"} | properties)


def faults(item: Properties, kind: str = "rect") -> list[str]:
    assert read_code(item, kind) is None
    return [fault.code for fault in item.faults]


def test_a_qr_code_is_black_on_white_at_level_m_unless_said() -> None:
    box = read_code(a_qr(), "rect")

    assert box == CodeBox("qr", (Slot("link", None),), 80, 80, "M", 4, BLACK, WHITE, vector=False)


def test_a_qr_code_takes_its_own_properties() -> None:
    item = a_qr(
        variableName="id",
        qrContent="https://example.com/{{id}}",
        qrLevel="H",
        qrQuietZone=6,
        qrDark="#003300",
        qrLight="transparent",
        qrStyle="vector",
    )

    box = read_code(item, "image")

    content = ("https://example.com/", Slot("id", None))
    assert box == CodeBox("qr", content, 80, 80, "H", 6, Colour(0.0, 0.2, 0.0), None, vector=True)
    assert item.warnings == []


def test_a_barcode_is_vector_with_ten_light_modules() -> None:
    box = read_code(a_barcode(barcodeContent="P-{{number|0}}"), "rect")

    assert box == CodeBox("code128", ("P-", Slot("number", "0")), 80, 80, "M", 10, BLACK, WHITE, vector=True)


@pytest.mark.parametrize(
    ("properties", "code"),
    [
        ({"variableName": " "}, "qr_without_variable"),
        ({"variableName": 7}, "design_invalid"),
        ({"qrContent": "https://example.com/{{id"}, "placeholder_invalid"),
        ({"qrLevel": "X"}, "design_invalid"),
        ({"qrStyle": "dots"}, "design_invalid"),
        ({"qrQuietZone": -1}, "design_invalid"),
        ({"qrQuietZone": 1.5}, "design_invalid"),
        ({"qrQuietZone": 41}, "design_invalid"),
        ({"width": 0}, "design_invalid"),
        ({"height": float("nan")}, "design_invalid"),
        ({"qrDark": "nothing"}, "design_invalid"),
        ({"qrDark": "transparent"}, "qr_unreadable"),
        ({"qrDark": "rgba(0,0,0,.9)"}, "qr_unreadable"),
        ({"qrDark": "#ccc"}, "qr_unreadable"),
        ({"qrDark": "white", "qrLight": "black"}, "qr_unreadable"),
        ({"qrDark": "white", "qrLight": "transparent"}, "qr_unreadable"),
        ({"opacity": 0.1}, "qr_unreadable"),
        ({"qrContent": "x" * 2332}, "qr_too_long"),
        ({"qrContent": "x" * 1274 + "{{link}}", "qrLevel": "H"}, "qr_too_long"),
        ({"qrContent": "\ud800"}, "glyph_missing"),
    ],
)
def test_a_qr_code_that_cannot_be_right_is_a_fault(properties: dict[str, Any], code: str) -> None:
    assert code in faults(a_qr(**properties))


@pytest.mark.parametrize(
    ("properties", "code"),
    [
        ({"variableName": ""}, "qr_without_variable"),
        ({"barcodeFormat": "ean13"}, "design_invalid"),
        ({"barcodeContent": "Größe"}, "barcode_unencodable"),
        ({"barcodeContent": "x" * 81}, "barcode_too_long"),
        # A red laser sees no red bars.
        ({"qrDark": "#ff0000"}, "qr_unreadable"),
    ],
)
def test_a_barcode_that_cannot_be_right_is_a_fault(properties: dict[str, Any], code: str) -> None:
    assert faults(a_barcode(**properties)) == [code]


def test_a_camera_reads_red_on_white() -> None:
    assert read_code(a_qr(qrDark="#ff0000"), "rect") is not None


def test_all_faults_of_a_code_are_found_at_once() -> None:
    item = a_qr(variableName="", qrLevel="Z", qrQuietZone=-2, qrStyle="?")

    assert faults(item, "circle") == [
        "design_unsupported",
        "qr_without_variable",
        *["design_invalid"] * 3,
    ]


def test_a_narrow_quiet_zone_is_a_warning() -> None:
    item = a_qr(qrQuietZone=2)

    assert read_code(item, "rect") is not None
    assert [warning.code for warning in item.warnings] == ["qr_quiet_zone"]


def test_a_variable_beside_a_content_that_does_not_hold_it_is_a_warning() -> None:
    item = a_qr(qrContent="https://example.com/{{id}}")

    assert read_code(item, "rect") is not None
    assert len(item.warnings) == 1


def test_a_module_is_measured_on_the_smaller_side_of_the_drawn_box() -> None:
    box = read_code(a_qr(), "rect")
    assert box

    # 14 bytes are version 1: 21 modules and 8 light ones.
    assert module_mm(box, 14, 0.25) == pytest.approx(80 * 0.25 / 29)
    assert module_mm(box, 15, 0.25, (2.0, 0.0, 0.0, 0.5, 0.0, 0.0)) == pytest.approx(40 * 0.25 / 33)


def test_a_bar_is_measured_along_the_box() -> None:
    box = read_code(a_barcode(height=5), "rect")
    assert box

    assert module_mm(box, 10, 0.25) == pytest.approx(80 * 0.25 / (35 + 110 + 20))


def test_modules_under_a_quarter_of_a_millimetre_are_a_warning() -> None:
    warning = small_module("design.json objects[0]", 0.249)

    assert warning
    assert warning.code == "qr_small"
    assert small_module("design.json objects[0]", 0.25) is None
