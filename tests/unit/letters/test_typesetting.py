"""Texts are drawn where Fabric draws them, coat by coat, and refused where they must not go."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from type_area import PRINTED, Drawing, PlainInk, Reading, draw, open_shapers, open_text, read

from pressrun.domain.letters import FontFile
from pressrun.domain.letters.canvas.colours import Colour
from pressrun.domain.letters.canvas.geometry import IDENTITY, Matrix, compose, object_matrix, rotation, scaling
from pressrun.domain.letters.canvas.paints import Gradient, Stop
from pressrun.domain.letters.canvas.text import silhouette
from pressrun.domain.letters.drawing.inks import Spot
from pressrun.domain.letters.typography.fitting import Misfit, SetText
from pressrun.domain.letters.typography.plain_text import PlainTypesetter
from pressrun.domain.letters.typography.typesetting import open_typesetter, steps_of

PAGE = (0.0, 0.0, 600.0, 400.0)
ALIGNS = ("left", "center", "right", "justify", "justify-left", "justify-center", "justify-right")
# A 20 px line: its baseline from its top, and its height.
BASELINE, HEIGHT = 1.13 * 20 * (1 - 0.222), 1.13 * 20

Set = Callable[..., SetText]


@pytest.fixture(scope="module")
def fonts(fabric_cases: Path, read_fonts: Callable[[Path], list[FontFile]]) -> list[FontFile]:
    return read_fonts(fabric_cases / "fonts")


@pytest.fixture(scope="module")
def a_text(fonts: list[FontFile]) -> Callable[..., Reading]:
    """Read a text whose top left corner is the canvas's."""

    def build(text: str = "x", **properties: Any) -> Reading:
        return read(fonts, text=text, **dict[str, Any]({"originX": "left", "originY": "top"} | properties))

    return build


def put(reading: Reading, *parts: str, page: tuple[float, float, float, float] | None = None) -> SetText:
    """Set a text, by default its own, with values given part by part."""
    assert reading.block, reading.faults
    set_text = open_text(reading).set_text(parts or [str(part) for part in reading.block.template], page)
    assert isinstance(set_text, SetText)
    return set_text


def drawn(reading: Reading, *parts: str) -> Drawing:
    return draw(put(reading, *parts).operators, open_shapers(reading.case))


def test_a_text_stands_on_its_baseline_from_the_corner_of_its_box(a_text: Callable[..., Reading]) -> None:
    marks = drawn(a_text("ab\ncd", left=30, top=40, lineHeight=1.5)).marks

    assert [(mark.x, mark.y) for mark in marks[::2]] == [
        pytest.approx((30, 40 + BASELINE), abs=0.01),
        pytest.approx((30, 40 + BASELINE + 1.5 * HEIGHT), abs=0.01),
    ]


@settings(max_examples=60, deadline=None)
@given(
    text=some.text(some.sampled_from("aVTfi  \n\t.,xé"), max_size=60),
    align=some.sampled_from(ALIGNS),
    width=some.integers(1, 300),
    kind=some.sampled_from(("Text", "Textbox")),
    version=some.sampled_from((5, 7)),
    spacing=some.sampled_from((0, 120)),
)
def test_the_quick_way_draws_what_the_long_way_draws(
    a_text: Callable[..., Reading], text: str, align: str, width: int, kind: str, version: int, spacing: int
) -> None:
    reading = a_text(
        "{{value}}", type=kind, textAlign=align, width=width, version=version, charSpacing=spacing, angle=30
    )
    quick = open_text(reading)
    assert isinstance(quick, PlainTypesetter)

    one, other = quick.set_text([text], None), quick.styled.set_text([text], None)

    assert isinstance(one, SetText)
    assert isinstance(other, SetText)
    assert (*one.spot.matrix, *one.spot[1:]) == pytest.approx((*other.spot.matrix, *other.spot[1:]))
    shapers = open_shapers(reading.case)
    blank = shapers[reading.block.styles[0].faces[0]].shape(" ")[0][0].code if reading.block else -1
    seen = [[mark for mark in draw(way.operators, shapers).marks if mark.code != blank] for way in (one, other)]
    assert [mark.code for mark in seen[0]] == [mark.code for mark in seen[1]]
    for ours, theirs in zip(*seen, strict=True):
        assert (ours.x, ours.y) == pytest.approx((theirs.x, theirs.y), abs=0.05)


