"""A letter as pictures: every page, in the resolution asked for."""

import io

import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from pressrun.domain.errors import FaultyInput
from pressrun.domain.letters.review.previews import draw_pages


def a_pdf(*sizes: tuple[float, float]) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    for size in sizes:
        canvas.setPageSize(size)
        canvas.setFillColorRGB(0, 0, 1)
        canvas.rect(0, 0, size[0] / 2, size[1], stroke=0, fill=1)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def test_every_page_is_drawn_in_its_size() -> None:
    pictures = [Image.open(io.BytesIO(data)) for data in draw_pages(a_pdf((144, 72), (72, 288)), dpi=100)]

    assert [picture.size for picture in pictures] == [(200, 100), (100, 400)]
    assert [picture.info["dpi"][0] for picture in pictures] == pytest.approx([100, 100], abs=0.1)


def test_a_page_is_drawn_as_it_looks() -> None:
    (data,) = draw_pages(a_pdf((144, 72)), dpi=72)

    picture = Image.open(io.BytesIO(data)).convert("RGB")
    assert (picture.getpixel((10, 36)), picture.getpixel((130, 36))) == ((0, 0, 255), (255, 255, 255))


def test_more_pixels_than_can_be_drawn_are_refused() -> None:
    with pytest.raises(FaultyInput) as raised:
        list(draw_pages(a_pdf((14_000, 14_000)), dpi=72))

    assert [fault.code for fault in raised.value.faults] == ["picture_too_large"]
