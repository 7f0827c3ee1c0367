"""QR codes and barcodes as PDF operators, in canvas pixels with y downwards."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from pressrun.domain.letters.canvas.geometry import Matrix, compose, scales, scaling
from pressrun.domain.letters.canvas.placeholders import Template
from pressrun.domain.letters.drawing.operators import fill_colour, number, operands, use_state
from pressrun.domain.letters.stamping.letter import Refusal
from pressrun.domain.letters.symbols.barcodes import draw_bars
from pressrun.domain.letters.symbols.code_contents import Flaw, fill_template, find_barcode_flaw, find_qr_flaw, refuse
from pressrun.domain.letters.symbols.codes import CodeBox
from pressrun.domain.letters.symbols.qr import open_drawer
from pressrun.domain.letters.symbols.qr_grid import Level, fits, row_bytes, size_of, version_for

CodeWriter = Callable[[Mapping[str, str]], str | Refusal]

_DARK_RUN: Final = re.compile("1+")


def open_code(box: CodeBox, matrix: Matrix, state: str | None) -> CodeWriter:
    """Return what writes the code of a record: balanced operators, or a refusal.

    `matrix` leads from coordinates about the box's centre to canvas pixels, `state` names an ExtGState. A QR code is
    square on the canvas and centred in its box, whatever the box is stretched to. Neither kind is ever mirrored:
    many scanners do not read mirrored codes.
    """
    a, b, c, d, _, _ = matrix
    upright = compose(matrix, scaling(-1.0, 1.0)) if a * d < b * c else matrix
    across, down = scales(upright)
    if not across or not down:
        return lambda _record: ""
    width, height = box.width * across, box.height * down
    opening = _open_box(box, compose(upright, scaling(1 / across, 1 / down)), state, (width, height))
    if box.kind == "code128":
        return BarcodeWriter(box.content, opening, width, height, box.quiet)
    return QrWriter(box.content, box.level, box.quiet, box.vector, opening, min(width, height))


def _open_box(box: CodeBox, matrix: Matrix, state: str | None, size: tuple[float, float]) -> str:
    alpha = use_state(state)
    ground = ""
    if box.light:
        corner, span = " ".join(number(-side / 2) for side in size), " ".join(map(number, size))
        ground = f"{fill_colour(box.light)} {corner} {span} re f "
    return f"q {alpha}{operands(matrix)} cm {ground}{fill_colour(box.dark)} "


class _Frame(NamedTuple):
    """What all codes of one length have in common: how they are drawn, and what stands round their modules."""

    draw: Callable[[bytes], int]
    head: str
    foot: str
    stride: int


class _Runs(dict[tuple[int, int], str]):
    """A rectangle for each run of dark bits of a symbol whose rows are `stride` bits apart."""

    def __init__(self, stride: int) -> None:
        super().__init__()
        self._stride = stride

    def __missing__(self, span: tuple[int, int]) -> str:
        start, end = span
        row, column = divmod(start, self._stride)
        operator = self[span] = f"{column} {row} {end - start} 1 re"
        return operator


@dataclass(frozen=True, slots=True)
class QrWriter:
    """Writes a QR code: crisp at any zoom and without hairlines between rows, as a one-bit mask or as one path.

    `side` is that of the square with its quiet zone, in canvas pixels.
    """

    template: Template
    level: Level
    quiet: int
    vector: bool
    opening: str
    side: float
    frames: dict[int, _Frame] = field(default_factory=dict)
    runs: dict[int, _Runs] = field(default_factory=dict)

    def __call__(self, record: Mapping[str, str]) -> str | Refusal:
        text = fill_template(self.template, record)
        if isinstance(text, Refusal):
            return text
        try:
            content = text.encode()
        except UnicodeEncodeError:
            return self._refuse(text)
        frame = self.frames.get(len(content))
        if frame is None:
            if not fits(len(content), self.level):
                return self._refuse(text)
            frame = self.frames[len(content)] = self._open_frame(content)
        symbol = frame.draw(content)
        # A symbol's first bit is dark: neither form loses a digit.
        modules = self._draw_runs(symbol, frame.stride) if self.vector else f"{symbol:x}"
        return f"{frame.head}{modules}{frame.foot}"

    def _refuse(self, text: str) -> Refusal:
        return refuse(self.template, find_qr_flaw(text, self.level) or Flaw("qr_too_long", "cannot be encoded"))

    def _open_frame(self, content: bytes) -> _Frame:
        size = size_of(version_for(len(content), self.level))
        stride = row_bytes(size) * 8
        module = self.side / (size + 2 * self.quiet)
        span, edge = number(module * size), number(module * size / 2)
        draw = open_drawer(content, self.level)
        if self.vector:
            place = f"{number(module)} 0 0 {number(module)} -{edge} -{edge} cm"
            return _Frame(draw, f"{self.opening}{place}\n", "\nf Q\n", stride)
        place = f"{span} 0 0 -{span} -{edge} {edge} cm"
        image = f"BI /W {size} /H {size} /IM true /D [1 0] /F /AHx ID"
        return _Frame(draw, f"{self.opening}{place}\n{image}\n", ">\nEI Q\n", stride)

    def _draw_runs(self, symbol: int, stride: int) -> str:
        runs = self.runs.get(stride)
        if runs is None:
            runs = self.runs[stride] = _Runs(stride)
        return "\n".join([runs[run.span()] for run in _DARK_RUN.finditer(f"{symbol:b}")])


@dataclass(frozen=True, slots=True)
class BarcodeWriter:
    """Writes a Code 128 barcode that fills its box, quiet zones included, from edge to edge."""

    template: Template
    opening: str
    width: float
    height: float
    quiet: int

    def __call__(self, record: Mapping[str, str]) -> str | Refusal:
        text = fill_template(self.template, record)
        if isinstance(text, Refusal):
            return text
        if flaw := find_barcode_flaw(text):
            return refuse(self.template, flaw)
        bars, modules = draw_bars(text)
        module = self.width / (modules + 2 * self.quiet)
        place = (
            f"{number(module)} 0 0 {number(self.height)} {number(-module * modules / 2)} {number(-self.height / 2)} cm"
        )
        drawn = "\n".join([f"{edge} 0 {width} 1 re" for edge, width in bars])
        return f"{self.opening}{place}\n{drawn}\nf Q\n"
