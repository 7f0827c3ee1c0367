"""Image filters that change each pixel by itself (Fabric 7.4, the `applyTo2d` of each filter).

Each takes an RGBA picture and the filter's numbers, and returns a new RGBA picture of the same size.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from PIL import Image, ImageChops, ImageMath

GRAYS: Final = ("average", "luminosity", "lightness")

Curve = Callable[[float], float]
Blend = Callable[[float, float, float], float]
# Of a channel's value, the blended colour's value times its alpha (both up to 255), and that alpha.
_BLENDS: Final[Mapping[str, Blend]] = {
    "multiply": lambda value, share, _: value * share / 255,
    "screen": lambda value, share, _: 255 - (255 - value) * (255 - share) / 255,
    "add": lambda value, share, _: value + share,
    "difference": lambda value, share, _: abs(value - share),
    "subtract": lambda value, share, _: value - share,
    "darken": lambda value, share, _: min(value, share),
    "lighten": lambda value, share, _: max(value, share),
    "overlay": lambda value, share, _: (
        2 * value * share / 255 if share < 128 else 255 - 2 * (255 - value) * (255 - share) / 255
    ),
    "exclusion": lambda value, share, _: share + value - 2 * share * value / 255,
    "tint": lambda value, share, alpha: share + value * (1 - alpha),
}
BLENDS: Final = tuple(_BLENDS)

# Rows for red, green and blue: their shares of red, green, blue and alpha, and a constant that is a share of 255.
FIXED: Final[Mapping[str, Sequence[float]]] = {
    "blackwhite": (1.5, 1.5, 1.5, 0, -1) * 3,
    "brownie": (
        *(0.5997, 0.34553, -0.27082, 0, 0.186),
        *(-0.0377, 0.86095, 0.15059, 0, -0.1449),
        *(0.24113, -0.07441, 0.44972, 0, -0.02965),
    ),
    "kodachrome": (
        *(1.12855, -0.39673, -0.03992, 0, 0.24991),
        *(-0.16404, 1.08352, -0.05498, 0, 0.09698),
        *(-0.16786, -0.56034, 1.60148, 0, 0.13972),
    ),
    "polaroid": (
        *(1.438, -0.062, -0.062, 0, 0),
        *(-0.122, 1.378, -0.122, 0, 0),
        *(-0.016, -0.016, 1.483, 0, 0),
    ),
    "sepia": (
        *(0.393, 0.769, 0.189, 0, 0),
        *(0.349, 0.686, 0.168, 0, 0),
        *(0.272, 0.534, 0.131, 0, 0),
    ),
    "technicolor": (
        *(1.91252, -0.85453, -0.09155, 0, 0.04624),
        *(-0.30878, 1.76589, -0.10601, 0, -0.27589),
        *(-0.2311, -0.75018, 1.84759, 0, 0.12137),
    ),
    "vintage": (
        *(0.62793, 0.32021, -0.03965, 0, 0.03784),
        *(0.02578, 0.64411, 0.03259, 0, 0.02926),
        *(0.0466, -0.08512, 0.52416, 0, 0.02023),
    ),
}


def brighten(image: Image.Image, values: Sequence[float]) -> Image.Image:
    step = math.floor(255 * values[0] + 0.5)
    return _curve(image, lambda value: value + step)


def contrast(image: Image.Image, values: Sequence[float]) -> Image.Image:
    level = math.floor(255 * values[0])
    slope = 259 * (level + 255) / (255 * (259 - level))
    return _curve(image, lambda value: slope * (value - 128) + 128)


def invert(image: Image.Image, values: Sequence[float]) -> Image.Image:
    inverted = _curve(image, lambda value: 255 - value)
    if values[0]:
        inverted.putalpha(ImageChops.invert(image.getchannel("A")))
    return inverted


def correct_gamma(image: Image.Image, values: Sequence[float]) -> Image.Image:
    return _curves(image, *(_gamma_curve(gamma) for gamma in values))


def blend(image: Image.Image, values: Sequence[float]) -> Image.Image:
    """Blend with one colour: values are the mode, red, green and blue up to 255, and alpha."""
    mode, alpha = _BLENDS[BLENDS[int(values[0])]], values[4]
    return _curves(image, *(_blend_curve(mode, colour * alpha, alpha) for colour in values[1:4]))


def desaturate(image: Image.Image, values: Sequence[float]) -> Image.Image:
    mode = GRAYS[int(values[0])]
    if mode == "lightness":
        (gray,) = _compute(image, lambda pixel: [(pixel.least + pixel.most) / 2])
    else:
        shares = (1 / 3, 1 / 3, 1 / 3, 0.0) if mode == "average" else (0.21, 0.72, 0.07, 0.0)
        gray = image.convert("RGB").convert("L", shares)
    return Image.merge("RGBA", (gray, gray, gray, image.getchannel("A")))


def saturate(image: Image.Image, values: Sequence[float]) -> Image.Image:
    """Move each channel away from the pixel's greatest, by a share of their distance."""
    return _spread(image, lambda _: values[0])


