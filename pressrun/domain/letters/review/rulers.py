"""How wide values are in a design's faces, without kerning: to compare them, not to set them."""

import io
from collections.abc import Callable, Iterable
from typing import Final

from fontTools.ttLib import TTFont, TTLibError

from pressrun.domain.letters.faces.fonts import Face

# What no face shows is taken for a full em, as wide as most ideographs and emoji.
_UNKNOWN: Final = 1.0


class _Advances(dict[str, float]):
    """Character -> width in em."""

    def __missing__(self, character: str) -> float:
        return _UNKNOWN


def open_ruler(faces: Iterable[Face]) -> Callable[[str], float]:
    """Return the measure of a value's widest line in em; the first face that has a character is asked."""
    advances = _Advances()
    for face in faces:
        for character, width in _read_advances(face.file.data).items():
            advances.setdefault(character, width)

    def measure(value: str) -> float:
        if "\n" in value:
            return max(map(measure, value.splitlines()))
        return sum(map(advances.__getitem__, value))

    return measure


def _read_advances(data: bytes) -> dict[str, float]:
    try:
        with TTFont(io.BytesIO(data), lazy=True) as font:
            units: int = font["head"].unitsPerEm
            widths = font["hmtx"].metrics
            return {chr(point): widths[name][0] / units for point, name in (font.getBestCmap() or {}).items()}
    except (TTLibError, KeyError, AttributeError):
        # What a face lacks is told when the design is read; here only the order of values is at stake.
        return {}
