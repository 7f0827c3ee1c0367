"""Codes as they stand on paper: PDFium draws them, a decoder reads them."""

from typing import Any

import pypdfium2
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from pressrun.domain.letters.canvas.geometry import Matrix, compose, rotation, scaling, translation
from pressrun.domain.letters.canvas.properties import Properties
from pressrun.domain.letters.stamping.letter import Refusal
from pressrun.domain.letters.symbols.codes import CodeBox, read_code
from pressrun.domain.letters.symbols.codes_drawing import open_code

MIDDLE = translation(200, 200)
QR = {"isQRCode": True, "variableName": "link", "width": 120, "height": 120}
BARCODE = {"isBarcode": True, "variableName": "link", "width": 300, "height": 60}


def a_box(**properties: Any) -> CodeBox:
    box = read_code(Properties(properties, "design.json objects[0]", []), "rect")
    assert box
    return box


def paint(operators: object) -> Image.Image:
    """Draw on a page of 400 x 400 points, y downwards, three pixels to the point."""
    assert isinstance(operators, str), operators
    content = f"0.8 g 0 0 400 400 re f 1 0 0 -1 0 400 cm {operators}".encode()
    bodies = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 400]/Contents 4 0 R>>",
        b"<</Length %d>>stream\n%b\nendstream" % (len(content), content),
    ]
    objects = b"".join(b"%d 0 obj%b endobj\n" % (number, body) for number, body in enumerate(bodies, 1))
    with pypdfium2.PdfDocument(b"%PDF-1.7\n" + objects + b"trailer<</Root 1 0 R>>") as document:
        image: Image.Image = document[0].render(scale=3).to_pil().convert("RGB")
    return image


def read(image: Image.Image) -> tuple[str, tuple[float, float]]:
    """Return the text of the one code found, and its middle on the page."""
    (found,) = zxingcpp.read_barcodes(image)
    corners = found.position
    across = (corners.top_left.x + corners.bottom_right.x) / 6
    down = (corners.top_left.y + corners.bottom_right.y) / 6
    return bytes(found.bytes).decode(), (across, down)


PLACES = {
    "upright": MIDDLE,
    "turned": compose(MIDDLE, rotation(33)),
    "stretched": compose(MIDDLE, scaling(0.8, 2.0)),
    "mirrored": compose(MIDDLE, scaling(-1.0, 1.0)),
    "upside down": compose(MIDDLE, scaling(1.0, -1.0)),
}


