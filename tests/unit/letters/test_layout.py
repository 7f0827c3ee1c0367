"""Lines break and stand as Fabric breaks and places them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pressrun.domain.letters import DesignSource, read_design
from pressrun.domain.letters.layout import Layout, lay_out, line_offset
from pressrun.domain.letters.objects import TextBlock
from pressrun.domain.letters.setting import Setting
from pressrun.domain.letters.shaping import open_shaper
from pressrun.domain.letters.subsets import subset_face

Build = Callable[..., DesignSource]
PRINTED = "".join(map(chr, range(0x20, 0x7F)))


@pytest.fixture(scope="module")
def setting(postcard: Path) -> Setting:
    typeface, _ = subset_face((postcard / "fonts" / "OpenSans-Regular.ttf").read_bytes(), PRINTED)
    return Setting("F0", open_shaper(typeface), 20.0, 0.0, splits_marks=False)


@pytest.fixture
def a_block(a_source: Build) -> Callable[..., TextBlock]:
    def build(version: str = "7.4.0", **properties: Any) -> TextBlock:
        item = {"type": "Textbox", "fontFamily": "Open Sans", "fontSize": 20, "width": 200, "text": "x"} | properties
        (block,) = read_design(a_source(item, version=version)).drawables
        assert isinstance(block, TextBlock)
        return block

    return build


def words_per_line(layout: Layout) -> list[int]:
    return [len(line.words) for line in layout.lines]


def test_words_go_on_the_next_line_when_they_no_longer_fit(a_block: Callable[..., TextBlock], setting: Setting) -> None:
    width = setting.word("three").width * 2 + setting.space().width

    fitting = lay_out(a_block(width=width + 0.01), setting, "three three three three")
    narrow = lay_out(a_block(width=width - 0.01), setting, "three three three three")

    assert words_per_line(fitting) == [2, 2]
    assert words_per_line(narrow) == [1, 1, 1, 1]


def test_blanks_in_a_row_keep_their_width_inside_a_line(a_block: Callable[..., TextBlock], setting: Setting) -> None:
    layout = lay_out(a_block(), setting, "a  b")

    expected = setting.word("a").width + 2 * setting.space().width + setting.word("b").width
    assert layout.lines[0].width == pytest.approx(expected)


def test_a_long_word_widens_the_box_and_from_fabric_6_the_limit_too(
    a_block: Callable[..., TextBlock], setting: Setting
) -> None:
    text = "an ox and a Donaudampfschifffahrtsgesellschaft"
    wide = setting.word("Donaudampfschifffahrtsgesellschaft").width

    new = lay_out(a_block("7.4.0", width=60), setting, text)
    old = lay_out(a_block("5.3.0", width=60), setting, text)

    assert new.width == old.width == pytest.approx(wide)
    assert words_per_line(new) == [4, 1]
    assert words_per_line(old) == [2, 2, 1]


def test_kerning_counts_inside_words_and_not_at_spaces(a_block: Callable[..., TextBlock], fabric_cases: Path) -> None:
    typeface, _ = subset_face((fabric_cases / "fonts" / "LiberationSans-Regular.ttf").read_bytes(), "AV ")
    kerned = Setting("F0", open_shaper(typeface), 400.0, 0.0, splits_marks=False)

    # Chromium's measurements at 400 px: A 266.80, V 266.80, AV 503.91, space 111.13.
    assert kerned.word("AV").width < kerned.word("A").width + kerned.word("V").width - 25
    line = lay_out(a_block(width=9000), kerned, "A V").lines[0]
    assert line.width == pytest.approx(266.80 + 111.13 + 266.80, abs=0.01)


def test_line_heights_follow_fabric(a_block: Callable[..., TextBlock], setting: Setting) -> None:
    layout = lay_out(a_block(lineHeight=1.5), setting, "one\ntwo\nthree")

    assert layout.height == pytest.approx(1.13 * 20 * (1.5 + 1.5 + 1))


@pytest.mark.parametrize(
    ("align", "stretched", "offsets"),
    [
        ("left", [False, False, False], [0, 0, 0]),
        ("justify", [True, True, True], [0, 0, 0]),
        ("justify-left", [True, False, False], [0, 0, 0]),
        ("justify-right", [True, False, False], [0, 1, 1]),
        ("justify-center", [True, False, False], [0, 0.5, 0.5]),
        ("center", [False, False, False], [0.5, 0.5, 0.5]),
        ("right", [False, False, False], [1, 1, 1]),
    ],
)
def test_alignment_places_and_stretches_lines(
    a_block: Callable[..., TextBlock], setting: Setting, align: str, stretched: list[bool], offsets: list[float]
) -> None:
    block = a_block(textAlign=align, width=120)

    layout = lay_out(block, setting, "several words here\nlast")

    assert [line.stretched for line in layout.lines] == stretched
    shares = [line_offset(block, line, layout.width) / (layout.width - line.width) for line in layout.lines]
    assert shares == pytest.approx(offsets)


def test_splitting_by_grapheme_breaks_inside_words(a_block: Callable[..., TextBlock], setting: Setting) -> None:
    block = a_block(splitByGrapheme=True, width=3 * setting.grapheme_width("n") + 0.01)

    layout = lay_out(block, setting, "nnnnnnn")

    assert [round(line.width / setting.grapheme_width("n")) for line in layout.lines] == [3, 3, 1]


def test_marks_stay_with_their_letters_except_in_fabric_5(setting: Setting) -> None:
    old = Setting("F0", setting.shaper, 20.0, 0.0, splits_marks=True)

    assert setting.graphemes("g\u0303a") == ["g\u0303", "a"]
    assert old.graphemes("g\u0303a") == ["g", "\u0303", "a"]


def test_spacing_follows_every_character_but_the_last_of_a_line(
    a_block: Callable[..., TextBlock], setting: Setting
) -> None:
    spaced = Setting("F0", setting.shaper, 20.0, 5.0, splits_marks=False)

    line = lay_out(a_block(charSpacing=250), spaced, "nnn").lines[0]

    assert line.width == pytest.approx(setting.word("nnn").width + 2 * 5)


def test_an_empty_text_has_fabrics_least_width(a_block: Callable[..., TextBlock], setting: Setting) -> None:
    layout = lay_out(a_block(type="Text"), setting, "")

    assert (layout.width, layout.height) == pytest.approx((2.0, 22.6))
