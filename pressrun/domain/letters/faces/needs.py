"""Which characters each face of a design must be able to show for a batch."""

from collections.abc import Iterator

from pressrun.domain.letters.canvas.design import Design
from pressrun.domain.letters.canvas.placeholders import literals_of, slots_of
from pressrun.domain.letters.canvas.text import TextBlock
from pressrun.domain.letters.faces.sharing import share_out
from pressrun.domain.letters.stamping.program import Profile


def list_needs(design: Design, profile: Profile) -> list[set[str]]:
    """Return the characters needed of each face, by number."""
    needs: list[set[str]] = [set() for _ in design.faces]
    coverages = [face.coverage for face in design.faces]
    for faces, characters in _uses(design, profile):
        for face, share in share_out(characters, faces, coverages).items():
            needs[face] |= share
    return needs


def list_literals(design: Design) -> set[str]:
    """Return the characters that the design itself prints in every letter."""
    return {
        character
        for drawable in design.everything()
        if isinstance(drawable.content, TextBlock)
        for character in literals_of(drawable.content.template)
    }


def _uses(design: Design, profile: Profile) -> Iterator[tuple[tuple[int, ...], str]]:
    for drawable in design.everything():
        block = drawable.content
        if isinstance(block, TextBlock):
            for part, style in zip(block.template, block.part_styles, strict=True):
                values = [profile.spoken.get(slot.variable, profile.characters) for slot in slots_of((part,))]
                yield block.styles[style].faces, "".join([literals_of((part,)), *values])
