"""Texts are read with the style of each character, in both of Fabric's ways to save them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from type_area import Reading, read

from pressrun.domain.letters import FontFile
from pressrun.domain.letters.canvas.colours import Colour
from pressrun.domain.letters.canvas.placeholders import Slot
from pressrun.domain.letters.canvas.text import TextBlock, TextStyle

RED = {"fill": "#ff0000"}

Read = Callable[..., Reading]


@pytest.fixture(scope="module")
def fonts(fabric_cases: Path, read_fonts: Callable[[Path], list[FontFile]]) -> list[FontFile]:
    return read_fonts(fabric_cases / "fonts")


@pytest.fixture
def read_one(fonts: list[FontFile]) -> Read:
    def build(text: str, **properties: Any) -> Reading:
        return read(fonts, text=text, **properties)

    return build


def a_range(start: int, end: int, **style: Any) -> dict[str, Any]:
    return {"start": start, "end": end, "style": style}


def block_of(reading: Reading) -> TextBlock:
    assert reading.block, reading.faults
    return reading.block


def parts_in(reading: Reading, **look: Any) -> list[str | Slot]:
    """Return the parts of the template whose style has these values."""
    block = block_of(reading)
    pairs = zip(block.template, block.part_styles, strict=True)
    return [part for part, number in pairs if all(getattr(block.styles[number], n) == v for n, v in look.items())]


def style_of(reading: Reading, text: str) -> TextStyle:
    block = block_of(reading)
    return block.styles[block.part_styles[block.template.index(text)]]


def test_ranges_count_characters_without_the_line_ends(read_one: Read) -> None:
    reading = read_one("ab\ncd\r\nef", styles=[a_range(3, 5, underline=True)])

    assert parts_in(reading, underline=True) == ["d\ne"]


def test_maps_count_the_characters_of_each_line(read_one: Read) -> None:
    reading = read_one("ab\ncd", version=5, styles={"1": {"0": {"underline": True}}})

    assert parts_in(reading, underline=True) == ["c"]


def test_a_range_out_of_order_hides_those_after_it(read_one: Read) -> None:
    styles = [a_range(4, 5, underline=True), a_range(0, 1, underline=True), a_range(5, 6, underline=True)]

    assert parts_in(read_one("abcdefgh", styles=styles), underline=True) == ["e"]


@pytest.mark.parametrize(("version", "underlined"), [(7, "b"), (5, "a")])
def test_a_letter_with_a_mark_is_one_character_since_fabric_6(read_one: Read, version: int, underlined: str) -> None:
    reading = read_one("g\u0303ab", version=version, styles=[a_range(2, 3, underline=True)])

    assert parts_in(reading, underline=True) == [underlined]


def test_a_value_takes_the_style_of_its_placeholders_first_character(read_one: Read) -> None:
    reading = read_one("Dear {{name}}, hello", styles=[a_range(5, 6, underline=True), a_range(15, 20, overline=True)])

    assert parts_in(reading, underline=True) == [Slot("name", None)]
    assert parts_in(reading, overline=True) == ["hello"]


def test_a_character_has_its_own_style_before_the_objects(read_one: Read) -> None:
    reading = read_one("abc", fontSize=30, underline=True, styles=[a_range(1, 2, fontSize=10, fontWeight="bold")])

    assert style_of(reading, "b").size == 10
    assert style_of(reading, "b").underline
    assert style_of(reading, "b").faces[0] != style_of(reading, "a").faces[0]
    assert style_of(reading, "a").size == 30


def test_null_takes_fill_and_stroke_away_and_leaves_all_else_as_the_objects(read_one: Read) -> None:
    styles = [a_range(1, 2, fill=None, stroke=None, fontSize=None, underline=None)]
    reading = read_one("abc", stroke="#000", strokeWidth=2, underline=True, styles=styles)

    assert style_of(reading, "a").fill is not None
    assert style_of(reading, "a").pen_width == 2
    assert style_of(reading, "b").fill is None
    assert style_of(reading, "b").pen_width is None
    assert (style_of(reading, "b").size, style_of(reading, "b").underline) == (20, True)


def test_a_rise_belongs_to_characters_and_not_to_the_object(read_one: Read) -> None:
    reading = read_one("x2", deltaY=9, styles=[a_range(1, 2, fontSize=12, deltaY=-7)])

    assert style_of(reading, "x").rise == 0
    assert style_of(reading, "2").rise == -7


def test_each_paint_is_kept_once(read_one: Read) -> None:
    reading = read_one(
        "abcd", fill="#ff0000", styles=[a_range(1, 2, textBackgroundColor="red"), a_range(3, 4, fill="blue")]
    )

    assert block_of(reading).paints == (Colour(1, 0, 0), Colour(0, 0, 1))
    assert style_of(reading, "b").ground == style_of(reading, "a").fill == 0


def test_an_unknown_style_is_warned_of_once(read_one: Read) -> None:
    reading = read_one("abcd", styles=[a_range(0, 1, glow=1), a_range(2, 3, glow=2)])

    assert [warning.code for warning in reading.warnings] == ["property_unknown"]
    assert "styles.glow" in reading.warnings[0].message


@pytest.mark.parametrize(
    "styles", [[{"start": 0}], ["x"], [7], {"a": {"0": RED}}, {"0": {"x": {}}}, {"0": 3}, "bold", 7]
)
def test_styles_of_no_known_form_are_a_fault(read_one: Read, styles: object) -> None:
    assert [fault.code for fault in read_one("abc", styles=styles).faults] == ["design_invalid"]


def test_what_is_wrong_with_the_object_is_said_once(read_one: Read) -> None:
    styles = [a_range(0, 1, fill="red"), a_range(1, 2, fontSize=-1), a_range(2, 3, fill="blue")]
    reading = read_one("abc", fontSize="big", styles=styles)

    assert len(reading.faults) == 2
    assert len({fault.message for fault in reading.faults}) == 2


def test_text_on_a_path_is_refused(read_one: Read) -> None:
    reading = read_one("abc", path={"type": "Path"})

    assert [fault.code for fault in reading.faults] == ["design_unsupported"]


def test_what_no_face_shows_is_a_fault_of_the_design(read_one: Read) -> None:
    (fault,) = read_one("price \u4e2d").faults

    assert fault.code == "design_glyph_missing"
    assert "U+4E2D" in fault.message


@pytest.mark.parametrize("overflow", ["shrink", "clip", "fail"])
def test_overflow_needs_the_saved_box(read_one: Read, overflow: str) -> None:
    reading = read_one("abc", overflow=overflow, width=100)

    assert [fault.code for fault in reading.faults] == ["design_invalid"]
    assert "no height" in reading.faults[0].message


def test_a_floor_over_the_whole_size_is_a_fault(read_one: Read) -> None:
    assert [fault.code for fault in read_one("abc", overflowFloor=2).faults] == ["design_invalid"]
