"""Whatever is handed in as a picture or a font ends in a fault, a refusal or a letter, and nothing is fetched."""

import io
import socket
import struct
import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import NoReturn

import pytest
from fontTools.ttLib import TTFont
from hostility import a_picture, a_text, faults, print_or_report
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pressrun.domain.letters import DesignSource, FontFile, Letter, Refusal

Source = Callable[..., DesignSource]


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object) -> NoReturn:
        raise AssertionError("a letter never opens a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


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


JPEG = a_file(Image.radial_gradient("L").resize((64, 48)).convert("RGB"), "JPEG")
PNG = a_file(Image.radial_gradient("L").resize((64, 48)), "PNG")
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
