"""A face is cut to what a batch needs, and its text can be copied out again."""

import io
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from pressrun.domain.letters import DesignSource, FontFile, Profile, compile_design, read_design
from pressrun.domain.letters.faces.subsets import subset_face
from pressrun.domain.letters.typography.shaping import open_shaper

Build = Callable[..., DesignSource]


def a_font(postcard: Path, shared: Mapping[str, str]) -> bytes:
    """Return Open Sans with some characters pointing at the glyph of another, as many fonts do."""
    font = TTFont(postcard / "fonts" / "OpenSans-Regular.ttf", recalcTimestamp=False)
    for table in font["cmap"].tables:
        for character, other in shared.items():
            if ord(other) in table.cmap:
                table.cmap[ord(character)] = table.cmap[ord(other)]
    file = io.BytesIO()
    font.save(file)
    return file.getvalue()


def test_characters_without_a_glyph_are_left_out(postcard: Path) -> None:
    typeface, embedding = subset_face(a_font(postcard, {}), "ab日")

    assert typeface.characters == " ab"
    assert len(embedding.data) < 6_000


def test_what_is_embedded_has_no_dead_weight(postcard: Path) -> None:
    _, embedding = subset_face(a_font(postcard, {}), "office")

    assert {"glyf", "loca", "head", "hhea", "hmtx", "maxp"} <= set(TTFont(io.BytesIO(embedding.data)).keys())
    assert not {"GSUB", "GPOS", "cmap", "name", "fpgm"} & set(TTFont(io.BytesIO(embedding.data)).keys())


def test_a_ligature_knows_the_letters_it_stands_for(postcard: Path) -> None:
    typeface, embedding = subset_face(a_font(postcard, {}), "office")

    glyphs, _ = open_shaper(typeface).shape("office")

    assert [embedding.texts[glyph.code] for glyph in glyphs] == ["o", "ffi", "c", "e"]


def test_characters_that_share_a_glyph_have_codes_of_their_own(postcard: Path) -> None:
    typeface, embedding = subset_face(a_font(postcard, {"\u0391": "A"}), "A\u0391")

    latin, greek = (open_shaper(typeface).shape(character)[0][0].code for character in "A\u0391")

    assert latin != greek
    assert embedding.glyphs[latin] == embedding.glyphs[greek]
    assert (embedding.texts[latin], embedding.texts[greek]) == ("A", "\u0391")
    assert embedding.widths[latin] == embedding.widths[greek]


def test_a_ligature_that_begins_with_a_shared_glyph_is_still_a_ligature(postcard: Path) -> None:
    typeface, _ = subset_face(a_font(postcard, {"A": "f"}), "Aif")

    (ligature,) = open_shaper(typeface).shape("ffi")[0]
    (letter,) = open_shaper(typeface).shape("f")[0]

    assert letter.code == typeface.aliases["f"]
    assert ligature.code not in typeface.aliases.values()


@pytest.mark.parametrize("name", ["A\u0391", "\u0391A\u0391"])
def test_shared_glyphs_are_copied_out_as_their_own_characters(
    a_source: Build, postcard: Path, read_text: Callable[[object], str], name: str
) -> None:
    font = FontFile("Open Sans", 400, "normal", a_font(postcard, {"\u0391": "A"}))
    text = {"type": "Text", "fontFamily": "Open Sans", "text": "{{name}}", "left": 300, "top": 200}
    design = read_design(replace(a_source(text), fonts=[font]))

    letter = compile_design(design, Profile("A\u0391")).stamp({"name": name})

    assert read_text(letter) == name
