"""Pictures as a PDF keeps them: JPEG passed through untouched, everything else losslessly with its alpha apart."""

import io
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Literal

from PIL import Image, ImageChops, ImageMath, ImageOps

# 89 million pixels are a 79 x 80 cm print at 300 dpi; more is a mistake or a decompression bomb, to Pillow as well.
MOST_PIXELS: Final = 89_000_000
_READ: Final = ("JPEG", "PNG", "GIF", "WEBP")
_JPEG: Final = b"\xff\xd8"
_SPACES: Final[dict[str, Literal["gray", "rgb", "cmyk"]]] = {"L": "gray", "RGB": "rgb", "CMYK": "cmyk"}
# EXIF tag 0x0112; values 2 to 8 turn or mirror the picture (EXIF 2.32, 4.6.4).
_ORIENTATION: Final = 0x0112
# A photograph that has to be saved anew loses nothing visible at this quality, and stays a tenth of a PNG.
_QUALITY: Final = 95
# Up to here a picture is squeezed as well as can be; above, zlib's best level takes seconds and saves a few percent.
_SQUEEZED: Final = 1_000_000


class UnreadablePicture(ValueError):
    """The bytes are no picture that can be printed."""


@dataclass(frozen=True, slots=True)
class Samples:
    """A stream of samples: `dct` is a whole JPEG file, `png` the joined IDAT data of a PNG (predictor 15)."""

    width: int
    height: int
    space: Literal["gray", "rgb", "cmyk"]
    coding: Literal["dct", "png"]
    data: bytes
    inverted: bool = False
    palette: bytes = b""


@dataclass(frozen=True, slots=True)
class Raster:
    """A picture and, where it is not opaque, its alpha as gray samples of the same size."""

    colour: Samples
    alpha: Samples | None


def read_raster(data: bytes) -> Raster:
    """Return the picture for printing; raises UnreadablePicture with the reason."""
    with _opened(data) as image:
        if not data.startswith(_JPEG):
            return raster_of(_upright(image))
        if image.mode in _SPACES and image.getexif().get(_ORIENTATION, 1) == 1:
            return Raster(_pass_through(image, data), None)
        return _photograph(_upright(image))


def filtered_raster(data: bytes, change: Callable[[Image.Image], Image.Image]) -> Raster:
    """Return the picture after `change`, which is given it as RGBA; raises UnreadablePicture."""
    with _opened(data) as image:
        changed = change(_upright(image).convert("RGBA"))
    opaque = changed.getchannel("A").getextrema() == (255, 255)
    return _photograph(changed.convert("RGB")) if opaque and data.startswith(_JPEG) else raster_of(changed)


def raster_of(image: Image.Image) -> Raster:
    """Return a picture losslessly, with its alpha apart unless it is opaque."""
    if not image.has_transparency_data:
        return Raster(_encode_opaque(image), None)
    colours = image if image.mode == "LA" else image.convert("RGBA")
    alpha = colours.getchannel("A")
    opaque = _encode_opaque(colours.convert("L" if image.mode == "LA" else "RGB"))
    return Raster(opaque, None if alpha.getextrema() == (255, 255) else _encode_samples(alpha, "gray"))


@contextmanager
def _opened(data: bytes) -> Iterator[Image.Image]:
    """Open a picture whose size is known to be bearable; whatever Pillow then finds wrong makes it unreadable."""
    try:
        with Image.open(io.BytesIO(data), formats=_READ) as image:
            _check_size(image)
            yield image
    except UnreadablePicture:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UnreadablePicture(f"it has more than {MOST_PIXELS:,} pixels") from error
    except (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, struct.error, EOFError) as error:
        raise UnreadablePicture("it is not a JPEG, PNG, GIF or WebP picture, or it is damaged") from error


def _check_size(image: Image.Image) -> None:
    if image.width * image.height > MOST_PIXELS:
        raise UnreadablePicture(f"it has more than {MOST_PIXELS:,} pixels")


def _pass_through(image: Image.Image, data: bytes) -> Samples:
    size, mode = image.size, image.mode
    # Decoded at an eighth only to see that nothing is missing or broken.
    image.draft(mode, (size[0] // 8, size[1] // 8))
    image.load()
    return Samples(*size, _SPACES[mode], "dct", data, _is_inverted(image))


def _is_inverted(image: Image.Image) -> bool:
    # Adobe writes CMYK JPEGs inverted and says so only by its APP14 marker.
    return image.mode == "CMYK" and "adobe" in image.info


def _upright(image: Image.Image) -> Image.Image:
    """Return the whole picture decoded, turned as its camera says."""
    image.load()
    if image.mode == "CMYK" and not _is_inverted(image):
        # Pillow takes every CMYK JPEG for one of Adobe's.
        return ImageOps.exif_transpose(ImageChops.invert(image))
    if image.mode.startswith("I"):
        return ImageOps.exif_transpose(_to_gray(image))
    return ImageOps.exif_transpose(image)


def _photograph(image: Image.Image) -> Raster:
    """Return a picture that came as JPEG and had to be changed as JPEG again."""
    if image.mode not in _SPACES:
        image = image.convert("RGB")
    file = io.BytesIO()
    image.save(file, "JPEG", quality=_QUALITY, subsampling=0, optimize=True)
    # Pillow saves CMYK as Adobe does, inverted.
    inverted = image.mode == "CMYK"
    return Raster(Samples(*image.size, _SPACES[image.mode], "dct", file.getvalue(), inverted), None)


def _encode_opaque(image: Image.Image) -> Samples:
    if image.mode in {"1", "L", "LA"}:
        return _encode_samples(image.convert("L"), "gray")
    colours = image.convert("RGB")
    if (few := colours.getcolors(256)) is not None:
        return _encode_palette(colours, len(few))
    return _encode_samples(colours, "rgb")


def _to_gray(image: Image.Image) -> Image.Image:
    """Return a picture of 16 bits a sample with 8; one level that stands for transparent stays transparent."""
    gray = image.point(lambda value: value / 256).convert("L")
    hidden = image.info.get("transparency")
    if not isinstance(hidden, int):
        return gray
    visible = ImageMath.lambda_eval(
        lambda names: names["convert"](names["notequal"](names["level"], hidden) * 255, "L"), level=image.convert("I")
    )
    return Image.merge("LA", (gray, visible))


def _encode_palette(image: Image.Image, count: int) -> Samples:
    """Encode a picture of at most 256 colours as indexes: a third of the size of a flat logo."""
    indexed = image.convert("P", palette=Image.Palette.ADAPTIVE, colors=count)
    if indexed.convert("RGB").tobytes() != image.tobytes():
        return _encode_samples(image, "rgb")
    palette = bytes(indexed.getpalette() or ())[: 3 * count]
    indexes = Image.frombytes("L", indexed.size, indexed.tobytes())
    return Samples(image.width, image.height, "rgb", "png", _idat(indexes), palette=palette)


def _encode_samples(image: Image.Image, space: Literal["gray", "rgb"]) -> Samples:
    return Samples(image.width, image.height, space, "png", _idat(image))


def _idat(image: Image.Image) -> bytes:
    """Return the deflated, row-filtered samples: PNG's IDAT is what PDF calls Flate with predictor 15."""
    file = io.BytesIO()
    image.save(file, "PNG", optimize=image.width * image.height <= _SQUEEZED)
    return b"".join(body for kind, body in _png_parts(file.getvalue()) if kind == b"IDAT")


def _png_parts(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        yield kind, data[at + 8 : at + 8 + length]
        at += 12 + length