@pytest.mark.parametrize(
    "look",
    [
        {"underline": True},
        {"textBackgroundColor": "#eee"},
        {"stroke": "#000", "strokeWidth": 1},
        {"direction": "rtl"},
        {"charSpacing": -10},
        {"splitByGrapheme": True, "type": "Textbox", "width": 50},
        {"styles": [{"start": 0, "end": 1, "style": {"fill": "red"}}]},
    ],
)
def test_only_plain_texts_go_the_quick_way(a_text: Callable[..., Reading], look: dict[str, Any]) -> None:
    assert not isinstance(open_text(a_text("word", **look)), PlainTypesetter)


@pytest.mark.parametrize("outer", [IDENTITY, compose(rotation(20), scaling(2, -1))])
@pytest.mark.parametrize("origin", ["left", "center", "right"])
def test_a_text_of_any_length_keeps_its_origin(a_text: Callable[..., Reading], origin: str, outer: Matrix) -> None:
    reading = a_text("{{v}}", originX=origin, left=100, angle=15, scaleX=2, skewX=10, flipX=True, strokeWidth=3)
    setter = open_text(reading, outer)

    for value in ("", "short", "a much longer value"):
        set_text = setter.set_text([value], None)
        assert isinstance(set_text, SetText)
        matrix, width, height = set_text.spot
        assert matrix == pytest.approx(compose(outer, object_matrix(reading.placement, width, height)))


def test_a_lines_first_character_after_a_break_is_not_kerned(a_text: Callable[..., Reading]) -> None:
    reading = a_text("AVAV", fontFamily="Liberation Sans", type="Textbox", width=30, splitByGrapheme=True)

    starts = [mark.x for mark in drawn(reading).marks if mark.x < 1]

    assert starts == [0] * len(starts)
    assert len(starts) > 1


@pytest.mark.parametrize(
    ("bar", "version", "top", "thickness"),
    [
        ("underline", 7, 0.1 * 20, 20 * 66.667 / 1000),
        ("linethrough", 7, -0.28167 * 20 - 20 * 66.667 / 2000, 20 * 66.667 / 1000),
        ("overline", 7, -0.81333 * 20 - 20 * 66.667 / 1000, 20 * 66.667 / 1000),
        ("underline", 5, 0.1 * 20, 20 / 15),
        ("linethrough", 5, -0.315 * 20, 20 / 15),
        ("overline", 5, -0.88 * 20, 20 / 15),
    ],
)
def test_bars_stand_where_fabric_puts_them(
    a_text: Callable[..., Reading], bar: str, version: int, top: float, thickness: float
) -> None:
    reading = a_text("barred", version=version, **{bar: True})

    (rect,) = drawn(reading).rects

    width = put(reading).spot.width
    assert rect == pytest.approx((0, BASELINE + top, width, thickness), abs=0.001)


def test_a_thicker_bar_has_the_thickness_of_its_character_by_the_objects_size(a_text: Callable[..., Reading]) -> None:
    styles = [{"start": 0, "end": 1, "style": {"textDecorationThickness": 200, "fontSize": 40}}]

    first, second = drawn(a_text("ab", underline=True, styles=styles)).rects

    assert (first.height, second.height) == pytest.approx((4, 20 * 66.667 / 1000))


def test_a_new_bar_begins_where_colour_size_or_rise_change(a_text: Callable[..., Reading]) -> None:
    styles = [
        {"start": 1, "end": 2, "style": {"fill": "red"}},
        {"start": 2, "end": 3, "style": {"fontSize": 10}},
        {"start": 3, "end": 4, "style": {"deltaY": 5}},
        {"start": 4, "end": 5, "style": {"underline": False}},
        {"start": 5, "end": 6, "style": {"stroke": "#00f"}},
    ]

    rects = drawn(a_text("nnnnnnn", underline=True, styles=styles)).rects

    assert len(rects) == 5
    assert rects[3].y == pytest.approx(rects[0].y + 5)
    assert rects[1].x == pytest.approx(rects[0].x + rects[0].width)


def test_the_spacing_after_a_lines_last_character_has_no_bar(a_text: Callable[..., Reading]) -> None:
    reading = a_text("spaced", underline=True, charSpacing=500)

    (rect,) = drawn(reading).rects

    assert rect.width == pytest.approx(put(reading).spot.width)


def test_a_decoration_of_its_own_colour_is_drawn_in_it(a_text: Callable[..., Reading]) -> None:
    operators = put(a_text("x", underline=True, textDecorationColor="#00ff00")).operators

    assert operators.index("0 1 0 rg") < operators.index(" re f") < operators.index("0 0 0 rg")


