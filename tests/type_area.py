"""Texts on their own: blocks read from properties, set without a page, and where the operators put their glyphs."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from pressrun.domain.letters.canvas.colours import Colour
from pressrun.domain.letters.canvas.dialect import Dialect
from pressrun.domain.letters.canvas.geometry import IDENTITY, Matrix, Placement, apply, compose
from pressrun.domain.letters.canvas.paints import Paint
from pressrun.domain.letters.canvas.placing import read_placement
from pressrun.domain.letters.canvas.properties import Properties
from pressrun.domain.letters.canvas.source import FontFile
from pressrun.domain.letters.canvas.text import TextBlock
from pressrun.domain.letters.canvas.texts import read_text
from pressrun.domain.letters.drawing.inks import Spot
from pressrun.domain.letters.faces.coding import read_codes
from pressrun.domain.letters.faces.fonts import FontCase
from pressrun.domain.letters.faces.subsets import subset_face
from pressrun.domain.letters.typography.shaping import Shaper, open_shaper
from pressrun.domain.letters.typography.typesetting import Typesetter, open_typesetter
from schemas.faults import Fault

PRINTED = "".join(map(chr, range(0x20, 0x7F))) + "äéßшя\u05d0\u05d1\u05d2\u0303"


@dataclass(frozen=True, slots=True)
class PlainInk:
    """A colour as the program's own inks write it."""

    colour: Paint
    plain: bool = True

    def fill(self, _spot: Spot) -> str:
        return f"{self._numbers()} rg"

    def stroke(self, _spot: Spot) -> str:
        return f"{self._numbers()} RG"

    def _numbers(self) -> str:
        assert isinstance(self.colour, Colour)
        return f"{self.colour.red:g} {self.colour.green:g} {self.colour.blue:g}"


@dataclass(frozen=True, slots=True)
class Reading:
    """A text object as read: its block, or None, and what was said about it."""

    block: TextBlock | None
    faults: list[Fault]
    warnings: list[Fault]
    case: FontCase
    placement: Placement


class Mark(NamedTuple):
    """A glyph on the canvas: its code, where it starts and how it is painted."""

    code: int
    x: float
    y: float
    mode: int


class Rect(NamedTuple):
    """A filled rectangle on the canvas, upright."""

    x: float
    y: float
    width: float
    height: float


@dataclass(slots=True)
class Drawing:
    """What operators put on the canvas, in order."""

    marks: list[Mark] = field(default_factory=list)
    rects: list[Rect] = field(default_factory=list)


def read(files: Sequence[FontFile], version: int = 7, **properties: Any) -> Reading:
    """Read a text of Open Sans in 20 px; a Textbox when it is told so by its type."""
    item = {"type": "Text", "fontFamily": "Open Sans", "fontSize": 20, "text": "x", "strokeWidth": 0, **properties}
    case, faults, warnings = _open_case(tuple(files)), list[Fault](), list[Fault]()
    asked = Properties(item, "design.json objects[0]", faults, warnings)
    dialect = Dialect(version)
    block = read_text(asked, dialect, case, boxed=item["type"] == "Textbox")
    return Reading(block, faults, warnings, case, read_placement(asked, dialect))


@cache
def _open_case(files: tuple[FontFile, ...]) -> FontCase:
    return FontCase(files)


def read_block(files: Sequence[FontFile], version: int = 7, **properties: Any) -> TextBlock:
    block = read(files, version, **properties).block
    assert block
    return block


def open_text(reading: Reading, outer: Matrix = IDENTITY) -> Typesetter:
    block = reading.block
    assert block
    inks = [PlainInk(paint) for paint in block.paints]
    return open_typesetter(block, reading.placement, outer, open_shapers(reading.case), inks)


def open_shapers(case: FontCase) -> list[Shaper]:
    return [_open_shaper(face.file.data) for face in case.faces]


@cache
def _open_shaper(data: bytes) -> Shaper:
    return open_shaper(subset_face(data, PRINTED)[0])


def draw(operators: str, shapers: Sequence[Shaper]) -> Drawing:
    """Carry out the operators a text is set with; glyphs take the widths of their fonts."""
    drawing = Drawing()
    hand = _Hand(shapers, drawing)
    for operands, operator in _parse(operators):
        hand.act(operands, operator)
    return drawing


def _parse(operators: str) -> Iterator[tuple[list[str], str]]:
    operands: list[str] = []
    for token in re.findall(r"\[[^\]]*\]|<<.*?>>|/\w+|[-\d.]+|[A-Za-z*]+", operators):
        if token[0].isalpha():
            yield operands, token
            operands = []
        else:
            operands.append(token)


class _Hand:
    """The graphics and text state while operators are carried out."""

    def __init__(self, shapers: Sequence[Shaper], drawing: Drawing) -> None:
        self.shapers, self.drawing = shapers, drawing
        self.stack: list[Matrix] = []
        self.plane, self.line, self.at = IDENTITY, IDENTITY, IDENTITY
        self.shaper, self.size, self.leading, self.mode = shapers[0], 1.0, 0.0, 0

    def act(self, operands: list[str], operator: str) -> None:
        match operator:
            case "q":
                self.stack.append(self.plane)
            case "Q":
                self.plane = self.stack.pop()
            case "cm":
                self.plane = compose(self.plane, _matrix(operands))
            case "Tm":
                self.line = self.at = _matrix(operands)
            case "Td":
                self.move(float(operands[0]), float(operands[1]))
            case "T*":
                self.move(0.0, -self.leading)
            case "Tf":
                self.shaper, self.size = self.shapers[int(operands[0][2:])], float(operands[1])
            case "TL":
                self.leading = float(operands[0])
            case "Tr":
                self.mode = int(operands[0])
            case "TJ":
                self.show(operands[0])
            case "re":
                x, y, width, height = map(float, operands)
                self.drawing.rects.append(Rect(*apply(self.plane, x, y), width, height))

    def move(self, x: float, y: float) -> None:
        self.line = self.at = compose(self.line, (1, 0, 0, 1, x, y))

    def show(self, elements: str) -> None:
        for glyphs, shift in re.findall(r"<([0-9a-f]+)>|(-?[\d.]+)", elements):
            for code in read_codes(glyphs):
                x, y = apply(compose(self.plane, self.at), 0.0, 0.0)
                self.drawing.marks.append(Mark(code, x, y, self.mode))
                self.advance(self.shaper.nominal(code) * self.size / self.shaper.units)
            if shift:
                self.advance(-float(shift) * self.size / 1000)

    def advance(self, pixels: float) -> None:
        self.at = compose(self.at, (1, 0, 0, 1, pixels, 0))


def _matrix(operands: list[str]) -> Matrix:
    a, b, c, d, e, f = map(float, operands)
    return a, b, c, d, e, f
