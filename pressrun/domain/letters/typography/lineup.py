"""The faces a text may be set in, in order, and which of them shows what."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final, NamedTuple, TypeVar

from pressrun.domain.letters.typography.screening import (
    LAYOUT_CHARACTERS,
    Code,
    find_unprintable,
    is_silent,
    needs_shaping,
)
from pressrun.domain.letters.typography.scripts import runs_right_to_left, split_graphemes, split_scripts
from pressrun.domain.letters.typography.shaping import RareShaper, Shaper, open_rare_shaper

# Entries of about 300 bytes; a batch's own words come back within one letter, its names within a few.
MOST_KEPT: Final = 20_000

Kept = TypeVar("Kept")


@dataclass(frozen=True, slots=True)
class SetFace:
    """A face in use under its resource name; `shows` are the characters it has glyphs for."""

    font: str
    shaper: Shaper | RareShaper
    shows: frozenset[str]


class Stretch(NamedTuple):
    """A part of a word in one face and script."""

    face: SetFace
    script: str
    text: str


@dataclass(frozen=True, slots=True)
class Lineup:
    """Faces in order: the one wished for, as far as anything of it is needed, then those that stand in.

    `plain` are the characters that need no second look in the first face, `printable` those in any.
    """

    faces: tuple[SetFace, ...]
    plain: frozenset[str]
    printable: frozenset[str]
    checked: dict[str, None] = field(default_factory=dict)
    reaches: dict[str, float] = field(default_factory=dict)

    def find_unprintable(self, text: str) -> tuple[Code, str] | None:
        """Return the first character that cannot be shown, with the reason, or None."""
        if self.printable.issuperset(text):
            return None
        for word in text.replace("\n", " ").replace("\t", " ").split(" "):
            if word not in self.checked:
                if found := self._check(word):
                    return found
                keep(self.checked, word, None)
        return None

    def rare_in(self, text: str) -> set[tuple[str, str]]:
        """Return the rare characters of a text, each with the resource name of the font the letter must bring."""
        found: set[tuple[str, str]] = set()
        if not self.plain.issuperset(text):
            for face in self.faces:
                if isinstance(face.shaper, RareShaper):
                    found.update((face.font, character) for character in face.shows.intersection(text))
        return found

    def split(self, text: str) -> Iterator[Stretch]:
        """Yield parts of one face and script; what no face shows goes to the first."""
        if not self.faces:
            return
        if self.plain.issuperset(text):
            yield from (Stretch(self.faces[0], script, part) for script, part in split_scripts(text))
            return
        faced = ((self._find_face(grapheme), grapheme) for grapheme in split_graphemes(text))
        for face, clusters in groupby(faced, key=lambda pair: pair[0]):
            part = "".join(grapheme for _, grapheme in clusters)
            for script, run in split_scripts(part):
                yield Stretch(face or self.faces[0], script, run)

    def reach(self, text: str) -> float:
        """Return how far one or two characters reach, in ems; remembered, because pairs repeat."""
        found = self.reaches.get(text)
        if found is None:
            found = keep(self.reaches, text, sum(map(_advance, self.split(text))))
        return found

    def _find_face(self, grapheme: str) -> SetFace | None:
        """Return the first face that shows a whole cluster."""
        needed = [character for character in grapheme if not is_silent(character)]
        return next((face for face in self.faces if face.shows.issuperset(needed)), None)

    def _check(self, word: str) -> tuple[Code, str] | None:
        covered = {ord(character) for face in self.faces for character in face.shows}
        if found := find_unprintable(word, covered):
            return found
        for grapheme in split_graphemes(word):
            face = self._find_face(grapheme)
            if face is None:
                return "glyph_missing", grapheme[-1]
            if needs_shaping(grapheme) and not _is_shown(grapheme, face):
                return "glyph_missing", grapheme[0]
        return None


def open_lineup(faces: Sequence[int], shapers: Sequence[Shaper]) -> Lineup:
    """Line up the faces of a style, by their numbers among all of the design."""
    used: list[SetFace] = []
    for face in faces:
        shaper = shapers[face]
        if shaper.printed:
            used.append(SetFace(f"F{face}", shaper, shaper.printed))
        if shaper.typeface.rare:
            rare = open_rare_shaper(shaper.typeface.rare)
            used.append(SetFace(f"R{face}", rare, frozenset(rare.codes)))
    plain = [face.shaper.plain if isinstance(face.shaper, Shaper) else face.shows for face in used]
    return Lineup(tuple(used), plain[0] if plain else frozenset(), frozenset(LAYOUT_CHARACTERS).union(*plain))


def keep(kept: dict[str, Kept], text: str, value: Kept, most: int = MOST_KEPT) -> Kept:
    """Remember a value within bounds."""
    if len(kept) > most:
        kept.clear()
    kept[text] = value
    return value


def _advance(stretch: Stretch) -> float:
    shaper = stretch.face.shaper
    if isinstance(shaper, RareShaper):
        return shaper.shape(stretch.text)[1] / shaper.units
    turned = runs_right_to_left(stretch.script)
    return shaper.shape(stretch.text, stretch.script, right_to_left=turned)[1] / shaper.units


def _is_shown(grapheme: str, face: SetFace) -> bool:
    if isinstance(face.shaper, RareShaper):
        return True
    shape = face.shaper.shape
    shaped = (shape(part, script, right_to_left=runs_right_to_left(script)) for script, part in split_scripts(grapheme))
    return all(glyph.code for glyphs, _ in shaped for glyph in glyphs)
