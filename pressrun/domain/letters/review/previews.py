"""Letters as pictures for a screen: every page as PDFium, the engine of Chrome, draws it."""

import io
from collections.abc import Iterator
from typing import Final

import pypdfium2

from pressrun.domain.errors import FaultyInput
from schemas.faults import Fault

_POINTS_PER_INCH: Final = 72.0
# A4 at 1,000 dpi; each pixel takes 4 bytes while it is drawn.
MOST_PIXELS: Final = 100_000_000


def draw_pages(pdf: bytes, dpi: int) -> Iterator[bytes]:
    """Yield each page, bleed and crop marks with it, as the bytes of a PNG file.

    Raises FaultyInput (`picture_too_large`) where a page has more pixels than can be drawn.
    """
    scale = dpi / _POINTS_PER_INCH
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            if page.get_width() * page.get_height() * scale * scale > MOST_PIXELS:
                raise FaultyInput([_too_large()])
            yield _encode(page, scale, dpi)


def _encode(page: pypdfium2.PdfPage, scale: float, dpi: int) -> bytes:
    buffer = io.BytesIO()
    page.render(scale=scale).to_pil().save(buffer, "PNG", dpi=(dpi, dpi))
    return buffer.getvalue()


def _too_large() -> Fault:
    return Fault(
        code="picture_too_large",
        where="--dpi",
        message=f"A page would have more than {MOST_PIXELS:,} pixels.",
        remedy="Choose fewer dots per inch.",
    )
