"""The styles of single characters as saved: ranges over the whole text (5.3 and later) or a map over its lines."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from pressrun.domain.letters.canvas.properties import Properties
from pressrun.domain.letters.typography.scripts import split_graphemes

_NEWLINE: Final = re.compile(r"\r?\n")

Style = Mapping[str, object]
# Where a character stands in the text, and its place in its line and over all lines without their ends.
Place = tuple[range, int, int, int]

UNSTYLED: Final[Style] = {}


def read_styles(item: Properties, text: str, *, splits_marks: bool) -> list[Style]:
    """Return the own style of each code point of a text as saved; what is no style is a fault."""
    saved = item.raw.get("styles")
    found: list[Style] = [UNSTYLED] * len(text)
    if not saved:
        return found
    places = _places(text, splits_marks=splits_marks)
    try:
        for span, style in _of_ranges(saved, places) if isinstance(saved, list) else _of_lines(_map(saved), places):
            for place in span:
                found[place] = style
        # A line end shows nothing: what stands on both sides of it stays one part of the template.
        for newline in _NEWLINE.finditer(text):
            for place in range(max(newline.start(), 1), newline.end()):
                found[place] = found[place - 1]
    except (KeyError, TypeError, ValueError):
        item.fault(
            "design_invalid",
            "styles is neither a list of {start, end, style} nor a map of lines.",
            "Save the canvas with canvas.toJSON().",
        )
    return found


def _places(text: str, *, splits_marks: bool) -> Iterator[Place]:
    """Yield each character: its code points, its line, its place in that line and its place over all lines."""
    counted = 0
    for number, (start, end) in enumerate(_lines(text)):
        at = start
        line = text[start:end]
        # Fabric up to 5 counts code points, since 6 clusters.
        for index, grapheme in enumerate(line if splits_marks else split_graphemes(line)):
            yield range(at, at + len(grapheme)), number, index, counted
            at += len(grapheme)
            counted += 1


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for newline in _NEWLINE.finditer(text):
        yield start, newline.start()
        start = newline.end()
    yield start, len(text)


def _of_ranges(saved: Sequence[object], places: Iterator[Place]) -> Iterator[tuple[range, Style]]:
    """Go through characters and ranges side by side, as Fabric does: a range out of order hides those after it."""
    ranges = iter([(_count(one["start"]), _count(one["end"]), _map(one["style"])) for one in map(_map, saved)])
    start, end, style = next(ranges, (0, 0, UNSTYLED))
    for span, _, _, counted in places:
        if start <= counted < end:
            yield span, style
            if counted == end - 1:
                start, end, style = next(ranges, (0, 0, UNSTYLED))


def _of_lines(saved: Mapping[str, object], places: Iterator[Place]) -> Iterator[tuple[range, Style]]:
    found = {(int(line), int(at)): _map(one) for line, row in saved.items() for at, one in _map(row).items()}
    for span, line, index, _ in places:
        if style := found.get((line, index)):
            yield span, style


def _map(value: object) -> Mapping[str, object]:
    if value is None:
        return UNSTYLED
    if isinstance(value, dict):
        return value
    raise TypeError


def _count(value: object) -> int:
    if isinstance(value, int):
        return value
    raise TypeError
