"""A rare character comes in a font of the letter's own, and is drawn as if it were in the shared one."""

import io
import subprocess
import zlib
from pathlib import Path
from shutil import which

import pikepdf
import pypdfium2
import pytest
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont

from pressrun.domain.letters.canvas.source import FontFile
from pressrun.domain.letters.faces.fonts import Face
from pressrun.domain.letters.faces.formats import read_coverage
from pressrun.domain.letters.faces.rare import FONT_OBJECTS, RareFace, cut_rare, write_font
from pressrun.domain.letters.faces.subsets import subset_faces
from pressrun.domain.letters.typography.setting import open_setting
from pressrun.domain.letters.typography.shaping import open_shaper

HAN = Path(__file__).parent / "fonts" / "DroidSansFallback-part.ttf"
CHARACTERS = "".join(sorted("日本語漢字"))


@pytest.fixture(scope="module")
def rare() -> RareFace:
    return cut_rare(HAN.read_bytes(), CHARACTERS, 400, "normal")


def a_page(rare: RareFace, text: str) -> bytes:
    """Return a PDF that shows a text in the font a letter would bring."""
    shown = "".join(f"{rare.code(character):04x}" for character in text)
    content = f"BT /R0 40 Tf 20 30 Td <{shown}> Tj ET".encode()
    bodies = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 260 90]/Contents 4 0 R/Resources<</Font<</R0 5 0 R>>>>>>",
        b"<</Length %d>>\nstream\n%b\nendstream" % (len(content), content),
        *write_font(rare, text, 5),
    ]
    return as_file(bodies)


def as_file(bodies: list[bytes]) -> bytes:
    file = bytearray(b"%PDF-1.7\n")
    rows = [b"0000000000 65535 f \n"]
    for number, body in enumerate(bodies, 1):
        rows.append(b"%010d 00000 n \n" % len(file))
        file += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    size = len(rows)
    start = len(file)
    return bytes(file) + b"xref\n0 %d\n%btrailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        *(size, b"".join(rows), size),
        start,
    )


def test_the_text_is_read_back(rare: RareFace) -> None:
    with pypdfium2.PdfDocument(a_page(rare, "漢字本")) as document:
        assert document[0].get_textpage().get_text_bounded() == "漢字本"


@pytest.mark.skipif(which("pdftotext") is None, reason="poppler is not installed")
def test_poppler_reads_the_text_back_too(rare: RareFace, tmp_path: Path) -> None:
    (tmp_path / "page.pdf").write_bytes(a_page(rare, "漢字本"))

    read = subprocess.run(["pdftotext", "page.pdf", "-"], cwd=tmp_path, capture_output=True, check=True)

    assert read.stdout.decode().strip() == "漢字本"
    assert read.stderr == b""


def test_qpdf_finds_nothing_wrong(rare: RareFace) -> None:
    with pikepdf.open(io.BytesIO(a_page(rare, "漢字本"))) as pdf:
        assert pdf.check_pdf_syntax() == []


def test_the_glyphs_are_the_faces_own(rare: RareFace) -> None:
    source = TTFont(HAN)
    own = TTFont(io.BytesIO(embedded(rare, "漢語")))

    for place, character in enumerate(sorted("漢語"), 1):
        name = source.getBestCmap()[ord(character)]
        assert outline(own, f"glyph{place:05}") == outline(source, name)
        assert own["hmtx"].metrics[f"glyph{place:05}"] == source["hmtx"].metrics[name]


def embedded(rare: RareFace, text: str) -> bytes:
    body = write_font(rare, text, 1)[3]
    packed = body.partition(b"stream\n")[2].removesuffix(b"\nendstream")
    return zlib.decompress(packed)


def outline(font: TTFont, name: str) -> list[object]:
    pen = DecomposingRecordingPen(font.getGlyphSet())
    font.getGlyphSet()[name].draw(pen)
    steps: list[object] = pen.value
    return steps


def test_the_same_characters_give_the_same_objects_in_any_order(rare: RareFace) -> None:
    assert write_font(rare, "字漢字", 9) == write_font(rare, "漢字", 9)
    assert len(write_font(rare, "字", 9)) == FONT_OBJECTS


def test_another_letters_font_has_another_name(rare: RareFace) -> None:
    assert write_font(rare, "字", 9)[0] != write_font(rare, "漢", 9)[0]


def test_a_rare_character_is_set_in_its_own_font_and_named() -> None:
    data = HAN.read_bytes()
    coverage = read_coverage(data)
    assert isinstance(coverage, frozenset)
    face = Face(FontFile("Droid", 400, "normal", data), coverage)

    typefaces, embeddings = subset_faces([face], [set("日本字")], "字")
    setting = open_setting((0,), 20.0, 0.0, splits_marks=False, shapers=[open_shaper(typefaces[0])])

    assert "字" not in embeddings[0].texts
    assert setting.lineup.rare_in("日字") == {("R0", "字")}
    assert setting.lineup.rare_in("日本") == set()
    assert setting.lineup.find_unprintable("日本字") is None
    assert "/R0 20 Tf [<0000>] TJ /F0 20 Tf" in setting.word("日字").glyphs
    assert setting.word("日字").width == pytest.approx(2 * setting.word("日").width)


def test_a_face_of_rare_characters_only_is_not_in_every_letter() -> None:
    data = HAN.read_bytes()
    coverage = read_coverage(data)
    assert isinstance(coverage, frozenset)

    typefaces, embeddings = subset_faces([Face(FontFile("D", 400, "normal", data), coverage)], [set("字")], "字")
    setting = open_setting((0,), 20.0, 0.0, splits_marks=False, shapers=[open_shaper(typefaces[0])])

    assert embeddings == {}
    assert setting.font == "R0"
    assert setting.word("字").glyphs == "<0000>"
