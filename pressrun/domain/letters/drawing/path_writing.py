"""Paths as operators, written by ReportLab: what is filled, stroked or clipped to."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from reportlab.pdfgen.pathobject import PDFPathObject

from pressrun.domain.letters.canvas.geometry import Matrix, apply
from pressrun.domain.letters.canvas.objects import Segment
from pressrun.domain.letters.canvas.paints import Pen
from pressrun.domain.letters.drawing.operators import number

_CAPS: Final = {"butt": 0, "round": 1, "square": 2}
_JOINS: Final = {"miter": 0, "round": 1, "bevel": 2}


def write_path(path: Sequence[Segment], matrix: Matrix) -> str:
    """Return the path's operators with its points put through a matrix."""
    drawn = PDFPathObject()
    steps: Mapping[str, Callable[..., None]] = {
        "move": drawn.moveTo,
        "line": drawn.lineTo,
        "curve": drawn.curveTo,
        "close": drawn.close,
    }
    for segment in path:
        steps[segment.kind](*(part for x, y in segment.points for part in apply(matrix, x, y)))
    return str(drawn.getCode())


def write_pen(pen: Pen) -> str:
    """Return the operators of everything about a pen but its paint."""
    look = f"{number(pen.width)} w {_CAPS[pen.cap]} J {_JOINS[pen.join]} j {number(max(1.0, pen.miter_limit))} M"
    if not pen.dashes:
        return look
    # PDF allows no negative phase; an odd pattern repeats after twice its length.
    phase = pen.dash_offset % (2 * sum(pen.dashes))
    return f"{look} [{' '.join(map(number, pen.dashes))}] {number(phase)} d"
