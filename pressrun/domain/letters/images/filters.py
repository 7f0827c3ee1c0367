"""Fabric's image filters on natural pixels, one after the other, clamped after each.

The formulas are those of Fabric 7.4's filters on a 2D canvas (5.3 has the same), where filters see red, green and blue
as they are beside alpha, and pixels that do not show are black.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from PIL import Image

from pressrun.domain.letters.canvas.objects import Filter
from pressrun.domain.letters.images import textures, tones

# Strips of this many pixels keep the floating-point planes of a filter within some megabytes.
_STRIP: Final = 1 << 18

Step = Callable[[Image.Image, Sequence[float]], Image.Image]


def filter_image(image: Image.Image, filters: Sequence[Filter]) -> Image.Image:
    """Return the RGBA picture with every filter applied; the size stays."""
    filtered = _hide_transparent(image)
    for step in filters:
        filtered = _apply(filtered, step)
    return filtered


def _apply(image: Image.Image, step: Filter) -> Image.Image:
    around = _AROUND.get(step.kind)
    if around is not None:
        return around(image, step.values)
    rows = max(1, _STRIP // image.width)
    result = Image.new("RGBA", image.size)
    for top in range(0, image.height, rows):
        strip = image.crop((0, top, image.width, min(image.height, top + rows)))
        result.paste(_apply_tone(strip, step), (0, top))
    return result


def _apply_tone(image: Image.Image, step: Filter) -> Image.Image:
    if step.kind in tones.FIXED:
        return tones.mix(image, tones.FIXED[step.kind])
    return _TONES[step.kind](image, step.values)


def _hide_transparent(image: Image.Image) -> Image.Image:
    """Return the picture with invisible pixels black, as a canvas hands them out."""
    black = Image.new("RGBA", image.size, 0)
    black.paste(image, mask=image.getchannel("A").point([0] + [255] * 255))
    return black


_TONES: Final[Mapping[str, Step]] = {
    "blendcolor": tones.blend,
    "brightness": tones.brighten,
    "colormatrix": tones.mix_all,
    "contrast": tones.contrast,
    "gamma": tones.correct_gamma,
    "grayscale": tones.desaturate,
    "huerotation": tones.turn_hue,
    "invert": tones.invert,
    "removecolor": tones.remove_colour,
    "saturation": tones.saturate,
    "vibrance": tones.enliven,
}
_AROUND: Final[Mapping[str, Step]] = {
    "blur": textures.blur,
    "convolute": textures.convolve,
    "noise": textures.roughen,
    "pixelate": textures.pixelate,
    "resize": textures.coarsen,
}
