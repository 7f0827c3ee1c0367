"""Drawing part of a letter as gray samples by PDFium: what a blurred shadow is made from."""

import zlib
from typing import Final

import pypdfium2 as pdfium
from PIL import Image, ImageFilter

from pressrun.domain.letters.canvas.colours import Colour
from pressrun.domain.letters.canvas.geometry import Matrix
from pressrun.domain.letters.drawing.operators import operands
from pressrun.domain.letters.images.rasters import Raster, Samples
from pressrun.domain.letters.stamping.assembly import Skeleton
from pressrun.domain.letters.stamping.tail import write_view

# A Gaussian this many sigmas away is under one level of 255.
_REACH: Final = 3.0
# Samples to the sigma: a blur holds nothing finer, and a shadow of a page stays small.
_FINENESS: Final = 3.0
_FINEST: Final = 4.0
_MOST_SAMPLES: Final = 16_000_000


def blur_form(
    skeleton: Skeleton, own: list[bytes | None], form: str, sigma: float, colour: Colour
) -> tuple[Raster, Matrix] | None:
    """Return a form's blurred alpha as a picture of one colour, and the matrix from the unit square to canvas pixels.

    None when the form draws nothing.
    """
    left, top, right, bottom = skeleton.bounds
    scale = min(_FINEST, max(_FINENESS / sigma, 0.05), (_MOST_SAMPLES / ((right - left) * (bottom - top))) ** 0.5)
    alpha = _expose(skeleton, own, form, scale)
    found = alpha.getbbox()
    if found is None:
        return None
    pad = int(_REACH * sigma * scale) + 2
    box = (
        max(0, found[0] - pad),
        max(0, found[1] - pad),
        min(alpha.width, found[2] + pad),
        min(alpha.height, found[3] + pad),
    )
    blurred = alpha.crop(box).filter(ImageFilter.GaussianBlur(sigma * scale))
    width, height = blurred.width / scale, blurred.height / scale
    matrix = (width, 0.0, 0.0, -height, left + box[0] / scale, top + box[1] / scale + height)
    return tint(blurred, colour), matrix


def _expose(skeleton: Skeleton, own: list[bytes | None], form: str, scale: float) -> Image.Image:
    """Draw a form that covers the skeleton's bounds on a page of one sample to the unit."""
    left, top, right, bottom = skeleton.bounds
    width, height = right - left, bottom - top
    opening = operands((scale, 0.0, 0.0, -scale, -left * scale, bottom * scale))
    content = f"{opening} cm /{form} Do".encode("ascii")
    data = skeleton.prefix + write_view(skeleton, content, own, (width * scale, height * scale))
    with pdfium.PdfDocument(data) as document:
        page = document[0]
        bitmap = page.render(scale=1, fill_color=(0, 0, 0, 0), may_draw_forms=False, maybe_alpha=True)
        drawn: Image.Image = bitmap.to_pil()
        return drawn.convert("RGBA").getchannel("A")


def tint(alpha: Image.Image, colour: Colour) -> Raster:
    """Return a picture of one colour with the given alpha."""
    size = alpha.size
    level = bytes(round(255 * part) for part in (colour.red, colour.green, colour.blue))
    row = bytes(size[0] + 1)
    flat = Samples(*size, "rgb", "png", zlib.compress(row * size[1], 9), palette=level)
    rows = b"".join(b"\0" + line for line in _rows(alpha))
    return Raster(flat, Samples(*size, "gray", "png", zlib.compress(rows, 9)))


def _rows(image: Image.Image) -> list[bytes]:
    data = image.tobytes()
    return [data[start : start + image.width] for start in range(0, len(data), image.width)]
