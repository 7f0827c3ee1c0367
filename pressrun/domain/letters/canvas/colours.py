"""CSS colours as Fabric and designers write them: hex, rgb(), rgba(), hsl(), hsla(), hwb() and names."""

import colorsys
import math
import re
from dataclasses import dataclass
from typing import Final

from PIL import ImageColor

_FUNCTION: Final = re.compile(r"(rgb|hsl|hwb)a?\(([^()]*)\)")
_SEPARATOR: Final = re.compile(r"\s*[,/]\s*|\s+")
_NUMBER: Final = re.compile(r"([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)(%|deg|grad|rad|turn)?", re.ASCII)
# Turns in one unit of an angle; a bare number counts degrees.
_ANGLES: Final = {None: 1 / 360, "deg": 1 / 360, "grad": 1 / 400, "rad": 1 / math.tau, "turn": 1.0}


@dataclass(frozen=True, slots=True)
class Colour:
    """Red, green, blue and alpha, each from 0 to 1."""

    red: float
    green: float
    blue: float
    alpha: float = 1.0


BLACK: Final = Colour(0.0, 0.0, 0.0)
TRANSPARENT: Final = Colour(0.0, 0.0, 0.0, 0.0)


def read_colour(text: str) -> Colour | None:
    """Return the colour, or None for what is not one (CSS Color Module Level 4, sRGB notations)."""
    css = text.strip().lower()
    if css in {"", "transparent", "none"}:
        return TRANSPARENT
    if css.startswith("#"):
        return _read_hex(css[1:])
    if match := _FUNCTION.fullmatch(css):
        return _read_function(match[1], _SEPARATOR.split(match[2].strip()))
    if css not in ImageColor.colormap:
        return None
    red, green, blue = ImageColor.getrgb(css)[:3]
    return Colour(red / 255, green / 255, blue / 255)


def _read_hex(digits: str) -> Colour | None:
    if len(digits) in {3, 4}:
        digits = "".join(digit * 2 for digit in digits)
    if len(digits) not in {6, 8} or not re.fullmatch(r"[0-9a-f]+", digits):
        return None
    red, green, blue, *alpha = (int(digits[start : start + 2], 16) / 255 for start in range(0, len(digits), 2))
    return Colour(red, green, blue, alpha[0] if alpha else 1.0)


def _read_function(kind: str, parts: list[str]) -> Colour | None:
    if len(parts) not in {3, 4}:
        return None
    alpha = _share(parts[3], 1.0) if len(parts) == 4 else 1.0
    first = _share(parts[0], 255.0) if kind == "rgb" else _turn(parts[0])
    second, third = (_share(part, 255.0 if kind == "rgb" else 100.0) for part in parts[1:3])
    if first is None or second is None or third is None or alpha is None:
        return None
    if kind == "rgb":
        return Colour(first, second, third, alpha)
    if kind == "hsl":
        return Colour(*colorsys.hls_to_rgb(first, third, second), alpha)
    return _mix_with_gray(first, second, third, alpha)


def _mix_with_gray(turn: float, white: float, black: float, alpha: float) -> Colour:
    """Return a hue with shares of white and black (CSS Color 4, 8)."""
    whole = max(1.0, white + black)
    pure = 1 - (white + black) / whole
    red, green, blue = (part * pure + white / whole for part in colorsys.hls_to_rgb(turn, 0.5, 1.0))
    return Colour(red, green, blue, alpha)


def _share(text: str, full: float) -> float | None:
    match = _NUMBER.fullmatch(text)
    if match is None or match[2] not in {None, "%"}:
        return None
    return min(1.0, max(0.0, float(match[1]) / (100.0 if match[2] else full)))


def _turn(text: str) -> float | None:
    match = _NUMBER.fullmatch(text)
    if match is None or match[2] not in _ANGLES or not math.isfinite(float(match[1])):
        return None
    return float(match[1]) * _ANGLES[match[2]] % 1