def enliven(image: Image.Image, values: Sequence[float]) -> Image.Image:
    """Saturate the more, the more the greatest channel stands out from the mean of all."""
    return _spread(
        image, lambda pixel: (pixel.most - (pixel.red + pixel.green + pixel.blue) / 3) * (2 / 255 * values[0])
    )


def mix(image: Image.Image, matrix: Sequence[float]) -> Image.Image:
    """Mix red, green and blue anew by three rows of five; their shares of alpha are left out."""
    rows = [(*matrix[at : at + 3], 255 * matrix[at + 4]) for at in (0, 5, 10)]
    mixed = image.convert("RGB").convert("RGB", (*rows[0], *rows[1], *rows[2]))
    mixed.putalpha(image.getchannel("A"))
    return mixed


def mix_all(image: Image.Image, values: Sequence[float]) -> Image.Image:
    """Mix by four rows of five; the last value is a flag that leaves alpha as it is."""
    mixed = mix(image, values)
    if values[20]:
        return mixed
    mixed.putalpha(image.getchannel("A"))
    # A canvas clamps what colours give before it adds alpha's share.
    red, green, blue = _compute(
        mixed,
        lambda pixel: [
            channel + pixel.alpha * share for channel, share in zip(pixel.colours, values[3:15:5], strict=True)
        ],
    )
    (alpha,) = _compute(image, lambda pixel: [pixel.weigh(values[15:19]) + 255 * values[19]])
    return Image.merge("RGBA", (red, green, blue, alpha))


def turn_hue(image: Image.Image, values: Sequence[float]) -> Image.Image:
    """Turn colours about the gray axis, by half turns (Fabric 7.4 `HueRotation.calculateMatrix`)."""
    cos, sin = math.cos(math.pi * values[0]), math.sin(math.pi * values[0])
    same, less, more = (1 - cos) / 3 + cos, (1 - cos) / 3 - sin / math.sqrt(3), (1 - cos) / 3 + sin / math.sqrt(3)
    return mix(image, (same, less, more, 0, 0, more, same, less, 0, 0, less, more, same, 0, 0))


def remove_colour(image: Image.Image, values: Sequence[float]) -> Image.Image:
    """Make transparent what is nearer to a colour than a distance, a share of 255, in every channel."""
    masks = [
        channel.point([255 * (abs(value - colour) < 255 * values[3]) for value in range(256)])
        for channel, colour in zip(image.split()[:3], values[:3], strict=True)
    ]
    near = ImageChops.darker(ImageChops.darker(masks[0], masks[1]), masks[2])
    result = image.copy()
    result.putalpha(ImageChops.subtract(image.getchannel("A"), near))
    return result


@dataclass(frozen=True, slots=True)
class _Pixel:
    """The channels of a picture as operands of ImageMath, floating, up to 255; arithmetic is on all pixels at once."""

    red: Any
    green: Any
    blue: Any
    alpha: Any
    most: Any
    least: Any

    @property
    def colours(self) -> tuple[Any, Any, Any]:
        return self.red, self.green, self.blue

    def weigh(self, shares: Sequence[float]) -> Any:
        red, green, blue, alpha = shares
        return self.red * red + self.green * green + self.blue * blue + self.alpha * alpha


def _compute(image: Image.Image, formula: Callable[[_Pixel], Sequence[Any]]) -> list[Image.Image]:
    """Return what the formula gives as channels, rounded and clamped."""
    results: list[Image.Image] = []

    def run(names: Mapping[str, Any]) -> Any:
        red, green, blue, alpha = (names["float"](names[name]) for name in "rgba")
        most, least = names["max"](names["max"](red, green), blue), names["min"](names["min"](red, green), blue)
        pixel = _Pixel(red, green, blue, alpha, most, least)
        results.extend(names["convert"](channel + 0.5, "L").im for channel in formula(pixel))
        return red

    ImageMath.lambda_eval(run, **dict(zip("rgba", image.split(), strict=True)))
    return results


def _spread(image: Image.Image, strength: Callable[[_Pixel], Any]) -> Image.Image:
    def formula(pixel: _Pixel) -> Sequence[Any]:
        share = strength(pixel)
        return [channel - (pixel.most - channel) * share for channel in pixel.colours]

    return Image.merge("RGBA", (*_compute(image, formula), image.getchannel("A")))


def _blend_curve(mode: Blend, share: float, alpha: float) -> Curve:
    return lambda value: mode(value, share, alpha)


def _gamma_curve(gamma: float) -> Curve:
    return lambda value: 255 * (value / 255) ** (1 / gamma)


def _curve(image: Image.Image, curve: Curve) -> Image.Image:
    return _curves(image, curve, curve, curve)


def _curves(image: Image.Image, *curves: Curve) -> Image.Image:
    """Send red, green and blue each through a curve, rounded to even and clamped as by a canvas; alpha stays."""
    tables = [min(255, max(0, round(curve(value)))) for curve in curves for value in range(256)]
    return image.point([*tables, *range(256)])
