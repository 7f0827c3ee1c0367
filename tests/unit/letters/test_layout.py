"""Lines break and stand as Fabric breaks and places them."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from type_area import Reading, open_shapers, read

from pressrun.domain.letters import FontFile
from pressrun.domain.letters.canvas.text import TextBlock
from pressrun.domain.letters.typography.layout import Layout, Line, lay_out, line_offset
from pressrun.domain.letters.typography.setting import Setting
from pressrun.domain.letters.typography.typesetting import open_settings

Lay = Callable[..., Layout]


@pytest.fixture(scope="module")
def fonts(fabric_cases: Path, read_fonts: Callable[[Path], list[FontFile]]) -> list[FontFile]:
    return read_fonts(fabric_cases / "fonts")


@pytest.fixture(scope="module")
def setting(fonts: list[FontFile]) -> Setting:
    """Return Open Sans in 20 px, as the blocks have it."""
    return settings_of(fonts)[0]


@pytest.fixture
def lay(fonts: list[FontFile]) -> Lay:
    """Lay out one text in a block of the properties given."""

    def build(*parts: str, **properties: Any) -> Layout:
        block = a_block(fonts, **properties)
        return lay_out(block, settings_of(fonts, **properties), parts, block.wrap)

    return build


def a_block(fonts: Sequence[FontFile], **properties: Any) -> TextBlock:
    block = a_reading(fonts, **properties).block
    assert block
    return block


def a_reading(fonts: Sequence[FontFile], **properties: Any) -> Reading:
    return read(fonts, **dict[str, Any]({"type": "Textbox", "width": 200} | properties))


def settings_of(fonts: Sequence[FontFile], **properties: Any) -> list[Setting]:
    reading = a_reading(fonts, **properties)
    assert reading.block
    return open_settings(reading.block, open_shapers(reading.case))


def read_line(line: Line) -> str:
    return "".join(piece.text for piece in line.pieces)


def read_lines(layout: Layout) -> list[str]:
    return [read_line(line) for line in layout.lines]


def test_words_go_on_the_next_line_when_they_no_longer_fit(lay: Lay, setting: Setting) -> None:
    width = setting.word("three").width * 2 + setting.space().width

    assert read_lines(lay("three three three three", width=width + 0.01)) == ["three three"] * 2
    assert read_lines(lay("three three three three", width=width - 0.01)) == ["three"] * 4


def test_the_space_at_a_break_is_dropped_and_others_keep_their_width(lay: Lay, setting: Setting) -> None:
    layout = lay("a  b", width=200)

    expected = setting.word("a").width + 2 * setting.space().width + setting.word("b").width
    assert layout.lines[0].width == pytest.approx(expected)
    assert read_lines(lay("aaa  bbb", width=setting.word("aaaa").width)) == ["aaa ", "bbb"]


def test_a_long_word_widens_the_box_and_from_fabric_6_the_limit_too(lay: Lay, setting: Setting) -> None:
    text = "an ox and a Donaudampfschifffahrtsgesellschaft"
    wide = setting.word("Donaudampfschifffahrtsgesellschaft").width

    new = lay(text, version=7, width=60)
    old = lay(text, version=5, width=60)

    assert new.width == old.width == pytest.approx(wide)
    assert read_lines(new) == ["an ox and a", "Donaudampfschifffahrtsgesellschaft"]
    assert read_lines(old) == ["an ox", "and a", "Donaudampfschifffahrtsgesellschaft"]


def test_kerning_counts_inside_words_and_not_at_spaces(lay: Lay) -> None:
    # Chromium's measurements of Liberation Sans at 400 px: A 266.80, V 266.80, AV 503.91, space 111.13.
    size = {"fontFamily": "Liberation Sans", "fontSize": 400, "width": 9000}

    assert lay("AV", **size).lines[0].width == pytest.approx(503.91, abs=0.01)
    assert lay("A V", **size).lines[0].width == pytest.approx(266.80 + 111.13 + 266.80, abs=0.02)


def test_characters_of_one_font_are_kerned_whatever_their_colour(lay: Lay) -> None:
    coloured = [{"start": 1, "end": 2, "style": {"fill": "red"}}]
    larger = [{"start": 1, "end": 2, "style": {"fontSize": 401}}]
    size = {"fontFamily": "Liberation Sans", "fontSize": 400, "width": 9000, "text": "AV"}

    assert lay("A", "V", styles=coloured, **size).lines[0].width == pytest.approx(503.91, abs=0.01)
    assert lay("A", "V", styles=larger, **size).lines[0].width == pytest.approx(266.80 * (2 + 1 / 400), abs=0.02)


def test_line_heights_follow_the_largest_size_and_the_last_has_no_line_height(lay: Lay) -> None:
    styles = [{"start": 3, "end": 6, "style": {"fontSize": 30}}]

    plain = lay("one\ntwo\nthree", lineHeight=1.5)
    mixed = lay("one\n", "two", "\nthree", text="one\ntwo\nthree", lineHeight=1.5, styles=styles)

    assert plain.height == pytest.approx(1.13 * 20 * (1.5 + 1.5 + 1))
    assert mixed.height == pytest.approx(1.13 * (20 * 1.5 + 30 * 1.5 + 20))


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
    lay: Lay, fonts: list[FontFile], align: str, stretched: list[bool], offsets: list[float]
) -> None:
    layout = lay("several words here\nlast", textAlign=align, width=120)

    block = a_block(fonts, textAlign=align, width=120)
    assert [line.stretched for line in layout.lines] == stretched
    shares = [line_offset(block, line, layout.width) / (layout.width - line.width) for line in layout.lines]
    assert shares == pytest.approx(offsets)


@pytest.mark.parametrize(("align", "share"), [("left", -1.0), ("center", -0.5), ("right", 0.0), ("justify", 0.0)])
def test_right_to_left_texts_start_at_the_right_edge(lay: Lay, fonts: list[FontFile], align: str, share: float) -> None:
    layout = lay("one\ntwo words", type="Text", textAlign=align, direction="rtl")

    block = a_block(fonts, type="Text", textAlign=align, direction="rtl")
    line = layout.lines[0]
    assert line_offset(block, line, layout.width) == pytest.approx(share * (layout.width - line.width))


def test_splitting_by_grapheme_breaks_inside_words_and_keeps_spaces(lay: Lay, setting: Setting) -> None:
    layout = lay("nnnnnnn nn", splitByGrapheme=True, width=3 * setting.grapheme_width("n") + 0.01)

    assert read_lines(layout) == ["nnn", "nnn", "n n", "n"]


def test_marks_stay_with_their_letters_except_in_fabric_5(lay: Lay) -> None:
    assert read_lines(lay("g\u0303a", splitByGrapheme=True, width=1)) == ["g\u0303", "a"]
    assert read_lines(lay("g\u0303a", splitByGrapheme=True, width=1, version=5)) == ["g", "\u0303", "a"]


def test_spacing_follows_every_character_but_the_last_of_a_line(lay: Lay, setting: Setting) -> None:
    line = lay("nnn", charSpacing=250).lines[0]

    assert line.width == pytest.approx(setting.word("nnn").width + 2 * 5)


def test_a_styled_word_breaks_by_what_its_own_letters_measure(lay: Lay, setting: Setting) -> None:
    styles = [{"start": 2, "end": 5, "style": {"fontSize": 60}}]
    width = setting.word("a wide").width + 10

    assert read_lines(lay("a wide", text="a wide", width=width)) == ["a wide"]
    assert read_lines(lay("a ", "wid", "e", text="a wide", width=width, styles=styles)) == ["a", "wide"]


def test_an_empty_text_has_fabrics_least_width(lay: Lay) -> None:
    layout = lay("", type="Text")

    assert (layout.width, layout.height) == pytest.approx((2.0, 22.6))
