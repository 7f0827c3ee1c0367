"""The glyphs of a laid-out text as PDF text operators, in runs as Fabric draws them: one call for each look."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from pressrun.domain.letters.coats import Coat
from pressrun.domain.letters.operators import number
from pressrun.domain.letters.rows import Placed, Row
from pressrun.domain.letters.setting import Setting
from pressrun.domain.letters.text import TextBlock, TextStyle


class Run(NamedTuple):
    """Glyphs of one look: elements of a TJ array, from the block's top left, with the font they begin in."""

    style: TextStyle
    font: str
    x: float
    y: float
    elements: str


@dataclass(frozen=True, slots=True)
class Typecase:
    """A text's styles with their settings; `kinds` gives styles whose glyphs are drawn alike the same number."""

    block: TextBlock
    settings: Sequence[Setting]
    kinds: Sequence[int]


def open_typecase(block: TextBlock, settings: Sequence[Setting]) -> Typecase:
    known: dict[tuple[object, ...], int] = {}
    kinds = [known.setdefault(_look(style), len(known)) for style in block.styles]
    return Typecase(block, settings, kinds)


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
    for _, group in groupby(row.placed, lambda placed: typecase.kinds[placed.piece.style]):
        placed = list(group)
        style = placed[0].piece.style
        setting = typecase.settings[style]
        text = "".join([one.piece.text for one in placed])
        if typecase.block.right_to_left or setting.is_complex(text):
            yield from _draw_complex(typecase, row, placed)
        else:
            elements = _write_words(typecase.block, setting, text, row.gap)
            yield _run(typecase, style, row.start + placed[0].start, row, elements)


def _run(typecase: Typecase, style: int, x: float, row: Row, elements: str) -> Run:
    look = typecase.block.styles[style]
    return Run(look, typecase.settings[style].font, x, row.baseline + look.rise, elements)


def _write_words(block: TextBlock, setting: Setting, text: str, gap: float) -> str:
    """Write a run: drawn as it comes, or in a justified text each word where its measured place is."""
    words = [setting.word(word) for word in text.split(" ")]
    space = setting.space().glyphs
    if not block.align.startswith("justify"):
        return space.join([word.glyphs for word in words]).replace("><", "")
    if gap:
        space += setting.adjustment(gap)
    return space.join([word.measured for word in words]).replace("><", "")


def _draw_complex(typecase: Typecase, row: Row, placed: Sequence[Placed]) -> Iterator[Run]:
    """Set a run whose order or forms depend on its neighbours in one piece; justified texts end it at each space."""
    right_to_left = typecase.block.right_to_left
    justified = typecase.block.align.startswith("justify")
    for part in _end_at_spaces(placed) if justified else [placed]:
        style = part[0].piece.style
        word = typecase.settings[style].run("".join([one.piece.text for one in part]), right_to_left)
        start = part[0].start
        x = row.start - start - word.drawn if right_to_left else row.start + start
        yield _run(typecase, style, x, row, word.glyphs)


def _end_at_spaces(placed: Sequence[Placed]) -> Iterator[Sequence[Placed]]:
    start = 0
    for index, one in enumerate(placed, 1):
        if one.piece.text == " " or index == len(placed):
            yield placed[start:index]
            start = index


def fill_runs(runs: Sequence[Run]) -> Iterator[Coat]:
    for ink, group in groupby(runs, lambda run: run.style.fill):
        if ink is not None:
            yield Coat(ink, kind="fill", operators=f"BT\n{_write_runs(group)}ET")


def stroke_runs(runs: Sequence[Run], pens: Mapping[float, str]) -> Iterator[Coat]:
    """Draw the outlines of runs; `pens` are the operators of a pen by its width."""
    for (ink, width), group in groupby(runs, lambda run: (run.style.stroke, run.style.pen_width)):
        if ink is not None and width in pens:
            operators = f"{pens[width]}\nBT 1 Tr\n{_write_runs(group)}0 Tr ET"
            yield Coat(ink, kind="outline", operators=operators)


def _write_runs(runs: Iterator[Run]) -> str:
    written: list[str] = []
    font = ""
    for run in runs:
        wanted = f"/{run.font} {number(run.style.size)} Tf "
        # The canvas has y downwards, and glyphs stand up.
        place = f"1 0 0 -1 {number(run.x)} {number(run.y)} Tm"
        written.append(f"{'' if wanted == font else wanted}{place} [{run.elements}] TJ\n")
        font = wanted
    return "".join(written)
