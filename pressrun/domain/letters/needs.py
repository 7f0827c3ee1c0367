"""Which characters each face of a design must be able to show for a batch."""

import unicodedata
from collections.abc import Collection, Iterator, Sequence

from pressrun.domain.letters.design import Design
from pressrun.domain.letters.fonts import Face
from pressrun.domain.letters.placeholders import literals_of, slots_of
from pressrun.domain.letters.program import Profile
from pressrun.domain.letters.screening import LAYOUT_CHARACTERS, is_printable
from pressrun.domain.letters.text import TextBlock


def list_needs(design: Design, profile: Profile) -> list[set[str]]:
    """Return the characters needed of each face: of those wished for one after the other, the first that has it."""
    needs: list[set[str]] = [set() for _ in design.faces]
    for faces, characters in _uses(design, profile):
        _share(characters, faces, design.faces, needs)
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
                values = profile.characters if slots_of((part,)) else ""
                yield block.styles[style].faces, literals_of((part,)) + values


def _share(characters: str, faces: Sequence[int], known: Sequence[Face], needs: Sequence[set[str]]) -> None:
    printed = {character for character in characters if character not in LAYOUT_CHARACTERS and is_printable(character)}
    left = printed
    for face in faces:
        shown = {character for character in left if ord(character) in known[face].coverage}
        # A mark is drawn in the face of its letter, and a letter whose mark stands in goes with it.
        if left is not printed and any(map(_is_attached, shown)):
            shown = _covered(printed, known[face].coverage)
        needs[face].update(shown, filter(_is_attached, _covered(printed, known[face].coverage)))
        left = left - shown
    if left and faces:
        # What no face has is refused with the first one's name.
        needs[faces[0]].update(left)


def _covered(characters: Collection[str], coverage: Collection[int]) -> set[str]:
    return {character for character in characters if ord(character) in coverage}


def _is_attached(character: str) -> bool:
    """Say whether a character belongs to the one before it: marks, joiners, selectors."""
    return unicodedata.category(character) in {"Mn", "Mc", "Me", "Cf"}
