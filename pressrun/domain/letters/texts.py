"""Text, IText and Textbox objects."""

from typing import Final

from pressrun.domain.letters.colours import TRANSPARENT
from pressrun.domain.letters.dialect import Dialect
from pressrun.domain.letters.fonts import FontCase, read_face
from pressrun.domain.letters.objects import Align, TextBlock
from pressrun.domain.letters.placeholders import Template, has_stray_braces, literals_of, read_template
from pressrun.domain.letters.placing import read_placement
from pressrun.domain.letters.properties import Properties
from pressrun.domain.letters.screening import describe, find_unprintable, normalise

_ALIGNS: Final[tuple[Align, ...]] = (
    "left",
    "center",
    "right",
    "justify",
    "justify-left",
    "justify-center",
    "justify-right",
)


def read_text(item: Properties, dialect: Dialect, case: FontCase, *, boxed: bool) -> TextBlock | None:
    """Read a text; `boxed` for a Textbox, which wraps at its width."""
    face = read_face(item, case)
    template = _read_template(item)
    size = item.positive("fontSize", 40.0)
    colour = item.colour("fill", "rgb(0,0,0)")
    block = TextBlock(
        where=item.where,
        placement=read_placement(item, dialect),
        template=template,
        face=face or 0,
        size=size,
        line_height=item.positive("lineHeight", 1.16),
        spacing=item.number("charSpacing", 0.0) * size / 1000,
        align=item.choice("textAlign", _ALIGNS, "left"),
        wrap=item.size("width", 0.0) if boxed else None,
        by_grapheme=boxed and item.flag("splitByGrapheme", default=False),
        widens=dialect.widens,
        splits_marks=dialect.splits_marks,
        colour=colour or TRANSPARENT,
        opacity=item.opacity(),
    )
    if face is None:
        return None
    _check_characters(item, template, case.faces[face].coverage)
    return block if colour else None


def _read_template(item: Properties) -> Template:
    template = read_template(normalise(item.text("text", "")))
    if has_stray_braces(template):
        item.fault(
            "placeholder_invalid",
            "The text holds {{ that begins no placeholder and would be printed.",
            "Write {{name}} or {{name|default}}.",
        )
    return template


def _check_characters(item: Properties, template: Template, coverage: frozenset[int]) -> None:
    found = find_unprintable(literals_of(template), coverage)
    if found:
        code, character = found
        item.fault(
            f"design_{code}",
            f"The text holds {describe(character)}, which cannot be printed in its font.",
            "Change the text or its fontFamily.",
        )