def test_grounds_fill_the_lines_height_without_line_height(a_text: Callable[..., Reading]) -> None:
    styles = [{"start": 2, "end": 3, "style": {"fontSize": 40}}]
    reading = a_text("ab\nc", textBackgroundColor="#eee", lineHeight=2, styles=styles)

    first, second = drawn(reading).rects

    assert (first.y, first.height) == pytest.approx((0, HEIGHT))
    assert (second.y, second.height) == pytest.approx((2 * HEIGHT, 2 * HEIGHT))


def test_a_mirrored_line_has_its_ground_where_fabric_puts_it(a_text: Callable[..., Reading]) -> None:
    reading = a_text(
        "\u05d0\u05d1\u05d2", direction="rtl", textAlign="right", textBackgroundColor="#eee", underline=True
    )

    ground, underline = drawn(reading).rects

    assert (ground.x, underline.x) == pytest.approx((0, 0))
    assert ground.width == pytest.approx(put(reading).spot.width)


@pytest.mark.parametrize(("first", "modes"), [("fill", [0, 0, 1, 1]), ("stroke", [1, 1, 0, 0])])
def test_outlines_are_drawn_after_or_before_the_fills_of_their_line(
    a_text: Callable[..., Reading], first: str, modes: list[int]
) -> None:
    reading = a_text("ab\nc", stroke="#f00", strokeWidth=2, paintFirst=first)

    marks = drawn(reading).marks

    assert [mark.mode for mark in marks[:4]] == modes
    assert len(marks) == 6
    assert " w" in put(reading).operators
    assert put(reading).operators.count("0 Tr") == 2


def test_a_hollow_text_is_only_outlined(a_text: Callable[..., Reading]) -> None:
    assert {mark.mode for mark in drawn(a_text("ab", fill="", stroke="#00f", strokeWidth=1)).marks} == {1}


def test_styles_of_one_look_are_one_run_and_keep_their_kerning(a_text: Callable[..., Reading]) -> None:
    styles = [{"start": 1, "end": 2, "style": {"underline": True}}]
    plain = a_text("AV", fontFamily="Liberation Sans")
    barred = a_text("AV", fontFamily="Liberation Sans", styles=styles)

    assert [mark.x for mark in drawn(plain).marks] == pytest.approx([mark.x for mark in drawn(barred).marks], abs=0.01)


def test_raised_characters_leave_the_baseline_and_the_next_returns(a_text: Callable[..., Reading]) -> None:
    marks = drawn(a_text("x2y", styles=[{"start": 1, "end": 2, "style": {"fontSize": 12, "deltaY": -7}}])).marks

    assert [mark.y for mark in marks] == pytest.approx([BASELINE, BASELINE - 7, BASELINE])


def test_justified_words_of_several_styles_reach_the_boxs_edge(a_text: Callable[..., Reading]) -> None:
    styles = [{"start": 3, "end": 6, "style": {"fill": "red"}}]
    reading = a_text("no now on", type="Textbox", width=300, textAlign="justify", styles=styles)
    plain = a_text("no now on", type="Textbox", width=300, textAlign="justify")

    styled_marks, plain_marks = drawn(reading).marks, drawn(plain).marks

    assert [mark.x for mark in styled_marks] == pytest.approx([mark.x for mark in plain_marks], abs=0.01)
    assert styled_marks[-1].x > 280


def test_right_to_left_texts_start_at_the_boxs_right_edge(a_text: Callable[..., Reading]) -> None:
    reading = a_text("\u05d0\u05d1\n\u05d2", direction="rtl", textAlign="right")

    marks = drawn(reading).marks

    width = put(reading).spot.width
    last_of_each = [max(mark.x for mark in marks if mark.y == y) for y in sorted({mark.y for mark in marks})]
    assert all(x < width for x in last_of_each)
    assert min(mark.x for mark in marks) == pytest.approx(0, abs=0.01)
    assert marks[-1].x > 1


@dataclass(frozen=True, slots=True)
class FramedInk:
    """An ink that depends on the text's place."""

    plain: bool = False

    def fill(self, spot: Spot) -> str:
        return f"/Pattern cs /P{spot.width:.0f} scn"

    def stroke(self, spot: Spot) -> str:
        return f"/Pattern CS /P{spot.width:.0f} SCN"


