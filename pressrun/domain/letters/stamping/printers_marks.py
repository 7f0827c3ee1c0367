"""Crop marks: where a sheet is cut, drawn outside the bleed by ReportLab."""

from reportlab.pdfgen.pathobject import PDFPathObject

from pressrun.domain.letters.canvas.page import MARK_GAP, MARK_LENGTH, Page

# A hairline that every press holds (0.25 pt), in all four inks, so that it shows in each separation.
_LOOK = "1 1 1 1 K 0.25 w"


def draw_marks(page: Page) -> bytes:
    """Return the operators of two marks at each corner of the trimmed page; what follows is limited to the bleed."""
    path = PDFPathObject()
    left, low, right, high = page.trim_box
    edge_left, edge_low, edge_right, edge_high = page.bleed_box
    for x, outwards in ((edge_left - MARK_GAP, -1), (edge_right + MARK_GAP, 1)):
        for y in (low, high):
            path.moveTo(x, y)
            path.lineTo(x + outwards * MARK_LENGTH, y)
    for y, outwards in ((edge_low - MARK_GAP, -1), (edge_high + MARK_GAP, 1)):
        for x in (left, right):
            path.moveTo(x, y)
            path.lineTo(x, y + outwards * MARK_LENGTH)
    bleed = PDFPathObject()
    bleed.rect(edge_left, edge_low, edge_right - edge_left, edge_high - edge_low)
    return f"q {_LOOK} {path.getCode()} S Q {bleed.getCode()} W n".encode("ascii")
