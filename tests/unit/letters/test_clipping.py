"""A clip path limits what it belongs to: in the object's own plane or the canvas's, inside or outside, nested too."""

from collections.abc import Callable
from typing import Any

import pytest
from canvases import a_group, a_rect, a_text, difference, faults_of, is_near, letter
from PIL import Image, ImageChops

from pressrun.domain.letters import CompiledDesign, DesignSource

Paint = Callable[..., Image.Image]

RED = (255, 0, 0)
WHITE = (255, 255, 255)


def a_hole(left: float = 0, top: float = 0, **properties: Any) -> dict[str, Any]:
    return a_rect(left, top, width=40, height=40) | properties


def a_red(**properties: Any) -> dict[str, Any]:
    return a_rect(fill="#ff0000") | properties


def across(drawn: Image.Image, *columns: int, row: int = 200) -> list[Any]:
    return [drawn.getpixel((column, row)) for column in columns]


def box_of(drawn: Image.Image) -> tuple[int, int, int, int] | None:
    return ImageChops.invert(drawn.convert("L")).point([255 * (level > 40) for level in range(256)]).getbbox()


def test_a_clip_stands_about_the_centre_of_its_object(paint: Paint) -> None:
    assert box_of(paint(a_red(clipPath=a_hole(10, 20)))) == (290, 200, 330, 240)


def test_an_absolute_clip_stands_on_the_canvas(paint: Paint) -> None:
    assert box_of(paint(a_red(clipPath=a_hole(340, 200, absolutePositioned=True)))) == (320, 180, 350, 220)


def test_an_inverted_clip_keeps_the_outside(paint: Paint) -> None:
    drawn = paint(a_red(clipPath=a_hole(inverted=True)))

    assert across(drawn, 245, 260, 300, 340, 355) == [WHITE, RED, WHITE, RED, WHITE]


def test_an_inverted_absolute_clip_keeps_the_outside_on_the_canvas(paint: Paint) -> None:
    drawn = paint(a_red(clipPath=a_hole(340, 200, inverted=True, absolutePositioned=True)))

    assert across(drawn, 260, 310, 330, 349) == [RED, RED, WHITE, WHITE]


def test_a_clip_turns_and_grows_with_its_object(paint: Paint) -> None:
    drawn = paint(a_red(clipPath=a_hole(30, 0), angle=90, scaleX=2, scaleY=2))

    assert box_of(drawn) == (260, 220, 340, 300)


def test_the_outline_and_paint_of_a_clip_count_nothing(paint: Paint) -> None:
    clip = a_hole(fill="transparent", stroke="#000000", strokeWidth=30, opacity=0.2)

    assert box_of(paint(a_red(clipPath=clip))) == (280, 180, 320, 220)
    assert across(paint(a_red(clipPath=clip)), 300) == [RED]


def test_a_clip_of_a_clip_limits_it(paint: Paint) -> None:
    nested = a_hole(clipPath=a_hole(20, 0))

    assert box_of(paint(a_red(clipPath=nested))) == (300, 180, 320, 220)


def test_a_clip_of_a_clip_stands_about_that_clips_centre(paint: Paint) -> None:
    nested = a_hole(20, 0, scaleX=2, clipPath=a_hole(10, 0, width=20))

    assert box_of(paint(a_red(clipPath=nested))) == (320, 180, 350, 220)


def test_an_inverted_clip_with_a_clip_keeps_all_but_what_both_share(paint: Paint) -> None:
    nested = a_hole(inverted=True, clipPath=a_hole(20, 0))

    assert across(paint(a_red(clipPath=nested)), 290, 310, 330) == [RED, WHITE, RED]


def test_an_even_odd_clip_has_holes(paint: Paint) -> None:
    rings = "M 0 0 L 80 0 L 80 80 L 0 80 Z M 20 20 L 60 20 L 60 60 L 20 60 Z"
    clip = {"type": "Path", "path": rings, "fillRule": "evenodd", "strokeWidth": 0}

    assert across(paint(a_red(clipPath=clip)), 255, 270, 300, 330) == [WHITE, RED, WHITE, RED]


