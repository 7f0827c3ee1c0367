"""Whatever is handed in as a design, an asset, a font or a value ends in a fault, a refusal or a letter."""

import io
import json
import socket
import struct
import unicodedata
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NoReturn

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pressrun.domain.errors import FaultyInput
from pressrun.domain.letters import (
    CompiledDesign,
    Design,
    DesignSource,
    FontFile,
    Letter,
    Profile,
    Refusal,
    compile_design,
    read_design,
)

Source = Callable[..., DesignSource]
Compile = Callable[..., CompiledDesign]

EXPECTED = {
    *("variable_missing", "glyph_missing", "script_unsupported", "text_off_page", "text_overflow"),
    *("qr_too_long", "barcode_too_long", "barcode_unencodable", "image_missing", "image_unreadable"),
}


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object) -> NoReturn:
        raise AssertionError("a letter never opens a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def a_text(text: str, **properties: Any) -> dict[str, Any]:
    place = {"left": 300, "top": 200, "width": 300, "fontFamily": "Open Sans", "fontSize": 12}
    return {"type": "Textbox", "text": text, **place, **properties}


def a_picture(**properties: Any) -> dict[str, Any]:
    return {"type": "Image", "src": "assets/a.png", "left": 300, "top": 200, "width": 10, "height": 10, **properties}


def a_file(image: Image.Image, kind: str) -> bytes:
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()


def a_bomb(side: int = 12_000) -> bytes:
    """Return a whole PNG of 20 kB that unpacks to `side` x `side` pixels."""
    packer = zlib.compressobj(9)
    row = bytes(1 + side // 8)
    data = b"".join([*(packer.compress(row * 500) for _ in range(side // 500)), packer.flush()])
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", data), (b"IEND", b""))
    body = (
        struct.pack(">I", len(part)) + kind + part + struct.pack(">I", zlib.crc32(kind + part)) for kind, part in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(body)


def faults(source: DesignSource) -> list[str]:
    with pytest.raises(FaultyInput) as caught:
        read_design(source)
    assert all(fault.where and fault.message and fault.remedy for fault in caught.value.faults)
    return [fault.code for fault in caught.value.faults]


def read_or_report(source: DesignSource) -> Design | list[str]:
    try:
        return read_design(source)
    except FaultyInput as error:
        codes = [fault.code for fault in error.faults]
    assert codes
    return codes


def print_or_report(source: DesignSource, record: Mapping[str, str]) -> Letter | Refusal | list[str]:
    design = read_or_report(source)
    if not isinstance(design, Design):
        return design
    characters = unicodedata.normalize("NFC", "".join(sorted(set("".join(record.values())))))
    pictures = {name: (value,) for name, value in record.items()}
    try:
        compiled = compile_design(design, Profile("".join(sorted(set(characters))), {}, pictures=pictures))
    except FaultyInput as error:
        return [fault.code for fault in error.faults]
    outcome = compiled.stamp(record)
    assert isinstance(outcome, Letter) or outcome.code in EXPECTED, outcome
    return outcome


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
    assets = {"assets/a.png": a_file(Image.new("RGB", (4, 4)), "PNG")}

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


@pytest.mark.parametrize(
    "src",
    [
        "",
        "assets/missing.png",
        "/etc/passwd",
        "../../etc/passwd",
        "assets/../assets/a.png/../../secret",
        "file:///etc/passwd",
        "http://127.0.0.1:9/a.png",
        "https://example.com/a.png",
        "//example.com/a.png",
        "ftp://example.com/a.png",
        "blob:null/7",
        "\x00",
        "data:",
        "data:image/png;base64,",
        "data:image/png;base64,%%%",
        "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>",
        "data:text/html,<script>alert(1)</script>",
    ],
)
def test_a_picture_that_is_not_among_the_assets_is_a_fault(a_source: Source, src: str) -> None:
    (code,) = faults(a_source(a_picture(src=src)))

    assert code in {"image_missing", "image_unreadable"}


JPEG = a_file(Image.effect_noise((64, 48), 60).convert("RGB"), "JPEG")
PNG = a_file(Image.effect_noise((64, 48), 60), "PNG")
BOMB = a_bomb()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd8",
        b"\xff\xd8\xff\xe0" + bytes(40),
        b"GIF89a",
        b"RIFF\x00\x00\x00\x00WEBPVP8 ",
        b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        JPEG[: len(JPEG) // 2],
        JPEG[:300],
        PNG[: len(PNG) // 2],
        PNG[:40],
        BOMB,
    ],
    ids=lambda data: repr(data[:30]),
)
def test_a_picture_that_is_damaged_or_a_bomb_is_a_fault(a_source: Source, data: bytes) -> None:
    assert faults(a_source(a_picture(), assets={"assets/a.png": data})) == ["image_unreadable"]


@pytest.mark.parametrize(
    "data",
    [
        a_file(Image.new("CMYK", (20, 10), (0, 200, 200, 0)), "JPEG"),
        a_file(Image.new("I;16", (20, 10), 40_000), "PNG"),
        a_file(Image.new("LA", (20, 10), (90, 90)), "PNG"),
        a_file(Image.new("1", (20, 10)), "PNG"),
        a_file(Image.new("P", (20, 10)), "GIF"),
    ],
    ids=["cmyk", "16 bit", "alpha", "1 bit", "palette"],
)
def test_a_picture_in_any_colour_space_is_printed(a_source: Source, data: bytes) -> None:
    outcome = print_or_report(a_source(a_picture(), assets={"assets/a.png": data}), {})

    assert isinstance(outcome, Letter)


@settings(max_examples=60, deadline=None)
@given(place=st.integers(0, len(JPEG) - 1), byte=st.integers(0, 255), whole=st.sampled_from([JPEG, PNG]))
def test_a_picture_with_a_wrong_byte_is_a_fault_or_printed(
    a_source: Source, place: int, byte: int, whole: bytes
) -> None:
    damaged = bytearray(whole)
    damaged[place % len(whole)] = byte

    print_or_report(a_source(a_picture(), assets={"assets/a.png": bytes(damaged)}), {})


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("", "variable_missing"),
        ("assets/none.png", "image_missing"),
        ("../a.png", "image_missing"),
        ("https://example.com/a.png", "image_missing"),
        ("file:///etc/passwd", "image_missing"),
        ("/etc/passwd", "image_missing"),
        ("\ud800", "image_missing"),
        ("assets/broken.jpg", "image_unreadable"),
        ("assets/bomb.png", "image_unreadable"),
    ],
)
def test_a_recipients_picture_that_cannot_be_printed_is_refused(a_source: Source, value: str, code: str) -> None:
    assets = {"assets/broken.jpg": JPEG[:200], "assets/bomb.png": BOMB}
    source = a_source(a_picture(isVariableImage=True, variableName="photo"), assets=assets)

    outcome = print_or_report(source, {"photo": value})

    assert isinstance(outcome, Refusal)
    assert outcome.code == code
    assert not value or value not in outcome.message


def a_font(change: Callable[[TTFont], None], data: bytes) -> bytes:
    font = TTFont(io.BytesIO(data))
    change(font)
    file = io.BytesIO()
    font.save(file)
    return file.getvalue()


def forbid(font: TTFont) -> None:
    font["OS/2"].fsType = 2


def lose_outlines(font: TTFont) -> None:
    del font["glyf"]
    del font["loca"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda _data: b"",
        lambda _data: b"not a font",
        lambda _data: b"\x00\x01\x00\x00" + bytes(60),
        lambda _data: b"ttcf" + bytes(60),
        lambda _data: b"wOFF" + bytes(60),
        lambda _data: b"wOF2" + bytes(60),
        lambda data: data[:1000],
        lambda data: data[:12] + bytes(200) + data[212:],
        lambda data: a_font(forbid, data),
        lambda data: a_font(lose_outlines, data),
    ],
    ids=["empty", "text", "zeros", "collection", "woff", "woff2", "cut", "no directory", "forbidden", "no outlines"],
)
def test_a_font_that_cannot_be_embedded_is_a_fault(a_source: Source, damage: Callable[[bytes], bytes]) -> None:
    source = a_source(a_text("Dear {{name}}"))
    fonts = [FontFile(font.family, font.weight, font.style, damage(font.data)) for font in source.fonts]

    (code,) = faults(replace(source, fonts=fonts))

    assert code.startswith("font_")


@settings(max_examples=25, deadline=None)
@given(damage=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=30))
def test_a_font_with_wrong_bytes_is_a_fault_or_printed(a_source: Source, damage: list[tuple[int, int]]) -> None:
    source = a_source(a_text("Dear {{name}}"))
    regular = next(font for font in source.fonts if font.weight == 400)
    data = bytearray(regular.data)
    for place, byte in damage:
        # Half of the damage hits the directory and the headers, where it hurts.
        data[place % (2000 if place % 2 else len(data))] = byte

    print_or_report(replace(source, fonts=[replace(regular, data=bytes(data))]), {"name": "Zoe"})


@pytest.mark.parametrize(
    "name",
    ["__class__", "__init__.__globals__", "name.upper", "name[0]", "0", "name!r", "name:>99999", "%(name)s", "$(name)"],
)
def test_a_variable_is_a_name_and_nothing_is_evaluated(
    a_source: Source, a_compiled: Compile, read_text: Callable[[object], str], name: str
) -> None:
    (variable,) = read_design(a_source(a_text(f"Dear {{{{{name}}}}}"))).variables
    compiled = a_compiled(a_text(f"Dear {{{{{name}}}}}"))

    assert variable.name == name
    assert read_text(compiled.stamp({name: "Zoe"})) == "Dear Zoe"
    missing = compiled.stamp({"name": "Zoe"})
    assert isinstance(missing, Refusal)
    assert missing.code == "variable_missing"


@pytest.mark.parametrize("text", ["{{", "{{}}", "{{ }}", "{{name", "{{{{name}}}}", "{{a|{{b}}}}", "{{a\n|b}}"])
def test_braces_that_begin_no_placeholder_are_a_fault_or_printed(a_source: Source, text: str) -> None:
    print_or_report(a_source(a_text(text)), {"name": "Zoe", "a": "x", "b": "y"})


@pytest.mark.parametrize("value", ["{{name}}", "{{other}}", "{{", "}}", "{{name|x}}", "{% raw %}", "%s%n", "{0}"])
def test_a_value_is_printed_as_it_is(a_compiled: Compile, read_text: Callable[[object], str], value: str) -> None:
    compiled = a_compiled(a_text("Dear {{name}}!"))

    assert read_text(compiled.stamp({"name": value, "other": "LEAK"})) == f"Dear {value}!"


VALUES = [
    "\x00",
    "\x07\x1b[31m",
    "\x7f\x85",
    "\u2028\u2029",
    "\ufeff\u200b",
    "\ud800",
    "\udc00\ud800",
    "\ufffe\uffff",
    "\U0010ffff",
    "\u202e gnorw",
    "e" + "\u0301" * 500,
    "\u0301",
    "x" * 10_000,
    "x " * 10_000,
    "\n" * 10_000,
    "\t" * 1000,
    "\u00ad" * 1000,
    "(\\)<>[]/%",
    "\u05d0\u05d1 12 \u05d2",
    "\u0645\u0631\u062d\u0628\u0627",
    "\u0928\u092e\u0938\u094d\u0924\u0947",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\u1100\u1161\u11a8",
]


@pytest.fixture(
    scope="module",
    params=[
        {},
        {"type": "IText"},
        {"splitByGrapheme": True},
        {"overflow": "shrink", "height": 60},
        {"overflow": "clip", "height": 60},
        {"textAlign": "justify", "charSpacing": 300},
        {"direction": "rtl"},
        {"width": 1, "underline": True},
    ],
    ids=repr,
)
def compiled_text(a_compiled: Compile, request: pytest.FixtureRequest) -> CompiledDesign:
    return a_compiled(a_text("Dear {{name}}", **request.param), characters="Dear x(\\)<>[]/%e\u0301gnorw12")


@pytest.mark.parametrize("value", VALUES, ids=lambda value: ascii(value[:20]))
def test_an_unlikely_value_is_a_letter_or_a_refusal_fit_to_print(compiled_text: CompiledDesign, value: str) -> None:
    outcome = compiled_text.stamp({"name": value})

    assert isinstance(outcome, Letter) or outcome.code in EXPECTED
    assert isinstance(outcome, Letter) or outcome.message.isprintable()


@settings(max_examples=60, deadline=None)
@given(value=st.text(st.characters(), max_size=60))
def test_any_unicode_is_a_letter_or_a_refusal(a_source: Source, value: str) -> None:
    print_or_report(a_source(a_text("Dear {{name|you}}", textAlign="justify")), {"name": value})
