"""Every script people write names in is shaped, ordered, and can be copied out as it was written."""

import io
import re
import subprocess
import unicodedata
from collections.abc import Callable
from pathlib import Path
from shutil import which

import pikepdf
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressrun.domain.letters.canvas.source import FontFile
from pressrun.domain.letters.faces.embedding import embed_fonts
from pressrun.domain.letters.faces.fonts import Face
from pressrun.domain.letters.faces.formats import read_coverage
from pressrun.domain.letters.faces.sharing import share_out
from pressrun.domain.letters.faces.subsets import Embedding, subset_faces
from pressrun.domain.letters.typography.setting import Setting, open_setting
from pressrun.domain.letters.typography.shaping import open_shaper

PARTS = Path(__file__).parent / "fonts"
SHALOM = "\u05e9\u05dc\u05d5\u05dd"
ISLAM = "\u0627\u0644\u0625\u0633\u0644\u0627\u0645"
MUHAMMAD = "\u0645\u064f\u062d\u064e\u0645\u064e\u0651\u062f"
KSHATRIYA = "\u0915\u094d\u0937\u0924\u094d\u0930\u093f\u092f"
WATER = "\u0e19\u0e49\u0e33\u0e43\u0e08"
ASTRONAUT = "\U0001f469\u200d\U0001f680"


@pytest.fixture(scope="module")
def faces(fabric_cases: Path, postcard: Path) -> list[Face]:
    shared = fabric_cases / "fonts"
    paths = [
        postcard / "fonts" / "OpenSans-Regular.ttf",
        shared / "NotoSansHebrew-Regular.ttf",
        shared / "DejaVuSans.ttf",
        *sorted(PARTS.glob("*-part.*")),
    ]
    found = []
    for path in paths:
        coverage = read_coverage(path.read_bytes())
        assert isinstance(coverage, frozenset)
        found.append(Face(FontFile(path.stem, 400, "normal", path.read_bytes()), coverage))
    return found


Set = tuple[Setting, dict[int, Embedding]]


@pytest.fixture(scope="module")
def set_for(faces: list[Face]) -> Callable[..., Set]:
    def build(characters: str, spacing: float = 0.0) -> Set:
        numbers = tuple(range(len(faces)))
        shares = share_out(characters, numbers, [face.coverage for face in faces])
        typefaces, embeddings = subset_faces(faces, [shares.get(number, set()) for number in numbers], "")
        shapers = [open_shaper(typeface) for typeface in typefaces]
        return open_setting(numbers, 20.0, spacing, splits_marks=False, shapers=shapers), embeddings

    return build


def a_page(prepared: Set, text: str, *, right_to_left: bool = False) -> bytes:
    setting, embeddings = prepared
    line = setting.run(text, right_to_left)
    content = f"BT /{setting.font} 20 Tf 20 30 Td [{line.glyphs}] TJ ET".encode()
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(500, 80))
        fonts = {f"/F{number}": font for number, font in embed_fonts(pdf, embeddings).items()}
        pdf.pages[0].Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(fonts))
        pdf.pages[0].Contents = pdf.make_stream(content)
        file = io.BytesIO()
        pdf.save(file)
        return file.getvalue()


def read_by_pdfium(page: bytes) -> str:
    with pypdfium2.PdfDocument(page) as document:
        return as_written(document[0].get_textpage().get_text_bounded())


