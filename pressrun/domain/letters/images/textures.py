"""Image filters that look at neighbours or at the place of a pixel (Fabric 7.4, the `applyTo2d` of each filter).

Each takes an RGBA picture and the filter's numbers, and returns a new RGBA picture of the same size.
"""

import math
import random
from collections.abc import Sequence
from typing import Final

from PIL import Image, ImageChops, ImageFilter, ImageOps

# Fabric's `Blur.getBlurValue`: a blur of 1 reaches this share of the shorter side each way.
_REACH: Final = 0.12
_SEED: Final = 0


def blur(image: Image.Image, values: Sequence[float]) -> Image.Image:
    """Blur with weights that fall off evenly to zero at the reach, weighted by alpha.

    Fabric takes 29 samples of that tent; a box twice is the whole tent. Two boxes of radius r have its spread
    (reach² / 6) where r² + r = reach² / 4.
    """
    reach = _REACH * values[0] * min(image.size)
    box = ImageFilter.BoxBlur((math.sqrt(1 + reach * reach) - 1) / 2)
    return image.convert("RGBa").filter(box).filter(box).convert("RGBA")


def convolve(image: Image.Image, values: Sequence[float]) -> Image.Image:
    """Weigh each pixel's neighbours, in rows from the top left; what lies outside counts nothing.

    The first value is a flag that keeps alpha, otherwise it is weighed like a colour.
    """
    opaque, *weights = values
    side = math.isqrt(len(weights))
    # Pillow's kernels have their lowest row first.
    rows = [weights[at : at + side] for at in range(0, len(weights), side)]
    kernel = ImageFilter.Kernel((side, side), [weight for row in reversed(rows) for weight in row], scale=1)
    # The border that Pillow leaves as it was is the one added here.
    result = ImageOps.crop(ImageOps.expand(image, side // 2, (0, 0, 0, 0)).filter(kernel), side // 2)
    if opaque:
        result.putalpha(image.getchannel("A"))
    return result


def pixelate(image: Image.Image, values: Sequence[float]) -> Image.Image:
    """Give each square block the colour of its top left pixel."""
    side = int(values[0])
    blocks = (math.ceil(image.width / side), math.ceil(image.height / side))
    # Nearest neighbours are found from pixel centres: side (x + 1/2) + 1/2 - side/2 lies in the block's first column.
    shift = (1 - side) / 2
    small = image.transform(blocks, Image.Transform.AFFINE, (side, 0, shift, 0, side, shift))
    return small.transform(image.size, Image.Transform.AFFINE, (1 / side, 0, 0, 0, 1 / side, 0))


def roughen(image: Image.Image, values: Sequence[float]) -> Image.Image:
    """Lighten or darken each pixel by up to half the value; the grains are the same at every run."""
    grains = random.Random(_SEED)  # noqa: S311 - grains of a picture, not a secret
    noise = Image.frombytes("L", image.size, grains.randbytes(image.width * image.height))
    steps = [(0.5 - level / 255) * values[0] for level in range(256)]
    lighter = noise.point([min(255, max(0, round(step))) for step in steps])
    darker = noise.point([min(255, max(0, round(-step))) for step in steps])
    red, green, blue = (ImageChops.subtract(ImageChops.add(channel, lighter), darker) for channel in image.split()[:3])
    return Image.merge("RGBA", (red, green, blue, image.getchannel("A")))


def coarsen(image: Image.Image, values: Sequence[float]) -> Image.Image:
    """Take away the detail that a smaller copy would not have; Fabric draws that copy at the size of the whole."""
    small = (max(1, round(image.width * values[0])), max(1, round(image.height * values[1])))
    premultiplied = image.convert("RGBa")
    coarse = premultiplied.resize(small, Image.Resampling.HAMMING)
    return coarse.resize(image.size, Image.Resampling.BILINEAR).convert("RGBA")
