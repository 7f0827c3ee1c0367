"""CSS colours as Fabric writes them: hex, rgb(), rgba(), hsl(), hsla() and names."""

import colorsys
import re
from dataclasses import dataclass
from typing import Final

from PIL import ImageColor

_FUNCTION: Final = re.compile(r"(rgb|hsl)a?\(\s*([^()]*?)\s*\)")
_SEPARATOR: Final = re.compile(r"\s*[,/]\s*|\s+")


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
        return _read_function(match[1], _SEPARATOR.split(match[2]))
    name = ImageColor.colormap.get(css)
    return _read_hex(name[1:]) if isinstance(name, str) else None


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
    try:
        alpha = _share(parts[3], 1.0) if len(parts) == 4 else 1.0
        if kind == "rgb":
            red, green, blue = (_share(part, 255.0) for part in parts[:3])
            return Colour(red, green, blue, alpha)
        hue = float(parts[0].removesuffix("deg")) / 360 % 1
        saturation, lightness = (_share(part, 100.0) for part in parts[1:3])
        return Colour(*colorsys.hls_to_rgb(hue, lightness, saturation), alpha)
    except ValueError:
        return None


def _share(text: str, full: float) -> float:
    value = float(text[:-1]) / 100 if text.endswith("%") else float(text) / full
    return min(1.0, max(0.0, value))
