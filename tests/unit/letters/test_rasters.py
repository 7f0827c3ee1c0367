"""Pictures reach the PDF as they are: JPEG untouched, the rest without loss."""

import io
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from PIL import Image

from pressrun.domain.letters import CompiledDesign, Letter
from pressrun.domain.letters.rasters import UnreadablePicture, read_raster

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
    monkeypatch.setattr("pressrun.domain.letters.rasters.MOST_PIXELS", 100)

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
