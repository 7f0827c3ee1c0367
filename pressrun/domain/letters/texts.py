"""Text, IText and Textbox objects."""

from typing import Final

from pressrun.domain.letters.colours import TRANSPARENT
from pressrun.domain.letters.dialect import Dialect
from pressrun.domain.letters.fonts import FaceWish, FontCase, find_face, find_substitute, read_wish
from pressrun.domain.letters.objects import Align, TextBlock
from pressrun.domain.letters.placeholders import Template, has_stray_braces, literals_of, read_template
from pressrun.domain.letters.placing import read_placement
from pressrun.domain.letters.properties import Properties
from pressrun.domain.letters.screening import describe, find_unprintable, is_simple, normalise

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
    wish = read_wish(item)
    face = find_face(item, wish, case)
    template = _read_template(item)
    size = item.positive("fontSize", 40.0)
    colour = item.colour("fill", "rgb(0,0,0)")
    block = TextBlock(
        where=item.where,
        placement=read_placement(item, dialect),
        template=template,
        face=face or 0,
        substitutes=() if face is None else _find_substitutes(item, template, face, wish, case),
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
    return None if face is None or colour is None else block


def _read_template(item: Properties) -> Template:
    template = read_template(normalise(item.text("text", "")))
    if has_stray_braces(template):
        item.fault(
            "placeholder_invalid",
            "The text holds {{ that begins no placeholder and would be printed.",
            "Write {{name}} or {{name|default}}.",
        )
    return template


def _find_substitutes(
    item: Properties, template: Template, face: int, wish: FaceWish, case: FontCase
) -> tuple[tuple[str, int], ...]:
    """Find faces for what the design itself prints and its face lacks; what no face has is a fault.

    Only the design's own text is helped so: its author sees it in the proof, and nobody proofs each recipient's value.
    """
    printed = literals_of(template)
    covered = set(case.faces[face].coverage)
    substitutes: list[tuple[str, int]] = []
    while found := find_unprintable(printed, covered):
        code, character = found
        substitute = find_substitute(item, character, wish, case) if is_simple(character) else None
        if substitute is None:
            item.fault(
                f"design_{code}",
                f"The text holds {describe(character)}, which cannot be printed in any font at hand.",
                "Change the text, or add a font that has the character.",
            )
            break
        substitutes.append((character, substitute))
        covered.add(ord(character))
    return tuple(substitutes)
