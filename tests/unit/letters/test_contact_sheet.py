"""A contact sheet shows every letter as it is, says what belongs to it, and keeps what is shared once."""

import io

import pikepdf
import pypdfium2
import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from pressrun.domain.letters.review.contact_sheet import Cell, draw_contact_sheet

POSTCARD = (420.0, 298.0)
PORTRAIT = (298.0, 420.0)


@pytest.fixture(scope="session")
def a_photo() -> ImageReader:
    return ImageReader(Image.effect_noise((300, 200), 80).convert("RGB"))


def a_letter(
    text: str, size: tuple[float, float] = POSTCARD, pages: int = 1, photo: ImageReader | None = None
) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=size, invariant=True)
    for number in range(1, pages + 1):
        if photo:
            canvas.drawImage(photo, 0, 0, *size)
        canvas.drawString(40, 100, f"{text} {number}")
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def a_cell(text: str = "Dear Ann", line: int = 2, **options: object) -> Cell:
    return Cell(f"Line {line}", ("longest {{name}}",), a_letter(text, **options))  # type: ignore[arg-type]  # passed on


def texts_of(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [str(page.get_textpage().get_text_bounded()) for page in document]


def test_every_letter_is_there_as_text_under_its_heading() -> None:
    cells = [a_cell(f"Dear {name}", line) for line, name in enumerate(("Ann", "Bea", "Zoe"), start=2)]

    (text,) = texts_of(draw_contact_sheet("autumn: 3 of 9", cells, POSTCARD, 1))

    assert "autumn: 3 of 9" in text
    assert "longest {{name}}" in text
    for line, name in enumerate(("Ann", "Bea", "Zoe"), start=2):
        assert f"Dear {name} 1" in text
        assert f"Line {line}" in text


def test_what_does_not_fit_goes_onto_further_pages() -> None:
    cells = [a_cell(f"Letter{line}x", line) for line in range(20)]

    pages = texts_of(draw_contact_sheet("many", cells, POSTCARD, 1))

    assert len(pages) > 1
    assert all(any(f"Letter{line}x" in page for page in pages) for line in range(20))
    assert f"1 / {len(pages)}" in pages[0]


def test_both_sides_of_a_letter_are_shown() -> None:
    (text,) = texts_of(draw_contact_sheet("duplex", [a_cell(size=PORTRAIT, pages=2)], PORTRAIT, 2))

    assert "Dear Ann 1" in text
    assert "Dear Ann 2" in text


def test_of_a_long_letter_the_first_pages_are_shown() -> None:
    (text,) = texts_of(draw_contact_sheet("long", [a_cell(pages=6)], POSTCARD, 6))

    assert "Dear Ann 4" in text
    assert "Dear Ann 5" not in text


def test_a_recipient_without_a_letter_is_a_note_with_code_and_reason() -> None:
    cell = Cell("Line 7", ("first with glyph_missing",), None, "glyph_missing", "No font has U+6F22.")

    (text,) = texts_of(draw_contact_sheet("notes", [cell], POSTCARD, 1))

    assert "No letter: glyph_missing" in text
    assert "No font has U+6F22." in text


def test_a_letter_lies_inside_its_cell_and_nowhere_else() -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=POSTCARD)
    canvas.setFillColorRGB(1, 0, 0)
    canvas.rect(0, 0, *POSTCARD, fill=1, stroke=0)
    canvas.save()

    pdf = draw_contact_sheet("red", [Cell("Line 2", (), buffer.getvalue())], POSTCARD, 1)

    with pypdfium2.PdfDocument(pdf) as document:
        drawn = document[0].render(scale=1).to_pil().convert("HSV")
    coloured = drawn.getchannel("S").point(lambda saturation: 255 * (saturation > 128)).getbbox()
    assert coloured is not None
    left, top, right, bottom = coloured
    assert (right - left) / (bottom - top) == pytest.approx(POSTCARD[0] / POSTCARD[1], rel=0.02)
    assert left >= 34
    assert right < 300


def test_a_shared_picture_is_kept_once(a_photo: ImageReader) -> None:
    cells = [a_cell(f"Dear {name}", photo=a_photo) for name in ("Ann", "Bea", "Zoe", "Kim")]

    pdf = draw_contact_sheet("photos", cells, POSTCARD, 1)

    with pikepdf.open(io.BytesIO(pdf)) as sheet:
        images = [
            each for each in sheet.objects if isinstance(each, pikepdf.Stream) and each.get("/Subtype") == "/Image"
        ]
        assert len(images) == 1
        assert sheet.check_pdf_syntax() == []
    assert len(texts_of(pdf)) == 1


def test_equal_letters_are_each_shown() -> None:
    (text,) = texts_of(draw_contact_sheet("twins", [a_cell(line=2), a_cell(line=3)], POSTCARD, 1))

    assert text.count("Dear Ann 1") == 2


def test_equal_cells_give_equal_bytes() -> None:
    first, second = (draw_contact_sheet("same", [a_cell(), a_cell("Bea")], POSTCARD, 1) for _ in range(2))

    assert first == second


def test_names_in_any_script_do_not_stop_a_sheet() -> None:
    cell = Cell("Line 2", ("longest {{όνομα}}", "without {{名前}}"), a_letter("Dear"))

    assert len(texts_of(draw_contact_sheet("любой", [cell], POSTCARD, 1))) == 1


def test_a_sheet_without_cells_is_a_page_that_says_so() -> None:
    (text,) = texts_of(draw_contact_sheet("nobody: 0 of 0", [], POSTCARD, 1))

    assert "nobody: 0 of 0" in text