@pytest.mark.parametrize("matrix", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("style", ["mask", "vector"])
def test_a_qr_code_reads_back_from_the_middle_of_its_box(matrix: Matrix, style: str) -> None:
    write = open_code(a_box(**QR, qrStyle=style), matrix, None)

    text, middle = read(paint(write({"link": "https://example.com/é"})))

    assert text == "https://example.com/é"
    assert middle == pytest.approx((200, 200), abs=1)


@pytest.mark.parametrize("matrix", (PLACES | {"turned": compose(MIDDLE, rotation(90))}).values(), ids=PLACES)
def test_a_barcode_reads_back_from_the_middle_of_its_box(matrix: Matrix) -> None:
    write = open_code(a_box(**BARCODE), matrix, None)

    text, middle = read(paint(write({"link": "P-100 20"})))

    assert text == "P-100 20"
    assert middle == pytest.approx((200, 200), abs=1)


def test_mask_and_paths_draw_the_same_picture() -> None:
    # 40 bytes are version 3: 29 modules and 8 light ones, each of 6 pixels.
    box = QR | {"width": 74, "height": 74}

    mask, paths = (
        paint(open_code(a_box(**box, qrStyle=style), MIDDLE, None)({"link": "x" * 40})) for style in ("mask", "vector")
    )

    assert ImageChops.difference(mask, paths).getbbox() is None


def test_a_stretched_box_holds_a_square_on_a_ground_that_fills_it() -> None:
    picture = paint(open_code(a_box(**QR), compose(MIDDLE, scaling(0.5, 2.0)), None)({"link": "x"}))

    # The box is 60 wide and 240 high about the middle; the symbol is 21 of 29 modules of the shorter side.
    assert picture.getpixel((600, 245)) == (255, 255, 255)
    assert picture.getpixel((505, 600)) == (204, 204, 204)
    dark = picture.convert("L").point(lambda value: 255 * (value < 100)).getbbox()
    assert dark == pytest.approx(
        (3 * (200 - 30 * 21 / 29), 3 * (200 - 30 * 21 / 29), 3 * (200 + 30 * 21 / 29), 3 * (200 + 30 * 21 / 29)),
        abs=1.5,
    )


def test_colours_are_those_of_the_design() -> None:
    picture = paint(open_code(a_box(**QR, qrDark="#004000", qrLight="#ffffc0"), MIDDLE, None)({"link": "x"}))

    colours = {colour for count, colour in picture.getcolors(10**6) or [] if count > 5000}
    assert colours == {(0, 64, 0), (255, 255, 192), (204, 204, 204)}


def test_a_transparent_light_leaves_the_page_as_it_is() -> None:
    write = open_code(a_box(**QR, qrLight="transparent"), MIDDLE, None)

    picture = paint(write({"link": "x"}))

    assert {colour for count, colour in picture.getcolors(10**6) or [] if count > 5000} == {(0, 0, 0), (204, 204, 204)}


def test_a_state_is_set_before_anything_is_drawn() -> None:
    write = open_code(a_box(**QR), MIDDLE, "G1")

    assert str(write({"link": "x"})).startswith("q /G1 gs ")


def test_a_box_scaled_to_nothing_draws_nothing() -> None:
    assert open_code(a_box(**QR), (0.0, 0.0, 0.0, 1.0, 9.0, 9.0), None)({"link": "x"}) == ""


def test_a_template_is_filled_with_values_and_defaults() -> None:
    content = "https://example.com/{{id}}?from={{source|letter}}"
    write = open_code(a_box(**QR, qrContent=content), MIDDLE, None)

    text, _ = read(paint(write({"id": "{{source}}", "source": ""})))

    assert text == "https://example.com/{{source}}?from=letter"


def test_a_code_without_variables_needs_no_record() -> None:
    write = open_code(a_box(**QR, qrContent="https://example.com"), MIDDLE, None)

    assert read(paint(write({})))[0] == "https://example.com"


@pytest.mark.parametrize(
    ("properties", "record", "code"),
    [
        (QR, {}, "variable_missing"),
        (QR, {"link": ""}, "variable_missing"),
        (QR | {"qrContent": "{{link|}}"}, {"link": ""}, "variable_missing"),
        (QR | {"qrContent": "https://example.com/{{link}}"}, {"link": ""}, "variable_missing"),
        (QR, {"link": "SECRET" * 389}, "qr_too_long"),
        (QR | {"qrLevel": "H"}, {"link": "SECRET" * 213}, "qr_too_long"),
        (QR, {"link": "SECRET\udc80"}, "glyph_missing"),
        (BARCODE, {}, "variable_missing"),
        (BARCODE, {"link": "SECRETé"}, "barcode_unencodable"),
        (BARCODE, {"link": "SECRET\ud83d"}, "barcode_unencodable"),
        (BARCODE, {"link": "SECRET" * 14}, "barcode_too_long"),
    ],
)
def test_what_cannot_be_encoded_is_refused_without_its_value(
    properties: dict[str, Any], record: dict[str, str], code: str
) -> None:
    outcome = open_code(a_box(**properties), MIDDLE, None)(record)

    assert isinstance(outcome, Refusal)
    assert outcome.code == code
    assert "{{link}}" in outcome.message
    assert "SECRET" not in outcome.message


@settings(deadline=None, max_examples=60)
@given(st.sampled_from([QR, QR | {"qrStyle": "vector"}, BARCODE]), st.text(st.characters(), max_size=300))
def test_any_value_is_drawn_or_refused(properties: dict[str, Any], value: str) -> None:
    outcome = open_code(a_box(**properties), MIDDLE, None)({"link": value})

    if isinstance(outcome, str):
        assert outcome.split().count("q") == outcome.split().count("Q")
        assert outcome.isascii()
    else:
        assert outcome.code in {"variable_missing", "glyph_missing", "barcode_unencodable", "barcode_too_long"}
