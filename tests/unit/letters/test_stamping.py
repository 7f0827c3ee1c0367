"""A letter shows what was asked, or there is a refusal with a code and no letter."""

import hashlib
import io
import unicodedata
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import zxingcpp
from canvases import a_box, a_code, a_gradient, a_group, a_photo, a_rect, a_shadow, a_text, letter, refusal, whole
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pressrun.domain.letters import (
    CompiledDesign,
    DesignSource,
    FontFile,
    Letter,
    Profile,
    Refusal,
    compile_design,
    read_design,
)

Compile = Callable[..., CompiledDesign]
Read = Callable[[object], str]
Draw = Callable[..., Image.Image]

ANYTHING = st.text(st.characters(codec=None), max_size=60)


@pytest.mark.parametrize(
    "name",
    [
        "Jürgen Weiß",
        "Małgorzata Żółkiewska",
        "Ελένη Παπαδοπούλου",
        "Дмитрий Щёголев",
        "Ґанна Їжак",
        "Nguyễn Thị Hạnh Phúc",
        "İbrahim Çağl\u0131",
        "affluent office fjord",
        "AVATAR To Wave",
    ],
)
def test_the_text_can_be_copied_out_as_it_went_in(a_compiled: Compile, read_text: Read, name: str) -> None:
    letter = a_compiled(a_text(), characters="Dear " + name).stamp({"name": name})

    assert read_text(letter) == f"Dear {name}"


def test_decomposed_letters_are_composed_before_they_are_set(a_compiled: Compile, read_text: Read) -> None:
    compiled = a_compiled(a_text(), characters="Café Å")

    letter = compiled.stamp({"name": unicodedata.normalize("NFD", "Café Å")})

    assert read_text(letter) == "Dear Café Å"


def test_letters_that_look_alike_are_copied_out_as_their_own(a_compiled: Compile, read_text: Read) -> None:
    latin_greek_cyrillic = "A\u0391\u0410 B\u0392\u0412"
    letter = a_compiled(a_text("{{name}}"), characters=latin_greek_cyrillic).stamp({"name": latin_greek_cyrillic})

    assert read_text(letter) == latin_greek_cyrillic


def test_lines_of_a_value_stay_lines(a_compiled: Compile, read_text: Read) -> None:
    letter = a_compiled(a_text("{{address}}")).stamp({"address": "Elm Street 5\r\n80331 Town\n\nGermany"})

    assert read_text(letter).split("\n") == ["Elm Street 5", "80331 Town", "Germany"]


def test_a_value_with_braces_is_printed_and_not_expanded(a_compiled: Compile, read_text: Read) -> None:
    compiled = a_compiled(a_text("{{name}} {{other}}"))

    letter = compiled.stamp({"name": "{{other}}", "other": "secret"})

    assert read_text(letter) == "{{other}} secret"


@pytest.mark.parametrize(
    ("record", "shown"),
    [({}, "Dear friend"), ({"name": ""}, "Dear friend"), ({"name": "Zoë"}, "Dear Zoë")],
)
def test_a_default_stands_in_for_a_missing_or_empty_value(
    a_compiled: Compile, read_text: Read, record: Mapping[str, str], shown: str
) -> None:
    compiled = a_compiled(a_text("Dear {{ name | friend }}"), characters="Zoë")

    assert read_text(compiled.stamp(record)) == shown


def test_an_empty_value_without_default_prints_nothing_in_its_place(a_compiled: Compile, read_text: Read) -> None:
    letter = a_compiled(a_text("Dear {{name}}!")).stamp({"name": ""})

    assert read_text(letter) == "Dear !"


def test_a_text_of_empty_values_alone_is_no_error(a_compiled: Compile, read_text: Read) -> None:
    assert read_text(a_compiled(a_box("{{name}}")).stamp({"name": ""})) == ""


def test_a_missing_value_is_refused_by_name(a_compiled: Compile) -> None:
    outcome = refusal(a_compiled(a_text("{{first}} {{last}}")).stamp({"first": "Ada"}))

    assert outcome == Refusal("variable_missing", "There is no value for {{last}}.")


