"""A contact sheet: letters side by side on A4 pages, each with the words that belong to it, as one PDF."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from math import ceil, floor
from typing import Final

import pikepdf
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from pressrun.domain.letters.canvas.page import Box
from pressrun.domain.letters.review.merging import merge_objects

_WIDTH, _HEIGHT = A4
_MARGIN: Final = 36.0
_GAP: Final = 14.0
_HEADER: Final = 26.0
_FONT, _BOLD = "Helvetica", "Helvetica-Bold"
_SIZE: Final = 7.5
_LEADING: Final = 9.5
_GREY, _DARK = 0.45, 0.1
# More lines are cut: the reasons come strongest first.
_CAPTION_LINES: Final = 6
# Of a longer letter the first pages are shown; smaller ones could not be read.
_PAGES_SHOWN: Final = 4


@dataclass(frozen=True, slots=True)
class Cell:
    """One place of the sheet: a letter, or a code and the reason why there is none, over what is said of it."""

    heading: str
    remarks: tuple[str, ...]
    letter: bytes | None
    code: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Grid:
    """How cells are laid out: sizes of the letter in points, of what is under it, and the pages inside one letter."""

    columns: int
    rows: int
    width: float
    height: float
    caption: float
    pages_across: int
    pages_down: int

    def corner(self, place: int) -> tuple[float, float]:
        """Return the left and top of a cell, from the page's lower left."""
        row, column = divmod(place, self.columns)
        left = _MARGIN + column * (self.width + _GAP)
        return left, _HEIGHT - _MARGIN - _HEADER - row * (self.height + self.caption + _GAP)

    def boxes(self, place: int) -> Iterator[Box]:
        """Yield the place of each page of a letter: left, low, right, high."""
        left, top = self.corner(place)
        width, height = self.width / self.pages_across, self.height / self.pages_down
        for number in range(self.pages_across * self.pages_down):
            row, column = divmod(number, self.pages_across)
            x, y = left + column * width, top - row * height
            yield x, y - height, x + width, y


def draw_contact_sheet(title: str, cells: Sequence[Cell], page_size: tuple[float, float], pages: int) -> bytes:
    """Return the PDF; `page_size` is a letter's trimmed page in points, `pages` how many it has.

    Letters stay text and outlines; what they share is kept once. Equal input gives equal bytes.
    """
    grid = _plan(cells, page_size, min(pages, _PAGES_SHOWN))
    with pikepdf.open(io.BytesIO(_draw_captions(title, cells, grid))) as sheet:
        for number, cell in enumerate(cells):
            if cell.letter is not None:
                _place_letter(sheet, cell.letter, grid, number)
        merge_objects(sheet)
        out = io.BytesIO()
        sheet.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def _plan(cells: Sequence[Cell], page_size: tuple[float, float], pages: int) -> _Grid:
    across = min(pages, 2)
    down = ceil(pages / across)
    aspect = page_size[0] * across / (page_size[1] * down)
    # As many beside each other as leave about 80 mm of width to a letter that is wider than high.
    columns = 1 if aspect > 2.4 else 2 if aspect > 0.9 else 3
    width = (_WIDTH - 2 * _MARGIN - (columns - 1) * _GAP) / columns
    lines = max((len(_wrap_remarks(cell, width)) for cell in cells), default=0)
    caption = (lines + 1) * _LEADING + 4
    room = _HEIGHT - 2 * _MARGIN - _HEADER
    height = min(width / aspect, room - caption)
    rows = max(1, floor((room + _GAP) / (height + caption + _GAP)))
    return _Grid(columns, rows, width, height, caption, across, down)


def _draw_captions(title: str, cells: Sequence[Cell], grid: _Grid) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=True)
    canvas.setTitle(title)
    per_page = grid.columns * grid.rows
    total = max(1, ceil(len(cells) / per_page))
    remaining = iter(cells)
    for number in range(1, total + 1):
        _draw_header(canvas, title, f"{number} / {total}")
        for place, cell in enumerate(islice(remaining, per_page)):
            _draw_cell(canvas, cell, grid, place)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _draw_header(canvas: Canvas, title: str, number: str) -> None:
    canvas.setFillGray(_DARK)
    canvas.setFont(_BOLD, 11)
    canvas.drawString(_MARGIN, _HEIGHT - _MARGIN - 9, _printable(title))
    canvas.setFillGray(_GREY)
    canvas.setFont(_FONT, _SIZE)
    canvas.drawRightString(_WIDTH - _MARGIN, _HEIGHT - _MARGIN - 9, number)


