"""The glyphs of a laid-out text as PDF text operators, in runs as Fabric draws them: one call for each look."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, NamedTuple

from pressrun.domain.letters.canvas.text import TextBlock, TextStyle
from pressrun.domain.letters.drawing.operators import number
from pressrun.domain.letters.typography.coats import Coat
from pressrun.domain.letters.typography.contours import trace
from pressrun.domain.letters.typography.layout import Paragraphs, cut_literals
from pressrun.domain.letters.typography.rows import Row, Strip
from pressrun.domain.letters.typography.setting import Setting

# A word with the space after it.
_SPACED: Final = re.compile("[^ ]* |[^ ]+")


class Run(NamedTuple):
    """Glyphs of one look: elements of a TJ array, from the block's top left."""

    style: TextStyle
    setting: Setting
    x: float
    y: float
    elements: str


@dataclass(frozen=True, slots=True)
class Typecase:
    """A text's styles with their settings, and its literal parts cut to pieces.

    `kinds` gives styles whose glyphs are drawn alike the same number.
    """

    block: TextBlock
    settings: Sequence[Setting]
    kinds: Sequence[int]
    ready: Sequence[Paragraphs | None]


def open_typecase(block: TextBlock, settings: Sequence[Setting]) -> Typecase:
    known: dict[tuple[object, ...], int] = {}
    kinds = [known.setdefault(_look(style), len(known)) for style in block.styles]
    return Typecase(block, settings, kinds, cut_literals(block, settings))


def _look(style: TextStyle) -> tuple[object, ...]:
    """Return what begins a new run where it changes: all but the switches of the bars (Fabric `hasStyleChanged`)."""
    return (
        style.faces,
        style.size,
        style.fill,
        style.stroke,
        style.pen_width,
        style.thickness,
        style.decoration,
        style.ground,
        style.rise,
    )


def find_runs(typecase: Typecase, row: Row) -> Iterator[Run]:
    for _, group in groupby(row.strips, lambda strip: typecase.kinds[strip.style]):
        strips = list(group)
        first = strips[0]
        setting = typecase.settings[first.style]
        text = "".join([strip.text for strip in strips])
        if typecase.block.right_to_left or setting.is_complex(text):
            yield from _draw_complex(typecase, row, first, text)
        else:
            elements = _write_words(typecase.block, setting, text, row.gap)
            yield _run(typecase, first.style, row.start + first.start, row, elements)


def _run(typecase: Typecase, style: int, x: float, row: Row, elements: str) -> Run:
    look = typecase.block.styles[style]
    return Run(look, typecase.settings[style], x, row.baseline + look.rise, elements)


def _write_words(block: TextBlock, setting: Setting, text: str, gap: float) -> str:
    """Write a run: drawn as it comes, or in a justified text each word where its measured place is."""
    words = setting.look_up(text)
    space = setting.space().glyphs
    if not block.align.startswith("justify"):
        return space.join([word.glyphs for word in words]).replace("><", "")
    if gap:
        space += setting.adjustment(gap)
    return space.join([word.measured for word in words]).replace("><", "")


def _draw_complex(typecase: Typecase, row: Row, first: Strip, text: str) -> Iterator[Run]:
    """Set a run whose order or forms depend on its neighbours in one piece; justified texts end it at each space."""
    block, setting = typecase.block, typecase.settings[first.style]
    start = first.start
    for part in _SPACED.findall(text) if block.align.startswith("justify") else [text]:
        word = setting.run(part, block.right_to_left)
        x = row.start - start - word.drawn if block.right_to_left else row.start + start
        yield _run(typecase, first.style, x, row, word.glyphs)
        start += word.width + row.gap


def fill_runs(runs: Sequence[Run]) -> Iterator[Coat]:
    for ink, group in groupby(runs, lambda run: run.style.fill):
        if ink is not None:
            yield Coat(ink, kind="fill", operators=f"BT\n{_write_runs(group)}ET")


def stroke_runs(runs: Sequence[Run], pens: Mapping[float, str], patterned: Collection[int]) -> Iterator[Coat]:
    """Draw the outlines of runs; `pens` are operators by the pen's width, `patterned` the inks of no single colour."""
    for (ink, width), group in groupby(runs, lambda run: (run.style.stroke, run.style.pen_width)):
        if ink is not None and width in pens:
            members = list(group)
            drawn = _trace_runs(members) if ink in patterned else None
            operators = drawn or f"BT 1 Tr\n{_write_runs(members)}0 Tr ET"
            yield Coat(ink, kind="outline", operators=f"{pens[width]}\n{operators}")


def _trace_runs(runs: Sequence[Run]) -> str | None:
    """Return outlines as paths: poppler strokes text black where the ink is a pattern."""
    drawn = [trace(run.elements, run.setting, (run.x, run.y)) for run in runs]
    if None in drawn:
        return None
    # What is not filled would leave no text behind to be found or copied.
    hollow = [run for run in runs if run.style.fill is None]
    text = f"BT 3 Tr\n{_write_runs(hollow)}0 Tr ET\n" if hollow else ""
    return f"{text}{' '.join(filter(None, drawn))} S"


def _write_runs(runs: Iterable[Run]) -> str:
    written: list[str] = []
    font = ""
    for run in runs:
        wanted = f"/{run.setting.font} {number(run.style.size)} Tf "
        # The canvas has y downwards, and glyphs stand up.
        place = f"1 0 0 -1 {number(run.x)} {number(run.y)} Tm"
        written.append(f"{'' if wanted == font else wanted}{place} [{run.elements}] TJ\n")
        font = wanted
    return "".join(written)