@pytest.mark.parametrize(
    ("value", "code", "point"),
    [
        ("日本", "glyph_missing", "U+65E5"),
        ("ok Ω", "glyph_missing", "U+03A9"),
        ("bell\u0007", "glyph_missing", "U+0007"),
        ("line\u2028", "glyph_missing", "U+2028"),
        ("half \ud800", "glyph_missing", "U+D800"),
        ("สมชาย", "script_unsupported", "U+0E2A"),
        ("שלום", "script_unsupported", "U+05E9"),
        ("محمد", "script_unsupported", "U+0645"),
        ("अमित", "script_unsupported", "U+0905"),
        ("\U0001f1e9\U0001f1ea", "glyph_missing", "U+1F1E9"),
        ("\u2764\ufe0f", "glyph_missing", "U+2764"),
    ],
)
def test_what_cannot_be_printed_right_is_refused(a_compiled: Compile, value: str, code: str, point: str) -> None:
    outcome = refusal(a_compiled(a_text()).stamp({"name": value}))

    assert outcome.code == code
    assert point in outcome.message
    assert "{{name}}" in outcome.message


def test_the_designs_own_text_may_borrow_a_character_from_another_face(
    a_source: Callable[..., DesignSource],
    read_fonts: Callable[[Path], list[FontFile]],
    fabric_cases: Path,
    read_text: Read,
) -> None:
    """Open Sans has neither an arrow nor a star; Liberation Sans has the first, DejaVu Sans both."""
    source = replace(a_source(a_text("→ {{name}} ★fine")), fonts=read_fonts(fabric_cases / "fonts"))
    compiled = compile_design(read_design(source), Profile("Aad"))

    opened = CompiledDesign.from_bytes(compiled.to_bytes())

    assert read_text(opened.stamp({"name": "Ada"})) == "→ Ada ★fine"
    assert refusal(opened.stamp({"name": "♥"})).code == "glyph_missing"


def test_a_refusal_holds_nothing_of_the_row(a_compiled: Compile) -> None:
    outcome = refusal(a_compiled(a_text()).stamp({"name": "Tanaka 日本"}))

    assert "Tanaka" not in outcome.message
    assert "日" not in outcome.message


def test_soft_hyphens_draw_nothing(a_compiled: Compile, read_text: Read) -> None:
    assert read_text(a_compiled(a_text()).stamp({"name": "Do\u00adnau"})) == "Dear Donau"


@pytest.mark.parametrize(
    ("properties", "value"),
    [
        ({}, "x" * 60),
        ({"type": "Textbox", "width": 100}, "word " * 200),
        ({"angle": 90}, "x" * 40),
        ({"originX": "left", "left": -2}, "x"),
        ({"originX": "right", "left": 598}, "x" * 60),
    ],
)
def test_a_text_that_leaves_the_page_is_refused(a_compiled: Compile, properties: dict[str, Any], value: str) -> None:
    outcome = refusal(a_compiled(a_text(**properties)).stamp({"name": value}))

    assert outcome.code == "text_off_page"
    assert "{{name}}" in outcome.message


def test_a_box_may_leave_the_page_when_its_text_does_not(a_compiled: Compile, read_text: Read) -> None:
    compiled = a_compiled(a_box("{{name}}", width=900, originX="left", left=10))

    assert read_text(compiled.stamp({"name": "short"})) == "short"


def test_the_bleed_is_no_place_for_varying_text(a_compiled: Compile) -> None:
    page = {"width_mm": 146, "height_mm": 96, "bleed_mm": 2}
    placed = a_text("{{name}}", originX="left", left=4)

    assert isinstance(a_compiled(placed).stamp({"name": "x"}), Letter)
    assert refusal(a_compiled(placed, page=page).stamp({"name": "x"})).code == "text_off_page"


def test_all_letters_share_one_prefix_and_carry_their_own_checksums(a_compiled: Compile) -> None:
    compiled = a_compiled(a_text())

    letters = [letter(compiled.stamp({"name": name})) for name in ("Ada", "Bea")]

    assert letters[0].prefix is letters[1].prefix
    for made in letters:
        data = made.prefix + made.tail
        assert made.crc32 == zlib.crc32(data)
        assert made.sha256 == hashlib.sha256(data).hexdigest()
        assert len(made.prefix) == compiled.prefix_size