def test_a_group_is_a_clip_of_all_its_members(paint: Paint) -> None:
    clip = a_group(a_hole(-25, 0), a_hole(25, 0), left=0, top=0)

    assert across(paint(a_red(clipPath=clip)), 275, 300, 325) == [RED, WHITE, RED]


def test_a_text_is_a_clip_of_its_glyphs(paint: Paint) -> None:
    clip = a_text("I", left=0, top=0, fontSize=90, fontWeight=600, underline=True, stroke="#000", strokeWidth=9)

    drawn = paint(a_red(clipPath=clip))

    assert across(drawn, 265, 300, 335) == [WHITE, RED, WHITE]


def test_a_clip_of_a_group_limits_everything_in_it(paint: Paint) -> None:
    group = a_group(a_red(left=-40, top=0), a_red(left=40, top=0), clipPath=a_hole(width=100))

    assert box_of(paint(group)) == (250, 180, 350, 220)


def test_the_clip_of_the_canvas_limits_background_and_varying_objects_alike(paint: Paint) -> None:
    text = a_text("{{name}}", fontSize=300, fontWeight=600, fill="#0000ff")
    drawn = paint(text, background="#ff0000", clipPath=a_rect(300, 200, height=60), record={"name": "I"})

    assert across(drawn, 240, 260, 300, 360) == [WHITE, RED, (0, 0, 255), WHITE]
    assert drawn.getpixel((300, 160)) == WHITE


@pytest.mark.parametrize("name", ["I", "III"])
@pytest.mark.parametrize("inverted", [False, True])
def test_the_clip_of_a_varying_text_stays_about_its_centre(paint: Paint, name: str, *, inverted: bool) -> None:
    """With its left edge fixed, a longer name has its centre, and so its clip, farther right."""
    clip = a_rect(0, 0, width=500, height=20, inverted=inverted)
    looks = {"originX": "left", "left": 60, "fontSize": 120, "angle": 10, "clipPath": clip, "fontWeight": 600}

    varying = paint(a_text("{{name}}", **looks), record={"name": name})
    fixed = paint(a_text(name, **looks))

    assert box_of(fixed) is not None
    assert difference(varying, fixed) <= 1


def test_an_absolute_clip_of_a_varying_text_stays_where_it_is(paint: Paint) -> None:
    clip = a_rect(300, 200, width=10, height=400, absolutePositioned=True)
    text = a_text("{{name}}", fontSize=90, clipPath=clip)

    boxes = [box_of(paint(text, record={"name": name})) for name in ("I", "mIm")]

    assert all(box and box[0] >= 295 and box[2] <= 305 for box in boxes)


def test_a_clip_that_is_flat_lets_nothing_through(paint: Paint) -> None:
    assert box_of(paint(a_red(clipPath=a_hole(scaleX=0)))) is None
    assert box_of(paint(a_red(clipPath=a_group(left=0, top=0)))) is None


def test_a_hidden_clip_does_not_limit(paint: Paint) -> None:
    assert box_of(paint(a_red(clipPath=a_hole(visible=False)))) == (250, 150, 350, 250)


def test_a_clipped_object_is_one_when_it_is_translucent(paint: Paint) -> None:
    square = a_rect(fill="#000000", stroke="#000000", strokeWidth=40, opacity=0.5, clipPath=a_hole(-40, 0))

    inside, overlap = across(paint(square), 278, 262)

    assert inside == overlap
    assert is_near(inside, (128, 128, 128))


def test_what_a_clip_needs_is_shared_by_all_letters(a_compiled: Callable[..., CompiledDesign]) -> None:
    clip = a_text("I", left=0, top=0, fontSize=90, inverted=True)
    plain = a_compiled(a_text("{{name}}"))
    clipped = a_compiled(a_text("{{name}}"), a_red(clipPath=clip))

    tails = [len(letter(one.stamp({"name": "Ada"})).tail) for one in (plain, clipped)]

    assert tails[1] - tails[0] < 40


def test_a_clip_path_with_a_variable_is_a_fault(
    a_source: Callable[..., DesignSource],
) -> None:
    limited = a_rect(clipPath=a_text("{{name}}"))

    faults = faults_of(a_source(limited))

    assert [(fault.code, fault.where) for fault in faults] == [("design_unsupported", "design.json objects[0]")]
