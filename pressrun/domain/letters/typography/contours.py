"""The contours of set glyphs as paths, for inks that not every viewer strokes text with."""

import re
from collections.abc import Iterator
from typing import Final

from fontTools.pens.recordingPen import RecordingPen

from pressrun.domain.letters.canvas.geometry import Point
from pressrun.domain.letters.drawing.operators import number
from pressrun.domain.letters.faces.coding import read_codes
from pressrun.domain.letters.typography.setting import Setting
from pressrun.domain.letters.typography.shaping import Shaper

# What a word's TJ elements hold (setting.py, spelling.py): a marked text, glyphs, a change of font or rise, a move.
_ELEMENT: Final = re.compile(
    r"<<.*?>>>|<(?P<glyphs>[0-9a-f]+)>|/(?P<font>\w+) [\d.]+ Tf|(?P<rise>-?[\d.]+) Ts|(?P<move>-?[\d.]+)"
)


def trace(elements: str, setting: Setting, at: Point) -> str | None:
    """Return the contours of TJ elements set from a place in pixels, y down; None where a face brings no contours."""
    shapers = {face.font: face.shaper for face in setting.lineup.faces}
    shaper = shapers.get(setting.font)
    x, rise = at[0], 0.0
    drawn: list[str] = []
    for element in _ELEMENT.finditer(elements):
        if element["font"]:
            shaper = shapers.get(element["font"])
        elif element["rise"]:
            rise = float(element["rise"])
        elif element["move"]:
            x -= float(element["move"]) * setting.size / 1000
        if not element["glyphs"]:
            continue
        if not isinstance(shaper, Shaper):
            return None
        scale = setting.size / shaper.units
        for code in read_codes(element["glyphs"]):
            drawn += _trace_glyph(shaper, code, (x, at[1] - rise), scale)
            x += shaper.nominal(code) * scale
    return " ".join(drawn)


def _trace_glyph(shaper: Shaper, code: int, at: Point, scale: float) -> Iterator[str]:
    glyph = next((own for (_, own), alias in shaper.aliases.items() if alias == code), code)
    pen = RecordingPen()
    shaper.font.draw_glyph_with_pen(glyph, pen)
    last = at
    for step, points in pen.value:
        placed = [(at[0] + x * scale, at[1] - y * scale) for x, y in points]
        match step:
            case "moveTo":
                yield f"{_write(placed)} m"
            case "lineTo":
                yield f"{_write(placed)} l"
            case "qCurveTo":
                (control, end) = placed
                yield f"{_write([_lean(last, control), _lean(end, control), end])} c"
            case _:
                yield "h"
        last = placed[-1] if placed else last


def _lean(end: Point, control: Point) -> Point:
    """Return a cubic curve's handle: two thirds of the way from an end to the quadratic one's."""
    return end[0] + 2 / 3 * (control[0] - end[0]), end[1] + 2 / 3 * (control[1] - end[1])


def _write(points: list[Point]) -> str:
    return " ".join(number(part) for point in points for part in point)