def test_an_ink_that_is_not_plain_is_set_on_the_canvas_and_does_not_leak(a_text: Callable[..., Reading]) -> None:
    reading = a_text("ab", left=50, underline=True)
    assert reading.block

    setter = open_typesetter(reading.block, reading.placement, IDENTITY, open_shapers(reading.case), [FramedInk()])
    set_text = setter.set_text(["ab"], None)

    assert isinstance(set_text, SetText)
    coats = set_text.operators.strip().split("Q\n")
    assert len(coats) == 2
    assert all(coat.startswith(f"q /Pattern cs /P{set_text.spot.width:.0f} scn 1 0 0 1 50") for coat in coats)


def test_a_text_that_leaves_the_page_is_refused_unless_it_may(a_text: Callable[..., Reading]) -> None:
    long = "a value that is far too long for the little room that is left on this page"

    assert open_text(a_text("{{v}}", left=300)).set_text([long], PAGE) == Misfit("text_off_page")
    assert open_text(a_text("{{v}}", left=300, underline=True)).set_text([long], PAGE) == Misfit("text_off_page")
    assert isinstance(open_text(a_text("{{v}}", left=300, allowOffPage=True)).set_text([long], PAGE), SetText)
    assert isinstance(open_text(a_text("{{v}}", left=300)).set_text([long], None), SetText)


def test_a_box_that_leaves_the_page_is_none_of_its_texts_fault(a_text: Callable[..., Reading]) -> None:
    reading = a_text("{{v}}", type="Textbox", left=550, width=300)

    assert isinstance(open_text(reading).set_text(["short"], PAGE), SetText)


def test_a_text_shrinks_to_the_largest_size_that_fits(a_text: Callable[..., Reading]) -> None:
    reading = a_text("{{v}}", width=150, height=22.6, overflow="shrink")
    whole = put(a_text("{{v}}"), "a value of some length").spot.width

    set_text = put(reading, "a value of some length")

    assert 150.02 >= set_text.spot.width > 149
    assert set_text.spot.height == pytest.approx(22.6 * set_text.spot.width / whole)
    assert put(reading, "short") == put(a_text("{{v}}"), "short")


def test_a_textbox_shrinks_until_its_lines_fit_its_height(a_text: Callable[..., Reading]) -> None:
    reading = a_text("{{v}}", type="Textbox", width=150, height=80, overflow="shrink", overflowFloor=0.3)
    value = "so many words that four lines of them would never do for what there is to say here today"

    set_text = put(reading, value)

    assert set_text.spot.height <= 80.02
    assert set_text.spot.width == pytest.approx(150)
    marks = draw(set_text.operators, open_shapers(reading.case)).marks
    assert max(mark.y for mark in marks) < 80


def test_a_text_that_needs_less_than_its_floor_is_refused(a_text: Callable[..., Reading]) -> None:
    reading = a_text("{{v}}", width=50, height=22.6, overflow="shrink", overflowFloor=0.9)

    assert open_text(reading).set_text(["a value of some length"], None) == Misfit("text_overflow")


def test_a_text_that_must_fit_is_refused_when_it_does_not(a_text: Callable[..., Reading]) -> None:
    box = a_text("{{v}}", type="Textbox", width=100, height=22.6, overflow="fail")

    assert isinstance(open_text(box).set_text(["one line"], None), SetText)
    assert open_text(box).set_text(["one line\nand two"], None) == Misfit("text_overflow")
    assert open_text(box).set_text(["Donaudampfschifffahrtsgesellschaft"], None) == Misfit("text_overflow")


def test_a_clipped_text_is_cut_at_its_saved_box(a_text: Callable[..., Reading]) -> None:
    reading = a_text("{{v}}", left=10, top=20, width=50, height=22.6, overflow="clip")

    set_text = open_text(reading).set_text(["a value that goes on and on over the edge of every page there is"], PAGE)

    assert isinstance(set_text, SetText)
    assert set_text.operators.startswith("q 10 20 m 60 20 l 60 42.6 l 10 42.6 l h W n")


def test_steps_count_what_may_lie_on_each_other(a_text: Callable[..., Reading]) -> None:
    def count(**look: Any) -> int:
        block = a_text("ab", **look).block
        assert block
        return steps_of(block)

    assert count() == 1
    assert count(fill="", stroke="#000", strokeWidth=1) == 1
    assert count(stroke="#000", strokeWidth=1, underline=True, textBackgroundColor="#eee") == 4


def test_a_text_scaled_to_nothing_draws_nothing(a_text: Callable[..., Reading]) -> None:
    assert put(a_text("ab", scaleX=0, underline=True)).operators == ""


