"""The fonts in which a letter brings the characters that few letters need."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from pressrun.domain.letters.faces.rare import RareFace, write_font
from pressrun.domain.letters.stamping.binding import Sheaf


@dataclass(frozen=True, slots=True)
class RareFonts:
    """The rare characters of faces by the name of their font, with its first place, and those of this letter."""

    faces: Mapping[str, tuple[RareFace, int]]
    sheaf: Sheaf
    used: dict[str, set[str]] = field(default_factory=dict)

    def bring(self, found: Collection[tuple[str, str]]) -> None:
        """Note characters, each with the name of its font."""
        for font, character in found:
            self.used.setdefault(font, set()).add(character)

    def write(self) -> None:
        """Put the fonts of the letter into its sheaf, and forget them."""
        for font, characters in self.used.items():
            rare, first = self.faces[font]
            self.sheaf.put_all(first, write_font(rare, sorted(characters), self.sheaf.number(first)))
        self.used.clear()