def as_written(read: str) -> str:
    """Return what a reader found without the direction marks some add, and ligatures as their letters."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", read) if letter not in "\u202a\u202b\u202c\n\r\f")


LINES = [
    ("Hello office \u00dcn\u00efcode g\u0303 q\u0323", False),
    (f"{SHALOM} \u05e9\u05e8\u05d4, \u05d1\u05e8\u05d5\u05db\u05d4", True),
    (f"Sarah {SHALOM}", False),
    (f"\u0645\u0631\u062d\u0628\u0627 {ISLAM}\u060c {ISLAM}", True),
    (f"{ISLAM} \u0645\u0631\u062d\u0628\u0627", False),
    (f"{KSHATRIYA} (\u0915\u093f\u0930\u0923)", False),
    (f"{WATER} \u0e01\u0e33\u0e25\u0e31\u0e07", False),
    ("\u65e5\u672c\u8a9e \ud55c\uae00 \u5c71\u7530", False),
    (f"{ASTRONAUT} \U0001f44d\U0001f3fd \u2764\ufe0f \U0001f600", False),
]


@pytest.mark.parametrize(("text", "right_to_left"), LINES)
def test_a_line_is_copied_out_as_it_was_written(set_for: Callable[..., Set], text: str, right_to_left: bool) -> None:
    page = a_page(set_for(text), text, right_to_left=right_to_left)

    assert read_by_pdfium(page) == unicodedata.normalize("NFKC", text)


@pytest.mark.skipif(which("pdftotext") is None, reason="poppler is not installed")
@pytest.mark.parametrize(("text", "right_to_left"), LINES)
def test_poppler_copies_it_out_too(set_for: Callable[..., Set], tmp_path: Path, text: str, right_to_left: bool) -> None:
    (tmp_path / "page.pdf").write_bytes(a_page(set_for(text), text, right_to_left=right_to_left))

    read = subprocess.run(["pdftotext", "page.pdf", "-"], cwd=tmp_path, capture_output=True, check=True).stdout.decode()

    # Where the face changes beside a blank, poppler puts the blank on the other side of the sign.
    assert as_written(read).replace(" ", "") == unicodedata.normalize("NFKC", text).replace(" ", "")


@pytest.mark.parametrize("text", ["\u05e9\u05c1\u05b8\u05dc\u05d5\u05b9\u05dd", MUHAMMAD])
def test_letters_with_vowel_points_are_copied_out(set_for: Callable[..., Set], text: str) -> None:
    composed = unicodedata.normalize("NFC", text)

    page = a_page(set_for(composed), composed, right_to_left=True)

    assert read_by_pdfium(page).replace(" ", "") == unicodedata.normalize("NFKC", text)


def test_arabic_letters_join(set_for: Callable[..., Set]) -> None:
    setting, _ = set_for(ISLAM)

    joined = setting.run(ISLAM, right_to_left=True)
    single = [setting.word(letter) for letter in ISLAM]

    assert joined.drawn < sum(word.drawn for word in single) - 10


def test_a_hebrew_line_is_drawn_from_its_last_letter(set_for: Callable[..., Set]) -> None:
    setting, embeddings = set_for(SHALOM)

    drawn = setting.run(SHALOM, right_to_left=True).glyphs
    first = setting.word(SHALOM[0]).glyphs.strip("<>")

    assert drawn.startswith("<")
    assert drawn.strip("<>").endswith(first)
    assert len(embeddings) == 1


def test_a_bracket_is_mirrored_where_it_is_read_from_right_to_left(set_for: Callable[..., Set]) -> None:
    setting, _ = set_for(f"({SHALOM})")

    ahead = setting.word("(").glyphs
    turned = setting.run(f"({SHALOM}", right_to_left=True).glyphs

    assert ahead not in turned
    assert setting.word(")").glyphs.strip("<>") in turned


def test_brackets_of_a_hebrew_line_are_read_back_as_written(set_for: Callable[..., Set]) -> None:
    text = f"({SHALOM}) 12"

    assert read_by_pdfium(a_page(set_for(text), text, right_to_left=True)) == text


def test_a_cluster_is_set_in_one_face(set_for: Callable[..., Set]) -> None:
    setting, _ = set_for("x\u0331")

    alone, marked = setting.word("x").glyphs, setting.word("x\u0331").glyphs

    assert "Tf" not in alone
    assert marked.startswith("] TJ /F2 20 Tf [<")
    assert marked.endswith("] TJ /F0 20 Tf [")
    assert marked.count("Tf") == 2
    assert setting.lineup.find_unprintable("x\u0331") is None


@pytest.mark.parametrize(
    ("text", "code", "character"),
    [
        ("a\u4e00", "glyph_missing", "\u4e00"),
        ("a\x07", "glyph_missing", "\x07"),
        ("a\ud800", "glyph_missing", "\ud800"),
        ("\u1780", "script_unsupported", "\u1780"),
        ("a\ue000", "glyph_missing", "\ue000"),
    ],
)
def test_what_cannot_be_shown_is_named(set_for: Callable[..., Set], text: str, code: str, character: str) -> None:
    setting, _ = set_for("a")

    assert setting.lineup.find_unprintable(text) == (code, character)


def test_joiners_and_marks_of_direction_draw_nothing(set_for: Callable[..., Set]) -> None:
    setting, _ = set_for("ab")

    assert setting.lineup.find_unprintable("a\u200d\u200eb\u2060") is None
    assert setting.word("a\u200eb").drawn == setting.word("ab").drawn


def test_a_measured_line_is_fabrics_pairs_whatever_the_order(set_for: Callable[..., Set]) -> None:
    text = f"{SHALOM} ab"
    setting, _ = set_for(text)

    there, back = setting.run(text, right_to_left=True), setting.run(text, right_to_left=False)

    assert there.width == back.width
    assert there.width == pytest.approx(
        setting.run(SHALOM, right_to_left=True).width + setting.run(" ab", right_to_left=False).width
    )


def test_letter_spacing_keeps_the_order_of_a_hebrew_word(set_for: Callable[..., Set]) -> None:
    plain, spaced = set_for(SHALOM)[0], set_for(SHALOM, spacing=3.0)[0]

    word = spaced.run(SHALOM, right_to_left=True)

    assert word.width == pytest.approx(plain.run(SHALOM, right_to_left=True).width + 4 * 3)
    assert word.glyphs.index(plain.word(SHALOM[-1]).glyphs) < word.glyphs.index(plain.word(SHALOM[0]).glyphs)


@pytest.fixture(scope="module")
def mixed(set_for: Callable[..., Set]) -> Setting:
    return set_for("".join(text for text, _ in LINES))[0]


@given(st.text(max_size=30))
def test_no_text_breaks_the_setting_and_none_is_shown_by_a_box(mixed: Setting, text: str) -> None:
    line = text.replace("\n", " ").replace("\t", " ")

    if mixed.lineup.find_unprintable(text) is None:
        drawn = "".join(re.findall(r"(?<!<)<([0-9a-f]+)>(?!>)", mixed.run(line, right_to_left=False).glyphs))
        assert "0000" not in [drawn[at : at + 4] for at in range(0, len(drawn), 4)]
