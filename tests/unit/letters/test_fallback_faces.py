"""What a face lacks is shown by another at hand, in the design's own text and in values alike."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pressrun.domain.letters import DesignSource, FontFile, Letter, Profile, Refusal, compile_design, read_design

Build = Callable[..., DesignSource]
PARTS = Path(__file__).parent / "fonts"


@pytest.fixture
def a_design(a_source: Build, postcard: Path) -> Callable[..., DesignSource]:
    """Build one text in Open Sans, with faces for other scripts beside it."""

    def build(text: str = "{{name}}") -> DesignSource:
        sans = FontFile("Open Sans", 400, "normal", (postcard / "fonts" / "OpenSans-Regular.ttf").read_bytes())
        others = [FontFile(path.stem, 400, "normal", path.read_bytes()) for path in sorted(PARTS.glob("*-part.*"))]
        item = {"type": "Text", "fontFamily": "Open Sans", "text": text, "left": 300, "top": 200, "fontSize": 30}
        return replace(a_source(item), fonts=[sans, *others])

    return build


def stamp(source: DesignSource, name: str, characters: str = "", rare: str = "") -> Letter | Refusal:
    profile = Profile("".join(sorted({*name, *characters})), rare=rare)
    return compile_design(read_design(source), profile).stamp({"name": name})


@pytest.mark.parametrize(
    "name",
    [
        "Anna \u5c71\u7530",
        "\u0915\u093f\u0930\u0923 Kumar",
        "\u0e19\u0e49\u0e33 Lee",
        "Mia \U0001f469\u200d\U0001f680",
    ],
)
def test_a_value_in_another_script_is_printed(
    a_design: Callable[..., DesignSource], read_text: Callable[[object], str], name: str
) -> None:
    assert read_text(stamp(a_design(), name)) == name


def test_the_designs_own_text_is_printed_so_too(
    a_design: Callable[..., DesignSource], read_text: Callable[[object], str]
) -> None:
    assert read_text(stamp(a_design("\u6771\u4eac {{name}}"), "Anna")) == "\u6771\u4eac Anna"


def test_a_face_nobody_needs_is_in_no_letter(a_design: Callable[..., DesignSource]) -> None:
    plain, mixed = stamp(a_design(), "Anna"), stamp(a_design(), "Anna \u5c71")

    assert isinstance(plain, Letter)
    assert isinstance(mixed, Letter)
    assert plain.prefix.count(b"/FontFile2") == 1
    assert mixed.prefix.count(b"/FontFile2") == 2


def test_what_no_face_has_is_refused_without_naming_the_value(a_design: Callable[..., DesignSource]) -> None:
    refusal = stamp(a_design(), "Anna \u9f98")

    assert isinstance(refusal, Refusal)
    assert refusal.code == "glyph_missing"
    assert "U+9F98" in refusal.message
    assert "Anna" not in refusal.message


def test_a_script_without_a_face_is_named_as_one(a_design: Callable[..., DesignSource]) -> None:
    refusal = stamp(a_design(), "\u1780\u1781")

    assert isinstance(refusal, Refusal)
    assert refusal.code == "script_unsupported"


def test_a_rare_character_is_in_the_letter_that_has_it_only(
    a_design: Callable[..., DesignSource], read_text: Callable[[object], str]
) -> None:
    compiled = compile_design(read_design(a_design()), Profile("Ana \u5c71\u7530", rare="\u5c71\u7530"))

    without, having = compiled.stamp({"name": "Anna"}), compiled.stamp({"name": "Anna \u5c71"})

    assert isinstance(without, Letter)
    assert isinstance(having, Letter)
    assert without.prefix == having.prefix
    assert b"/FontFile2" not in without.tail
    assert having.tail.count(b"/FontFile2") == 1
    assert read_text(having) == "Anna \u5c71"
