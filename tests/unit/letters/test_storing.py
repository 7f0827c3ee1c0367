"""A compiled design is stored, moved and opened without changing a byte of its letters."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from canvases import (
    a_box,
    a_code,
    a_gradient,
    a_group,
    a_photo,
    a_png,
    a_rect,
    a_shadow,
    a_text,
    letter,
    refusal,
)

from pressrun.domain.letters import RENDERER_VERSION, CompiledDesign, CompiledDesignDamaged, CompiledDesignOutdated

Compile = Callable[..., CompiledDesign]

PICTURES = {"one.png": a_png("#ff0000"), "two.png": a_png((0, 0, 255, 90), (30, 20), "RGBA"), "torn.png": b"torn"}
OBJECTS: tuple[Mapping[str, Any], ...] = (
    a_rect(opacity=0.5, fill=a_gradient((0, "#ff0000"), (1, "#0000ff"))),
    a_box("Dear {{name|friend}}", overflow="shrink", width=300, height=100),
    a_code(opacity=0.5),
    a_text(fill=a_gradient((0, "rgba(255,0,0,0.5)"), (1, "#0000ff")), shadow=a_shadow(blur=3)),
    a_group(a_photo(left=0, top=0, filters=[{"type": "Invert"}]), opacity=0.5),
    a_text(clipPath=a_rect(0, 0), styles=[{"start": 0, "end": 4, "style": {"fill": "#ff0000", "underline": True}}]),
)
CANVAS: Mapping[str, Any] = {
    "assets": PICTURES,
    "pictures": {"photo": tuple(sorted(PICTURES))},
    "page": {"width_mm": 146, "height_mm": 96, "bleed_mm": 2, "crop_marks": True, "metadata": {"title": "Grüße"}},
}
RECORD = {"name": "Zoé", "link": "https://example.com/1", "photo": "two.png"}


def test_a_stored_design_stamps_the_same_letters(a_compiled: Compile) -> None:
    compiled = a_compiled(*OBJECTS, **CANVAS)

    opened = CompiledDesign.from_bytes(compiled.to_bytes())

    assert letter(opened.stamp(RECORD)) == compiled.stamp(RECORD)
    assert refusal(opened.stamp(RECORD | {"photo": "torn.png"})).code == "image_unreadable"
    assert opened.program == compiled.program
    assert opened.to_bytes() == compiled.to_bytes()
    assert opened.variables == compiled.variables
    assert opened.renderer_version == RENDERER_VERSION


def test_compiling_twice_gives_the_same_bytes(a_compiled: Compile) -> None:
    first, second = (a_compiled(*OBJECTS, **CANVAS).to_bytes() for _ in range(2))

    assert first == second


@pytest.mark.parametrize("place", [0, 9, 41, 60, 2000, -1])
def test_one_changed_byte_is_noticed(a_compiled: Compile, place: int) -> None:
    data = bytearray(a_compiled(*OBJECTS, **CANVAS).to_bytes())
    data[place] ^= 1

    with pytest.raises(CompiledDesignDamaged):
        CompiledDesign.from_bytes(bytes(data))


@pytest.mark.parametrize("length", [0, 7, 8, 39, 40, 44, 3000])
def test_a_cut_off_design_is_noticed(a_compiled: Compile, length: int) -> None:
    with pytest.raises(CompiledDesignDamaged):
        CompiledDesign.from_bytes(a_compiled(*OBJECTS, **CANVAS).to_bytes()[:length])


def test_bytes_with_a_right_checksum_that_are_no_program_are_noticed(a_compiled: Compile) -> None:
    data = a_compiled(*OBJECTS, **CANVAS).to_bytes()
    body = data[40:].replace(b'"typefaces"', b'"typefacez"')

    with pytest.raises(CompiledDesignDamaged):
        CompiledDesign.from_bytes(data[:8] + hashlib.sha256(body).digest() + body)


def test_a_pickle_is_no_design() -> None:
    with pytest.raises(CompiledDesignDamaged):
        CompiledDesign.from_bytes(b"\x80\x04\x95")


def test_the_stored_form_is_small(a_compiled: Compile) -> None:
    """Twice the shared bytes hold the faces once for embedding and once for placing glyphs."""
    compiled = a_compiled(*OBJECTS, **CANVAS)

    assert len(compiled.to_bytes()) < 3 * compiled.prefix_size


def test_a_design_of_another_renderer_is_refused_and_not_drawn_differently(a_compiled: Compile) -> None:
    compiled = a_compiled(*OBJECTS, **CANVAS)
    older = replace(compiled, program=replace(compiled.program, renderer_version="0+harfbuzz-1.0.0"))

    with pytest.raises(CompiledDesignOutdated):
        CompiledDesign.from_bytes(older.to_bytes())
