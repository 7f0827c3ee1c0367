"""Pictures as a PDF keeps them: JPEG passed through untouched, everything else losslessly with its alpha apart."""

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from PIL import Image, ImageOps, UnidentifiedImageError

# 100 million pixels are a 85 x 85 cm print at 300 dpi; more is a mistake or a decompression bomb.
MOST_PIXELS: Final = 100_000_000
_READ: Final = ("JPEG", "PNG", "GIF", "WEBP")
_SPACES: Final[dict[str, Literal["gray", "rgb", "cmyk"]]] = {"L": "gray", "RGB": "rgb", "CMYK": "cmyk"}
# EXIF tag 0x0112; values 2 to 8 turn or mirror the picture (EXIF 2.32, 4.6.4).
_ORIENTATION: Final = 0x0112


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
    try:
        with Image.open(io.BytesIO(data), formats=_READ) as image:
            if image.width * image.height > MOST_PIXELS:
                raise UnreadablePicture(f"it has more than {MOST_PIXELS:,} pixels")
            image.load()
            if image.format == "JPEG" and image.mode in _SPACES and image.getexif().get(_ORIENTATION, 1) == 1:
                return Raster(_pass_through(image, data), None)
            return _encode(ImageOps.exif_transpose(image))
    except (OSError, SyntaxError, ValueError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        if isinstance(error, UnreadablePicture):
            raise
        raise UnreadablePicture("it is not a JPEG, PNG, GIF or WebP picture, or it is damaged") from error


def _pass_through(image: Image.Image, data: bytes) -> Samples:
    # Adobe writes CMYK JPEGs inverted and says so only by its APP14 marker.
    inverted = image.mode == "CMYK" and "adobe" in image.info
    return Samples(image.width, image.height, _SPACES[image.mode], "dct", data, inverted)


def _encode(image: Image.Image) -> Raster:
    if not image.has_transparency_data:
        return Raster(_encode_opaque(image), None)
    colours = image.convert("RGBA")
    alpha = colours.getchannel("A")
    if alpha.getextrema() == (255, 255):
        return Raster(_encode_opaque(colours.convert("RGB")), None)
    return Raster(_encode_opaque(colours.convert("RGB")), _encode_samples(alpha, "gray"))


def _encode_opaque(image: Image.Image) -> Samples:
    if image.mode in {"1", "L", "I", "I;16", "LA"}:
        return _encode_samples(_to_gray(image), "gray")
    colours = image.convert("RGB")
    if (few := colours.getcolors(256)) is not None:
        return _encode_palette(colours, len(few))
    return _encode_samples(colours, "rgb")


def _to_gray(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):
        return image.point(lambda value: value / 256).convert("L")
    return image.convert("L")


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
    image.save(file, "PNG", optimize=True)
    return b"".join(body for kind, body in _png_parts(file.getvalue()) if kind == b"IDAT")


def _png_parts(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        yield kind, data[at + 8 : at + 8 + length]
        at += 12 + length
