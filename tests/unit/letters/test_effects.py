"""Blend modes and shadows are read in every form in which Fabric saves them."""

from dataclasses import replace
from typing import Any

import pytest

from pressrun.domain.letters.canvas.colours import Colour
from pressrun.domain.letters.canvas.effects import read_blend, read_shadow
from pressrun.domain.letters.canvas.objects import Shadow
from pressrun.domain.letters.canvas.properties import Properties
from schemas.faults import Fault

RED = Colour(1.0, 0.0, 0.0)


def an_item(**properties: Any) -> Properties:
    faults: list[Fault] = []
    return Properties({"type": "Rect", **properties}, "design.json objects[0]", faults)


def a_shadow(**properties: Any) -> Shadow:
    return replace(Shadow(colour=RED, blur=0.0, offset_x=5.0, offset_y=6.0, unscaled=False), **properties)


@pytest.mark.parametrize(
    ("saved", "blend"),
    [
        (None, "Normal"),
        ("source-over", "Normal"),
    ],
)
def test_a_compositing_mode_has_its_name_in_pdf(saved: str | None, blend: str) -> None:
    item = an_item(globalCompositeOperation=saved)

    assert read_blend(item) == blend
    assert item.faults == []


@pytest.mark.parametrize(
    "mode",
    [
        *("multiply", "screen", "overlay", "darken", "lighten", "color-dodge", "color-burn", "hard-light"),
        *("soft-light", "difference", "exclusion", "hue", "saturation", "color", "luminosity"),
    ],
)
def test_the_modes_of_a_canvas_have_the_same_names_in_pdf_but_for_their_spelling(mode: str) -> None:
    assert read_blend(an_item(globalCompositeOperation=mode)) == mode.title().replace("-", "")


@pytest.mark.parametrize("saved", ["destination-out", "source-in", "lighter", "xor", "copy", "", 7])
def test_a_mode_that_pdf_lacks_is_a_fault(saved: object) -> None:
    item = an_item(globalCompositeOperation=saved)

    read_blend(item)

    assert [fault.code for fault in item.faults] == ["design_unsupported"]


@pytest.mark.parametrize(
    ("saved", "shadow"),
    [
        ({"color": "red", "offsetX": 5, "offsetY": 6}, a_shadow()),
        ({"color": "red", "offsetX": 5, "offsetY": 6, "blur": 7}, a_shadow(blur=7.0)),
        ({"color": "red", "offsetX": 5, "offsetY": 6, "nonScaling": True}, a_shadow(unscaled=True)),
        ({"color": "rgba(255,0,0,0.5)", "blur": 1}, Shadow(Colour(1, 0, 0, 0.5), 1.0, 0.0, 0.0, unscaled=False)),
        ({"offsetX": 5, "offsetY": 6}, a_shadow(colour=Colour(0, 0, 0))),
        ("red 5px 6px 7px", a_shadow(blur=7.0)),
        ("5px 6px 7px red", a_shadow(blur=7.0)),
        ("5 6 red", a_shadow()),
        ("rgb(255, 0, 0) -5px 6.5px 0", a_shadow(offset_x=-5.0, offset_y=6.5)),
        ("rgba(255,0,0,0.5) 0px 0px 12px", Shadow(Colour(1, 0, 0, 0.5), 12.0, 0.0, 0.0, unscaled=False)),
        ("5px 6px", a_shadow(colour=Colour(0, 0, 0))),
    ],
)
def test_a_shadow_is_an_object_or_css_text(saved: object, shadow: Shadow) -> None:
    item = an_item(shadow=saved)

    assert read_shadow(item) == shadow
    assert item.faults == []


@pytest.mark.parametrize(
    "saved",
    [None, "", {"color": "red"}, {"color": "transparent", "blur": 9}, "red", "red 0 0", "rgba(0,0,0,0) 5px 5px"],
)
def test_a_shadow_that_shows_nothing_is_none(saved: object) -> None:
    item = an_item(shadow=saved)

    assert read_shadow(item) is None
    assert item.faults == []


@pytest.mark.parametrize(
    "saved",
    [7, [], {"blur": -1}, {"blur": "much"}, {"offsetX": None}, {"color": "reddish"}, {"nonScaling": 1}, "reddish 1 1"],
)
def test_what_is_no_shadow_is_a_fault(saved: object) -> None:
    item = an_item(shadow=saved)

    read_shadow(item)

    assert [fault.code for fault in item.faults] == ["design_invalid"]