@pytest.mark.parametrize(
    "objects",
    [
        [a_box("Dear {{first}} {{last}}, welcome to {{city}}.")],
        [a_code()],
        [a_box("Dear {{first}} {{last}}, welcome to {{city}}."), a_code()],
        [a_group(a_text("{{city}}", left=0, top=0), opacity=0.5)],
    ],
)
def test_the_estimated_tail_is_of_the_right_order(a_compiled: Compile, objects: list[dict[str, Any]]) -> None:
    compiled = a_compiled(*objects)

    made = letter(compiled.stamp({"first": "Margarete", "last": "Lindenberg", "city": "Ludwigsburg", "link": "x" * 40}))

    assert compiled.typical_tail_size == pytest.approx(len(made.tail), rel=0.5)


def test_the_document_id_follows_the_content(a_compiled: Compile) -> None:
    compiled = a_compiled(a_text())

    def identity(name: str) -> bytes:
        with pikepdf.open(io.BytesIO(whole(compiled.stamp({"name": name})))) as pdf:
            return bytes(pdf.trailer.ID[0])

    assert identity("Ada") == identity("Ada")
    assert identity("Ada") != identity("Bea")


@pytest.mark.parametrize("link", ["https://example.com/r/ABC?u=zoë", "x", "https://example.com/" + "y" * 300])
def test_a_qr_code_reads_back(a_compiled: Compile, draw: Draw, link: str) -> None:
    compiled = a_compiled(a_code(width=200, height=200))

    (found,) = zxingcpp.read_barcodes(draw(compiled.stamp({"link": link}), scale=4))

    assert found.text == link
    assert found.format == zxingcpp.BarcodeFormat.QRCode


def test_a_qr_length_outside_the_profile_still_reads_back(a_compiled: Compile, draw: Draw) -> None:
    compiled = a_compiled(a_code())

    (found,) = zxingcpp.read_barcodes(draw(compiled.stamp({"link": "another length"}), scale=4))

    assert found.text == "another length"


def test_a_qr_code_lies_in_the_middle_of_its_turned_box(a_compiled: Compile, draw: Draw) -> None:
    compiled = a_compiled(a_code(angle=30, width=160, height=120), background="#808080")

    drawn = draw(compiled.stamp({"link": "hello"}), scale=4)

    (found,) = zxingcpp.read_barcodes(drawn)
    corners = [
        found.position.top_left,
        found.position.top_right,
        found.position.bottom_right,
        found.position.bottom_left,
    ]
    assert sum(corner.x for corner in corners) / 4 == pytest.approx(drawn.width / 2, abs=6)
    assert sum(corner.y for corner in corners) / 4 == pytest.approx(drawn.height / 2, abs=6)


@pytest.mark.parametrize(
    ("record", "code"),
    [
        ({}, "variable_missing"),
        ({"link": ""}, "variable_missing"),
        ({"link": "x" * 2332}, "qr_too_long"),
        ({"link": "é" * 1166}, "qr_too_long"),
        ({"link": "half \udc00"}, "glyph_missing"),
    ],
)
def test_a_qr_code_that_cannot_be_made_is_refused(a_compiled: Compile, record: Mapping[str, str], code: str) -> None:
    assert refusal(a_compiled(a_code()).stamp(record)).code == code


@settings(max_examples=60, deadline=None)
@given(name=ANYTHING, link=ANYTHING, photo=ANYTHING)
def test_no_value_makes_stamping_raise(a_compiled: Compile, name: str, link: str, photo: str) -> None:
    compiled = _STAMPED.setdefault(
        "all",
        a_compiled(
            a_text(),
            a_box(splitByGrapheme=True, charSpacing=50),
            a_text(shadow=a_shadow(blur=2), clipPath=a_rect(0, 0), fill=a_gradient((0, "#f00"), (1, "#0000"))),
            a_text(overflow="shrink", height=50, width=300),
            a_code(),
            a_group(a_rect(0, 0, isBarcode=True, barcodeContent="{{name}}"), opacity=0.5),
        ),
    )

    outcome = compiled.stamp({"name": name, "link": link})

    assert isinstance(outcome, Letter) or outcome.code in REFUSED
    assert refusal(_STAMPED.setdefault("photo", a_compiled(a_photo())).stamp({"photo": photo})).code in REFUSED


REFUSED = {
    *("variable_missing", "glyph_missing", "script_unsupported", "qr_too_long", "text_off_page", "text_overflow"),
    *("barcode_too_long", "barcode_unencodable", "image_missing"),
}
_STAMPED: dict[str, CompiledDesign] = {}
