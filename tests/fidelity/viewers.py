"""What readers of PDFs see: pictures and text from PDFium, and from poppler where it is installed."""

import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pypdfium2
from fidelity.published import Pixels
from PIL import Image

POPPLER = bool(shutil.which("pdftoppm") and shutil.which("pdftotext"))

TEXT_ORDERS: tuple[list[str], ...] = (["-raw"], ["-layout"], [])
"""pdftotext's orders: of the content, of the page's columns, and the order of reading."""


def draw_with_pdfium(pdf: bytes, width: int, height: int) -> Pixels:
    """The first page on width x height pixels, over white."""
    larger = _oversampling(width, height)
    with pypdfium2.PdfDocument(pdf) as document:
        page = document[0]
        page_width, page_height = page.get_size()
        scale = larger * max(width / page_width, height / page_height)
        drawn = page.render(scale=scale, may_draw_forms=False).to_pil()
    return _reduce(drawn, width, height)


def draw_with_poppler(pdf: bytes, width: int, height: int) -> Pixels:
    """The first page on width x height pixels, over white."""
    larger = _oversampling(width, height)
    with tempfile.TemporaryDirectory() as folder:
        letter = Path(folder, "letter.pdf")
        letter.write_bytes(pdf)
        size = ["-scale-to-x", str(width * larger), "-scale-to-y", str(height * larger)]
        subprocess.run(
            ["pdftoppm", "-singlefile", "-f", "1", "-l", "1", *size, letter, Path(folder, "page")], check=True
        )
        with Image.open(Path(folder, "page.ppm")) as drawn:
            return _reduce(drawn, width, height)


VIEWERS = {"pdfium": draw_with_pdfium, **({"poppler": draw_with_poppler} if POPPLER else {})}


def extract_texts(pdf: bytes) -> dict[str, list[str]]:
    """The first page's text as each viewer gives it, in every order it knows."""
    with pypdfium2.PdfDocument(pdf) as document:
        texts = {"pdfium": [str(document[0].get_textpage().get_text_bounded())]}
    if POPPLER:
        texts["poppler"] = [_extract_with_poppler(pdf, order) for order in TEXT_ORDERS]
    return texts


def _extract_with_poppler(pdf: bytes, order: list[str]) -> str:
    command = ["pdftotext", "-enc", "UTF-8", *order, "-f", "1", "-l", "1", "-", "-"]
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode("utf-8", "replace")


def _oversampling(width: int, height: int) -> int:
    """How much larger pages are drawn, then averaged: poppler sets glyphs on whole rows, PDFium's edges are coarse."""
    return 3 if width * height < 1_300_000 else 2


def _reduce(drawn: Image.Image, width: int, height: int) -> Pixels:
    return np.asarray(drawn.convert("RGB").resize((width, height), Image.Resampling.BOX)).astype(np.int16)