def test_equal_values_give_equal_operators(a_text: Callable[..., Reading]) -> None:
    reading = a_text("{{a}} and {{b}}", styles=[{"start": 0, "end": 5, "style": {"fill": "red"}}], underline=True)
    assert reading.block

    inks = [PlainInk(paint) for paint in reading.block.paints]
    ways = [
        open_typesetter(reading.block, reading.placement, IDENTITY, open_shapers(reading.case), inks).set_text(
            ["one", " and ", "two"], None
        )
        for _ in range(2)
    ]

    assert ways[0] == ways[1]


def test_outlines_of_a_gradient_are_paths_because_poppler_strokes_text_black(a_text: Callable[..., Reading]) -> None:
    plain = a_text("ab", stroke="#f00", strokeWidth=2)
    assert plain.block

    gradient = Gradient("linear", (0, 0, 0), (9, 0, 0), (), percentage=False, offset=(0, 0), transform=IDENTITY)
    styles = (replace(plain.block.styles[0], fill=None, stroke=0),)
    block = replace(plain.block, paints=(gradient,), styles=styles)
    setter = open_typesetter(block, plain.placement, IDENTITY, open_shapers(plain.case), [FramedInk()])
    set_text = setter.set_text(["ab"], None)

    assert isinstance(set_text, SetText)
    operators = set_text.operators
    assert operators.startswith("q /Pattern CS")
    assert operators.rstrip().endswith("S\nQ")
    assert " c " in operators
    # The text stays to be found, invisible.
    assert "BT 3 Tr" in operators
    assert {mark.mode for mark in draw(operators, open_shapers(plain.case)).marks} == {3}


def test_a_fading_fill_is_laid_through_the_text_because_pdfium_masks_text_twice(
    a_text: Callable[..., Reading],
) -> None:
    plain = a_text("ab", left=50, angle=10)
    assert plain.block

    ends = (Stop(0.0, Colour(0, 0, 0)), Stop(1.0, Colour(0, 0, 0, 0.1)))
    fading = Gradient("linear", (0, 0, 0), (9, 0, 0), ends, percentage=False, offset=(0, 0), transform=IDENTITY)
    block = replace(plain.block, paints=(fading,))
    setter = open_typesetter(block, plain.placement, IDENTITY, open_shapers(plain.case), [FramedInk()])
    set_text = setter.set_text(["ab"], None)

    assert isinstance(set_text, SetText)
    drawing = draw(set_text.operators, open_shapers(plain.case))
    assert {mark.mode for mark in drawing.marks} == {7}
    (everywhere,) = drawing.rects
    assert (everywhere.x, everywhere.y) == pytest.approx((-100000, -100000), abs=1)


@settings(max_examples=80, deadline=None)
@given(
    values=some.tuples(*[some.text(some.sampled_from(PRINTED + "\n\t"), max_size=30)] * 2),
    align=some.sampled_from(ALIGNS),
    direction=some.sampled_from(("ltr", "rtl")),
    overflow=some.sampled_from(("as_designed", "shrink", "clip", "fail")),
    box=some.sampled_from(({}, {"type": "Textbox"}, {"type": "Textbox", "splitByGrapheme": True})),
    spacing=some.sampled_from((0, -80, 150)),
)
def test_any_value_is_set_or_refused_and_a_fitted_one_keeps_its_box(
    a_text: Callable[..., Reading],
    values: tuple[str, str],
    align: str,
    direction: str,
    overflow: str,
    box: dict[str, Any],
    spacing: int,
) -> None:
    look = {"textAlign": align, "direction": direction, "overflow": overflow, "charSpacing": spacing, "underline": True}
    bold = {"start": 0, "end": 9, "style": {"fontSize": 31, "deltaY": 3, "stroke": "#f00", "strokeWidth": 1}}
    reading = a_text("{{first}} and {{last}}", width=120, height=60, strokeWidth=0, styles=[bold], **look, **box)

    set_text = open_text(reading).set_text([values[0], " and ", values[1]], None)

    if isinstance(set_text, Misfit):
        assert overflow in {"shrink", "fail"}
        return
    assert set_text.operators.count("q ") == set_text.operators.count("Q")
    assert set_text.operators.count("BT") == set_text.operators.count("ET")
    if overflow in {"shrink", "fail"}:
        assert set_text.spot.width <= 120.03


def test_a_hollow_text_clips_with_its_glyphs_filled(a_text: Callable[..., Reading]) -> None:
    reading = a_text("ab", fill="", stroke="#f00", strokeWidth=4)
    assert reading.block

    filled = replace(reading, block=silhouette(reading.block))

    assert {mark.mode for mark in drawn(filled).marks} == {0}