def _draw_cell(canvas: Canvas, cell: Cell, grid: _Grid, place: int) -> None:
    left, top = grid.corner(place)
    if cell.letter is None:
        _draw_note(canvas, cell, grid, (left, top))
    low = top - grid.height - _LEADING - 2
    canvas.setFillGray(_DARK)
    canvas.setFont(_BOLD, _SIZE)
    canvas.drawString(left, low, _printable(cell.heading))
    canvas.setFillGray(_GREY)
    _draw_lines(canvas, _wrap_remarks(cell, grid.width), left, low - _LEADING, _FONT)


def _draw_note(canvas: Canvas, cell: Cell, grid: _Grid, corner: tuple[float, float]) -> None:
    left, top = corner
    canvas.setStrokeGray(_GREY)
    canvas.setDash(3, 2)
    canvas.rect(left, top - grid.height, grid.width, grid.height)
    canvas.setDash()
    canvas.setFillGray(_DARK)
    inner = grid.width - 2 * _LEADING
    code = _wrap(f"No letter: {cell.code}", _BOLD, _SIZE, inner)
    _draw_lines(canvas, code, left + _LEADING, top - 2 * _LEADING, _BOLD)
    note = _wrap(cell.note, _FONT, _SIZE, inner)
    room = floor(grid.height / _LEADING) - len(code) - 2
    _draw_lines(canvas, note[: max(0, room)], left + _LEADING, top - (len(code) + 2) * _LEADING, _FONT)


def _draw_lines(canvas: Canvas, lines: Sequence[str], left: float, top: float, font: str) -> None:
    canvas.setFont(font, _SIZE)
    for number, line in enumerate(lines):
        canvas.drawString(left, top - number * _LEADING, line)


def _place_letter(sheet: pikepdf.Pdf, letter: bytes, grid: _Grid, cell: int) -> None:
    number, place = divmod(cell, grid.columns * grid.rows)
    with pikepdf.open(io.BytesIO(letter)) as pdf:
        for side, (page, box) in enumerate(zip(pdf.pages, grid.boxes(place), strict=False)):
            # pikepdf's own overlays have random names, and equal input is to give equal bytes.
            name = pikepdf.Name(f"/L{place}.{side}")
            form = sheet.copy_foreign(page.as_form_xobject())
            sheet.pages[number].add_resource(form, pikepdf.Name.XObject, name)
            sheet.pages[number].contents_add(_draw_page(page, name, box))


def _draw_page(page: pikepdf.Page, name: pikepdf.Name, box: Box) -> bytes:
    """Draw a trimmed page into the middle of its box, and its edge: white paper on white paper has none."""
    left, low, right, high = box
    trim_left, trim_low, trim_right, trim_high = (float(side) for side in page.trimbox)
    width, height = trim_right - trim_left, trim_high - trim_low
    scale = min((right - left) / width, (high - low) / height)
    x, y = (left + right - width * scale) / 2, (low + high - height * scale) / 2
    return (
        f"q {scale:.5f} 0 0 {scale:.5f} {x - trim_left * scale:.3f} {y - trim_low * scale:.3f} cm {name} Do Q\n"
        f"q 0.7 G 0.4 w {x:.2f} {y:.2f} {width * scale:.2f} {height * scale:.2f} re S Q"
    ).encode("ascii")


def _wrap_remarks(cell: Cell, width: float) -> list[str]:
    return [line for remark in cell.remarks for line in _wrap(remark, _FONT, _SIZE, width)][:_CAPTION_LINES]


def _wrap(text: str, font: str, size: float, width: float) -> list[str]:
    return list(simpleSplit(_printable(text), font, size, width))


def _printable(text: str) -> str:
    """Write what a viewer's own Helvetica lacks as its code point: captions need no font file."""
    return text.encode("cp1252", "backslashreplace").decode("cp1252")
