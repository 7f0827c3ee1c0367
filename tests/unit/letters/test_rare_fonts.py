"""Characters few recipients use are in no shared font: each letter that has some brings a small font of them."""

import io
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from canvases import (
    CANVAS_PIXELS,
    a_box,
    a_group,
    a_shadow,
    a_text,
    difference,
    letter,
    opened,
    refusal,
    subtypes_brought,
)
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from PIL import Image

from pressrun.domain.letters import CompiledDesign, DesignSource, FontFile, Profile, compile_design, read_design

Stamped = Callable[..., CompiledDesign]
Build = Callable[..., DesignSource]

# Han characters enough that the shared font would be large with them; the first few are used.
HAN = "".join(map(chr, range(0x4E00, 0x4E00 + 400)))
FEW = HAN[:3]
LATIN = "Dearlbnt "


def a_frame(side: int, thickness: int) -> Any:
    """Return a glyph: a square frame, so that each character looks different."""
    pen = TTGlyphPen(None)
    for inset, turn in ((0, 1), (thickness, -1)):
        low, high = 40 + inset, 40 + side - inset
        corners = [(low, low), (low, high), (high, high), (high, low)][::turn]
        pen.moveTo(corners[0])
        for corner in corners[1:]:
            pen.lineTo(corner)
        pen.closePath()
    return pen.glyph()


def a_han_font() -> bytes:
    names = {ord(character): f"han{place}" for place, character in enumerate(HAN)}
    names |= {ord(character): f"latin{ord(character)}" for character in LATIN}
    glyphs = {".notdef": a_frame(500, 40)}
    glyphs |= {name: a_frame(800, 40 + point % 97 * 3) for point, name in names.items()}
    glyphs[names[ord(" ")]] = TTGlyphPen(None).glyph()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(list(glyphs))
    builder.setupCharacterMap(names)
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics(dict.fromkeys(glyphs, (900, 40)))
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": "Frames", "styleName": "Regular", "psName": "Frames-Regular"})
    builder.setupOS2(sTypoAscender=880, sTypoDescender=-120)
    builder.setupPost()
    file = io.BytesIO()
    builder.save(file)
    return file.getvalue()


@pytest.fixture(scope="module")
def stamped(a_source: Build) -> Stamped:
    """Compile texts in the font of frames; `rare` are the characters kept apart."""
    font = FontFile("Frames", 400, "normal", a_han_font())

    def build(*objects: Mapping[str, Any], rare: str = HAN) -> CompiledDesign:
        framed = [dict(each) | {"fontFamily": "Frames"} if "text" in each else each for each in objects]
        source = a_source(*framed)
        design = read_design(replace(source, fonts=[font, *source.fonts]))
        return compile_design(design, Profile("".join(sorted(LATIN + HAN)), rare))

    return build


def test_rare_characters_are_read_back_from_the_letter(stamped: Stamped, read_text: Callable[..., str]) -> None:
    compiled = stamped(a_text("Dear {{name}}"))

    made = compiled.stamp({"name": FEW})

    assert read_text(made) == f"Dear {FEW}"
    with opened(made) as pdf:
        assert pdf.check_pdf_syntax() == []


def test_the_letter_looks_as_if_the_characters_were_shared(stamped: Stamped, draw: Callable[..., Image.Image]) -> None:
    text = a_text("Dear {{name}} at")

    apart, shared = (draw(stamped(text, rare=rare).stamp({"name": FEW}), scale=CANVAS_PIXELS) for rare in (HAN, ""))

    assert difference(apart, shared) <= 1


def test_a_letter_without_rare_characters_brings_no_font(stamped: Stamped) -> None:
    compiled = stamped(a_text("Dear {{name}}"))

    plain, rare = (compiled.stamp({"name": name}) for name in ("Del", FEW))

    assert subtypes_brought(plain, b"Type0") == 0
    assert subtypes_brought(rare, b"Type0") == 1


def test_a_rare_font_is_small_and_keeps_the_shared_part_small(stamped: Stamped) -> None:
    apart, shared = (stamped(a_text("{{name}}"), rare=rare) for rare in (HAN, ""))

    assert shared.prefix_size - apart.prefix_size > 4_000
    assert len(letter(apart.stamp({"name": FEW})).tail) < 3_000


def test_each_letter_brings_only_the_characters_it_prints(stamped: Stamped) -> None:
    compiled = stamped(a_text("{{name}}"))

    sizes = [len(letter(compiled.stamp({"name": HAN[:count]})).tail) for count in (1, 20)]
    again = len(letter(compiled.stamp({"name": HAN[:1]})).tail)

    assert sizes[1] > sizes[0]
    assert again == sizes[0]


def test_rare_characters_of_several_texts_are_in_one_font(stamped: Stamped, read_text: Callable[..., str]) -> None:
    compiled = stamped(
        a_text("{{first}}", top=50),
        a_box("Dear {{last}}", top=150),
        a_group(a_text("{{city}}", left=0, top=0, shadow=a_shadow(offsetX=3, blur=2))),
    )

    made = compiled.stamp({"first": HAN[0], "last": HAN[1], "city": HAN[2]})

    assert subtypes_brought(made, b"Type0") == 1
    found = read_text(made)
    assert all(character in found for character in FEW)


def test_what_the_design_itself_prints_is_shared(stamped: Stamped) -> None:
    compiled = stamped(a_text(HAN[0]), a_text("{{name}}", top=100))

    assert subtypes_brought(compiled.stamp({"name": HAN[0]}), b"Type0") == 0


def test_letters_of_a_script_that_is_shaped_are_never_set_apart(stamped: Stamped) -> None:
    """Latin letters kern and join into ligatures, which a font of single glyphs cannot do."""
    compiled = stamped(a_text("{{name}}"), rare=LATIN)

    assert subtypes_brought(compiled.stamp({"name": "Dear"}), b"Type0") == 0


def test_a_character_no_font_has_is_refused_beside_rare_ones(stamped: Stamped) -> None:
    outcome = refusal(stamped(a_text("{{name}}")).stamp({"name": f"{FEW}\u9fa5"}))

    assert (outcome.code, "U+9FA5" in outcome.message) == ("glyph_missing", True)


def test_a_refused_letters_characters_are_not_in_the_next(stamped: Stamped) -> None:
    compiled = stamped(a_text("{{name}}", top=100), a_text("{{more}}"))

    refusal(compiled.stamp({"name": FEW, "more": "\u9fa5"}))

    assert subtypes_brought(compiled.stamp({"name": "Del", "more": ""}), b"Type0") == 0


def test_a_stored_design_brings_the_same_fonts(stamped: Stamped) -> None:
    compiled = stamped(a_text("Dear {{name}}"))

    opened_again = CompiledDesign.from_bytes(compiled.to_bytes())

    assert opened_again.stamp({"name": FEW}) == compiled.stamp({"name": FEW})
