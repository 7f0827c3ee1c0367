"""The postcard drawn for each recipient with ReportLab as its guide shows it: fonts registered once, all else anew."""

import io
from collections.abc import Mapping, Sequence
from typing import Any, Final

from reportlab import rl_config
from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.colors import HexColor, white
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader, simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from benchmarks import postcard
from benchmarks.postcard import POINTS, Words, filled
from benchmarks.rounds import Engine

FONT_NAMES: Final = {400: "OpenSans", 600: "OpenSans-Semibold"}


def open_reportlab(records: Sequence[Mapping[str, str]]) -> list[Engine]:
    """Return ReportLab as it comes, and with its best public setting: streams as bytes, not as ASCII85."""
    for weight, name in FONT_NAMES.items():
        pdfmetrics.registerFont(TTFont(name, postcard.FACES[weight]))
    return [
        Engine("ReportLab", lambda lot: _draw_lot(lot, ascii85=True), records),
        Engine("ReportLab, useA85=0", lambda lot: _draw_lot(lot, ascii85=False), records),
    ]


def wrapped(words: Words, record: Mapping[str, str]) -> list[str]:
    """Return the lines of a text, broken greedily at blanks."""
    text = filled(words.text, record)
    if words.width is None:
        return text.split("\n")
    lines: list[str] = simpleSplit(text, FONT_NAMES[words.weight], words.size, words.width)
    return lines


def _draw_lot(lot: Sequence[Mapping[str, str]], *, ascii85: bool) -> int:
    rl_config.useA85 = int(ascii85)
    return sum(len(draw_letter(record)) for record in lot)


def draw_letter(record: Mapping[str, str]) -> bytes:
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=(postcard.WIDTH_MM * mm, postcard.HEIGHT_MM * mm))
    canvas.translate(0, postcard.HEIGHT_MM * mm)
    canvas.scale(POINTS, POINTS)
    _draw_picture(canvas, postcard.background(), 0, 0, postcard.WIDTH, postcard.HEIGHT)
    logo = (postcard.LOGO_LEFT, postcard.LOGO_TOP, postcard.LOGO_WIDTH, postcard.LOGO_HEIGHT)
    _draw_picture(canvas, postcard.logo(), *logo)
    canvas.setFillColor(white)
    for panel in postcard.PANELS:
        canvas.rect(panel.left, -panel.top - panel.height, panel.width, panel.height, stroke=0, fill=1)
    for words in postcard.TEXTS:
        _draw_text(canvas, words, record)
    _draw_qr(canvas, record["link"])
    canvas.save()
    return stream.getvalue()


def _draw_picture(canvas: Any, data: bytes, left: float, top: float, width: float, height: float) -> None:
    canvas.drawImage(ImageReader(io.BytesIO(data)), left, -top - height, width, height, mask="auto")


def _draw_text(canvas: Any, words: Words, record: Mapping[str, str]) -> None:
    canvas.setFont(FONT_NAMES[words.weight], words.size)
    canvas.setFillColor(HexColor(words.colour))
    for number, line in enumerate(wrapped(words, record)):
        canvas.drawString(words.left, -words.baseline - number * words.leading, line)


def _draw_qr(canvas: Any, content: str) -> None:
    side = postcard.QR_SIDE
    drawing = Drawing(side, side)
    drawing.add(QrCodeWidget(content, barLevel="M", barWidth=side, barHeight=side, barBorder=postcard.QUIET_MODULES))
    renderPDF.draw(drawing, canvas, postcard.QR_LEFT, -postcard.QR_TOP - side)
