"""Pictures reach the PDF as they are: JPEG untouched, the rest without loss."""

import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from PIL import Image, PngImagePlugin

from pressrun.domain.letters import CompiledDesign, Letter
from pressrun.domain.letters.images.rasters import Samples, UnreadablePicture, filtered_raster, raster_of, read_raster

Compile = Callable[..., CompiledDesign]
Draw = Callable[..., Image.Image]

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def a_picture(mode: str = "RGB", size: tuple[int, int] = (40, 20)) -> Image.Image:
    """Left half red, right half blue, with a green corner at the top left."""
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (size[0] // 2, 0, *size))
    image.paste(GREEN, (0, 0, size[0] // 4, size[1] // 2))
    return image.convert(mode, dither=Image.Dither.NONE)


def saved(image: Image.Image, kind: str, **how: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **how)
    return file.getvalue()


def a_place(**properties: Any) -> dict[str, Any]:
    return {"type": "Image", "src": "a", "left": 300, "top": 200, "scaleX": 10, "scaleY": 10} | properties


def images_of(letter: object) -> list[Any]:
    assert isinstance(letter, Letter)
    with pikepdf.open(io.BytesIO(letter.prefix + letter.tail)) as pdf:
        found = [item for item in pdf.objects if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Image"]
        return [(str(item.Filter), item.read_raw_bytes(), "/SMask" in item) for item in found]


def test_a_jpeg_is_passed_through_byte_for_byte(a_compiled: Compile) -> None:
    data = saved(a_picture(), "JPEG", quality=90)

    ((coding, kept, masked),) = images_of(a_compiled(a_place(), assets={"a": data}).stamp({}))

    assert (coding, kept, masked) == ("/DCTDecode", data, False)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "1", "L", "LA", "I;16"])
def test_each_kind_of_png_is_drawn_in_its_colours(a_compiled: Compile, draw: Draw, mode: str) -> None:
    image = a_picture("L" if mode == "I;16" else mode)
    if mode == "I;16":
        image = image.convert("I").point(lambda value: value * 257).convert("I;16")

    drawn = draw(a_compiled(a_place(), assets={"a": saved(image, "PNG")}).stamp({}), scale=96 / 72)

    gray = mode in {"1", "L", "LA", "I;16"}
    expected = (a_picture("1") if mode == "1" else a_picture("L") if gray else a_picture()).convert("RGB")
    for x, y in ((120, 120), (220, 260), (480, 200)):
        wanted = expected.getpixel(((x - 100) // 10, (y - 100) // 10))
        assert drawn.getpixel((x, y)) == pytest.approx(wanted, abs=2)


def test_alpha_lets_the_ground_through(a_compiled: Compile, draw: Draw) -> None:
    image = a_picture("RGBA")
    image.putalpha(Image.new("L", image.size, 0))
    image.paste((0, 0, 255, 128), (20, 0, 40, 20))

    compiled = a_compiled(a_place(), assets={"a": saved(image, "PNG")}, background="#ffffff")
    drawn = draw(compiled.stamp({}), scale=96 / 72)

    assert drawn.getpixel((150, 200)) == WHITE
    assert drawn.getpixel((450, 200)) == pytest.approx((127, 127, 255), abs=2)
    assert [masked for _, _, masked in images_of(compiled.stamp({}))].count(True) == 1


def test_a_crop_shows_its_window_only(a_compiled: Compile, draw: Draw) -> None:
    window = a_place(cropX=20, cropY=0, width=20, height=20)

    drawn = draw(a_compiled(window, assets={"a": saved(a_picture(), "PNG")}).stamp({}), scale=96 / 72)

    assert drawn.getpixel((210, 110)) == BLUE
    assert drawn.getpixel((390, 290)) == BLUE
    assert drawn.getpixel((195, 200)) == WHITE
    assert drawn.getpixel((405, 200)) == WHITE


def test_a_window_larger_than_the_picture_leaves_the_rest_empty(a_compiled: Compile, draw: Draw) -> None:
    window = a_place(cropX=30, width=20, height=20)

    drawn = draw(a_compiled(window, assets={"a": saved(a_picture(), "PNG")}).stamp({}), scale=96 / 72)

    assert drawn.getpixel((250, 200)) == BLUE
    assert drawn.getpixel((350, 200)) == WHITE


def test_a_photograph_is_turned_as_its_camera_says(a_compiled: Compile, draw: Draw) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise by a quarter
    data = saved(a_picture(), "JPEG", exif=exif, quality=95, subsampling=0)

    drawn = draw(a_compiled(a_place(), assets={"a": data}).stamp({}), scale=96 / 72)

    assert drawn.getpixel((250, 50)) == pytest.approx(RED, abs=12)
    assert drawn.getpixel((350, 50)) == pytest.approx(GREEN, abs=12)
    assert drawn.getpixel((300, 350)) == pytest.approx(BLUE, abs=12)


def test_a_picture_too_large_to_print_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pressrun.domain.letters.images.rasters.MOST_PIXELS", 100)

    with pytest.raises(UnreadablePicture, match="100 pixels"):
        read_raster(saved(a_picture(), "PNG"))


def test_few_colours_are_kept_as_a_palette() -> None:
    raster = read_raster(saved(a_picture(), "PNG"))

    assert len(raster.colour.palette) == 3 * 3
    assert raster.alpha is None


def test_the_inverted_cmyk_of_adobe_is_drawn_the_right_way_round(a_compiled: Compile, draw: Draw) -> None:
    data = saved(Image.new("CMYK", (40, 20), (0, 255, 255, 0)), "JPEG", quality=95)

    drawn = draw(a_compiled(a_place(), assets={"a": data}).stamp({}), scale=96 / 72)

    # Magenta on yellow is red in any viewer; how red depends on its profile.
    assert drawn.getpixel((300, 200)) == pytest.approx((245, 15, 20), abs=45)


def decoded(samples: Samples) -> Image.Image:
    """Return a JPEG's picture."""
    assert samples.coding == "dct"
    return Image.open(io.BytesIO(samples.data))


def rows_of(samples: Samples) -> list[bytes]:
    """Return the rows of gray samples, through a PNG made of them."""
    header = struct.pack(">IIBBBBB", samples.width, samples.height, 8, 0, 0, 0, 0)
    data = a_png_of((b"IHDR", header), (b"IDAT", samples.data), (b"IEND", b""))
    flat = Image.open(io.BytesIO(data)).tobytes()
    return [flat[at : at + samples.width] for at in range(0, len(flat), samples.width)]


def a_png_of(*chunks: tuple[bytes, bytes]) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )


def test_a_burst_of_photographs_is_a_photograph() -> None:
    # Cameras save previews behind the picture: Pillow calls such a JPEG an MPO.
    data = saved(a_picture(), "MPO", save_all=True, append_images=[a_picture()], quality=90)

    raster = read_raster(data)

    assert (raster.colour.coding, raster.colour.data) == ("dct", data)


def test_a_turned_photograph_stays_a_photograph() -> None:
    exif = Image.Exif()
    exif[0x0112] = 8  # to be turned by a quarter, anticlockwise

    turned = read_raster(saved(a_picture(), "JPEG", exif=exif, quality=95, subsampling=0)).colour

    assert (turned.width, turned.height, turned.coding) == (20, 40, "dct")
    assert decoded(turned).getpixel((5, 5)) == pytest.approx(BLUE, abs=12)


def test_a_turned_cmyk_photograph_keeps_its_inks() -> None:
    exif = Image.Exif()
    exif[0x0112] = 3
    inks = (10, 200, 90, 40)

    turned = read_raster(saved(Image.new("CMYK", (40, 20), inks), "JPEG", exif=exif, quality=95)).colour

    assert (turned.space, turned.inverted) == ("cmyk", True)
    assert decoded(turned).getpixel((5, 5)) == pytest.approx(inks, abs=3)


def test_a_progressive_jpeg_is_passed_through() -> None:
    data = saved(a_picture(size=(400, 200)), "JPEG", progressive=True)

    assert read_raster(data).colour.data == data


@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.95])
@pytest.mark.parametrize("how", [{}, {"progressive": True}])
def test_a_truncated_jpeg_is_unreadable(share: float, how: dict[str, Any]) -> None:
    noise = Image.effect_noise((300, 200), 80).convert("RGB")
    data = saved(noise, "JPEG", quality=90, **how)

    with pytest.raises(UnreadablePicture, match="damaged"):
        read_raster(data[: int(share * len(data))])


@pytest.mark.parametrize("kind", ["PNG", "GIF", "WEBP"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_truncated_picture_of_another_kind_is_unreadable(kind: str, share: float) -> None:
    data = saved(Image.effect_noise((100, 100), 80).convert("L" if kind == "GIF" else "RGB"), kind)

    with pytest.raises(UnreadablePicture, match="damaged"):
        read_raster(data[: int(share * len(data))])


def test_a_bomb_is_refused_by_its_size_alone() -> None:
    # A header that promises 60,000 x 60,000 pixels, with hardly any data behind it.
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    data = a_png_of((b"IHDR", header), (b"IDAT", zlib.compress(bytes(1_000))), (b"IEND", b""))

    with pytest.raises(UnreadablePicture, match="89,000,000 pixels"):
        read_raster(data)


def test_a_bomb_of_text_beside_the_pixels_is_refused() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("comment", "a" * 20_000_000, zip=True)

    with pytest.raises(UnreadablePicture):
        read_raster(saved(a_picture(), "PNG", pnginfo=notes))


def test_sixteen_bits_keep_their_transparent_level() -> None:
    image = Image.new("I;16", (4, 1), 0xFFFF)
    image.putpixel((1, 0), 0x1234)
    image.putpixel((2, 0), 0x1235)

    raster = read_raster(saved(image, "PNG", transparency=0x1234))

    assert raster.colour.space == "gray"
    assert raster.alpha is not None
    assert rows_of(raster.colour) == [bytes([255, 0x12, 0x12, 255])]
    assert rows_of(raster.alpha) == [bytes([255, 0, 255, 255])]


def test_a_filtered_photograph_stays_one_unless_it_became_transparent() -> None:
    data = saved(a_picture(), "JPEG", quality=95, subsampling=0)

    same = filtered_raster(data, lambda image: image)
    clear = filtered_raster(data, lambda image: Image.new("RGBA", image.size, (1, 2, 3, 4)))

    assert (same.colour.coding, same.alpha) == ("dct", None)
    assert decoded(same.colour).getpixel((35, 15)) == pytest.approx(BLUE, abs=8)
    assert clear.colour.coding == "png"
    assert clear.alpha is not None


def test_a_picture_drawn_here_keeps_its_alpha_apart() -> None:
    opaque = raster_of(Image.new("RGBA", (3, 2), (1, 2, 3, 255)))
    clear = raster_of(Image.new("RGBA", (3, 2), (1, 2, 3, 128)))

    assert opaque.alpha is None
    assert clear.alpha == Samples(3, 2, "gray", "png", clear.alpha.data if clear.alpha else b"")


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xd8", b"\xff\xd8\xff\xe0" + bytes(100), b"\x89PNG\r\n\x1a\n", b"RIFF", b"BM"]
)
def test_what_is_no_picture_is_unreadable(data: bytes) -> None:
    with pytest.raises(UnreadablePicture, match="not a JPEG"):
        read_raster(data)
