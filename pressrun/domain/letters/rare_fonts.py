"""The fonts in which a letter brings the characters that few letters need."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pressrun.domain.letters.binding import Sheaf
from pressrun.domain.letters.rare import RareFace, write_font


@dataclass(frozen=True, slots=True)
class RareFonts:
    """The rare characters of each face by its number with the first place of its font, and those of this letter."""

    faces: dict[int, tuple[RareFace, int]]
    sheaf: Sheaf
    used: dict[int, set[str]] = field(default_factory=dict)

    def characters(self, face: int) -> frozenset[str]:
        return frozenset(self.faces[face][0].characters) if face in self.faces else frozenset()

    def bring(self, faces: Sequence[int], text: str) -> None:
        """Note the rare characters of a text set in these faces."""
        for face in faces:
            if found := self.characters(face).intersection(text):
                self.used.setdefault(face, set()).update(found)

    def write(self) -> None:
        """Put the fonts of the letter into its sheaf, and forget them."""
        for face, characters in self.used.items():
            rare, first = self.faces[face]
            for place, body in enumerate(write_font(rare, sorted(characters), self.sheaf.number(first))):
                self.sheaf.put(first + place, body)
        self.used.clear()
