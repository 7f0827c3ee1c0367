"""Words ready to print: faces at a size, and Fabric's way of measuring how far a word reaches."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final, NamedTuple, TypeVar

from pressrun.domain.letters.bidi import order_runs
from pressrun.domain.letters.operators import number
from pressrun.domain.letters.screening import (
    LAYOUT_CHARACTERS,
    Code,
    find_unprintable,
    is_bidirectional,
    is_silent,
    needs_shaping,
)
from pressrun.domain.letters.scripts import runs_right_to_left, split_graphemes, split_scripts
from pressrun.domain.letters.shaping import RareShaper, Shaper, open_rare_shaper
from pressrun.domain.letters.spelling import write_glyphs

# Entries of about 300 bytes; a batch's own words come back within one letter, its names within a few.
_MOST_WORDS: Final = 20_000
# Millionths of the em: less than rounding to five decimals shows at any size on paper.
_NOTHING: Final = 1e-6


Kept = TypeVar("Kept")


class Word(NamedTuple):
    """A word or line ready to print: elements of a TJ array and its widths in canvas pixels.

    `width` is what Fabric measures (character by character, spacing after each), `drawn` how far the glyphs reach.
    `measured` are the glyphs followed by what is missing to the width: a ligature is narrower than its letters
    measured in pairs.
    """

    glyphs: str
    width: float
    measured: str
    drawn: float = 0.0


@dataclass(frozen=True, slots=True)
class SetFace:
    """A face in use under its resource name; `shows` are the characters it has glyphs for."""

    font: str
    shaper: Shaper | RareShaper
    shows: frozenset[str]


class Run(NamedTuple):
    """A stretch of a word in one face and script; `face` is None for characters no face has."""

    face: SetFace
    script: str
    text: str


@dataclass(frozen=True, slots=True)
class Setting:
    """Faces at a size (canvas pixels) with Fabric's charSpacing (pixels after each character).

    The first face is the one wished for, as far as anything of it is needed; the others stand in. Words assume that
    `font` is set, and leave it so. `plain` are the characters that need no second look in the first face, `printable`
    those in any.
    """

    faces: tuple[SetFace, ...]
    size: float
    spacing: float
    splits_marks: bool
    plain: frozenset[str]
    printable: frozenset[str]
    words: dict[str, Word] = field(default_factory=dict)
    ahead: dict[str, Word] = field(default_factory=dict)
    turned: dict[str, Word] = field(default_factory=dict)
    widths: dict[str, float] = field(default_factory=dict)
    checked: set[str] = field(default_factory=set)
    reaches: dict[str, float] = field(default_factory=dict)

    @property
    def font(self) -> str:
        return self.faces[0].font if self.faces else "F0"

    def word(self, text: str) -> Word:
        """Return a word without spaces, shaped; remembered within bounds."""
        found = self.words.get(text)
        if found is None:
            turning = is_bidirectional(text)
            found = _keep(self.words, text, self.run(text, right_to_left=False) if turning else self._set(text))
        return found

    def look_up(self, line: str) -> list[Word]:
        """Return the words of a line; each single space ends one, so that blanks in a row keep their width."""
        words = self.words
        return [words.get(text) or self.word(text) for text in line.split(" ")]

    def space(self) -> Word:
        return self.word(" ")

    def run(self, text: str, right_to_left: bool) -> Word:
        """Return a line as one draw call, its directions resolved and its words in the order they are seen.

        `right_to_left` is the direction of the text object. The width is Fabric's of the text as written.
        """
        pieces: list[Word] = []
        for start, end, turned in order_runs(text, right_to_left=right_to_left):
            words = text[start:end].split(" ")
            put = [self._look_up_turned(word) if turned else self._look_up_ahead(word) for word in words]
            spaced = [piece for word in put for piece in (self.space(), word)][1:]
            pieces += reversed(spaced) if turned else spaced
        drawn = sum(piece.drawn for piece in pieces)
        blanks = text.count(" ") * self.space().width
        width = sum(map(self._width, text.split(" "))) + blanks
        glyphs = "".join([piece.glyphs for piece in pieces])
        return Word(glyphs, width, glyphs + self._fill(width - drawn), drawn)

    def is_complex(self, text: str) -> bool:
        """Say whether a line must be set by `run`, because some of it runs from right to left."""
        return is_bidirectional(text)

    def grapheme_width(self, grapheme: str) -> float:
        return self._reach(grapheme) * self.size + self.spacing

    def graphemes(self, text: str) -> list[str]:
        """Split into characters as Fabric counts them, combining marks with their letters since version 6."""
        return list(text) if self.splits_marks else split_graphemes(text)

    def adjustment(self, pixels: float) -> str:
        """Return the TJ element that moves on by `pixels`: thousandths of the em, backwards."""
        return f" {number(-pixels * 1000 / self.size)}"

    def rare_in(self, text: str) -> set[tuple[str, str]]:
        """Return the rare characters of a text, each with the resource name of the font the letter must bring."""
        found: set[tuple[str, str]] = set()
        if not self.plain.issuperset(text):
            for face in self.faces:
                if isinstance(face.shaper, RareShaper):
                    found.update((face.font, character) for character in face.shows.intersection(text))
        return found

    def find_unprintable(self, text: str) -> tuple[Code, str] | None:
        """Return the first character that cannot be shown, with the reason, or None."""
        if self.printable.issuperset(text):
            return None
        for word in text.replace("\n", " ").replace("\t", " ").split(" "):
            if word not in self.checked:
                if found := self._check(word):
                    return found
                if len(self.checked) > _MOST_WORDS:
                    self.checked.clear()
                self.checked.add(word)
        return None

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

    def _find_face(self, grapheme: str) -> SetFace | None:
        """Return the first face that shows a whole cluster."""
        needed = [character for character in grapheme if not is_silent(character)]
        return next((face for face in self.faces if face.shows.issuperset(needed)), None)

    def _split(self, text: str) -> Iterator[Run]:
        """Yield stretches of one face and script."""
        if self.plain.issuperset(text):
            yield from (Run(self.faces[0], script, part) for script, part in split_scripts(text))
            return
        faced = ((self._find_face(grapheme), grapheme) for grapheme in split_graphemes(text))
        for face, clusters in groupby(faced, key=lambda pair: pair[0]):
            part = "".join(grapheme for _, grapheme in clusters)
            for script, run in split_scripts(part):
                yield Run(face or self.faces[0], script, run)

    def _look_up_ahead(self, word: str) -> Word:
        """Return a word of a run from left to right, which may still be of letters that are neither."""
        if not is_bidirectional(word):
            return self.words.get(word) or self.word(word)
        found = self.ahead.get(word)
        if found is None:
            found = _keep(self.ahead, word, self._set(word))
        return found

    def _look_up_turned(self, word: str) -> Word:
        """Return a word of a run from right to left."""
        found = self.turned.get(word)
        if found is None:
            found = _keep(self.turned, word, self._set(word, right_to_left=True))
        return found

    def _width(self, word: str) -> float:
        found = self.widths.get(word)
        if found is None:
            found = _keep(self.widths, word, self._measure(word))
        return found

    def _set(self, text: str, *, right_to_left: bool = False) -> Word:
        if self.spacing:
            return self._spaced(text, right_to_left=right_to_left)
        if not text or not self.faces:
            return Word("", 0.0, "")
        runs = list(self._split(text))
        if right_to_left:
            runs.reverse()
        set_runs = [self._set_run(run, right_to_left=right_to_left) for run in runs]
        drawn = sum(reach for _, reach in set_runs) * self.size
        glyphs = "".join([written for written, _ in set_runs])
        width = self._measure(text)
        return Word(glyphs, width, glyphs + self._fill(width - drawn), drawn)

    def _set_run(self, run: Run, *, right_to_left: bool) -> tuple[str, float]:
        """Return a run's elements, in its own font, and how far it reaches in ems."""
        shaper = run.face.shaper
        if isinstance(shaper, RareShaper):
            glyphs, reach = shaper.shape(run.text)
            texts: Sequence[str] = shaper.face.characters
        else:
            glyphs, reach = shaper.shape(run.text, run.script, right_to_left=right_to_left)
            texts = shaper.typeface.texts
        written = write_glyphs(glyphs, reach, run.text, texts, shaper, self.size, right_to_left=right_to_left)
        if run.face is not self.faces[0]:
            begin, end = (f"] TJ /{font} {number(self.size)} Tf [" for font in (run.face.font, self.font))
            written = begin + written + end
        return written, reach / shaper.units

    def _spaced(self, text: str, *, right_to_left: bool) -> Word:
        """Place each character by itself: spacing forbids ligatures, but Fabric keeps the kerning it measured."""
        graphemes = self.graphemes(text)
        steps = [step * self.size for step in self._steps(graphemes)]
        placed = list(zip(graphemes, steps, strict=True))
        elements: list[str] = []
        owed = 0.0
        for grapheme, step in reversed(placed) if right_to_left else placed:
            runs = [self._set_run(run, right_to_left=right_to_left) for run in self._split(grapheme)]
            drawn = sum(reach for _, reach in runs) * self.size
            # The step before this character already holds the kerning of the pair.
            owed += step - drawn
            elements += (self._fill(owed), *(written for written, _ in runs))
            owed = self.spacing
        elements.append(self._fill(owed))
        glyphs = "".join(elements)
        width = sum(steps) + self.spacing * len(graphemes)
        return Word(glyphs, width, glyphs, width)

    def _fill(self, pixels: float) -> str:
        return self.adjustment(pixels) if abs(pixels) > _NOTHING * self.size else ""

    def _measure(self, text: str) -> float:
        graphemes = self.graphemes(text)
        return sum(self._steps(graphemes)) * self.size + self.spacing * len(graphemes)

    def _steps(self, graphemes: Sequence[str]) -> Iterable[float]:
        """Yield each character's advance as Fabric measures it: the pair's less the previous character's."""
        reach = self._reach
        previous = ""
        for grapheme in graphemes:
            yield reach(previous + grapheme) - reach(previous) if previous else reach(grapheme)
            previous = grapheme

    def _reach(self, text: str) -> float:
        """Return how far one or two characters reach, in ems; remembered, because pairs repeat."""
        found = self.reaches.get(text)
        if found is None:
            found = _keep(self.reaches, text, sum(map(_advance, self._split(text))) if self.faces else 0.0)
        return found


def open_setting(
    faces: tuple[int, ...], size: float, spacing: float, splits_marks: bool, shapers: Sequence[Shaper]
) -> Setting:
    """Return the setting of a style; `faces` are numbers of `shapers`, which are those of all faces of the design."""
    used: list[SetFace] = []
    for face in faces:
        shaper = shapers[face]
        if shaper.printed:
            used.append(SetFace(f"F{face}", shaper, shaper.printed))
        if shaper.typeface.rare:
            rare = open_rare_shaper(shaper.typeface.rare)
            used.append(SetFace(f"R{face}", rare, frozenset(rare.codes)))
    plain = [face.shaper.plain if isinstance(face.shaper, Shaper) else face.shows for face in used]
    printable = frozenset(LAYOUT_CHARACTERS).union(*plain)
    return Setting(tuple(used), size, spacing, splits_marks, plain[0] if plain else frozenset(), printable)


def _keep(kept: dict[str, Kept], text: str, value: Kept) -> Kept:
    """Remember a value within bounds."""
    if len(kept) > _MOST_WORDS:
        kept.clear()
    kept[text] = value
    return value


def _advance(run: Run) -> float:
    shaper = run.face.shaper
    if isinstance(shaper, RareShaper):
        return shaper.shape(run.text)[1] / shaper.units
    reach = shaper.shape(run.text, run.script, right_to_left=runs_right_to_left(run.script))[1]
    return reach / shaper.units


def _is_shown(grapheme: str, face: SetFace) -> bool:
    if isinstance(face.shaper, RareShaper):
        return True
    runs = split_scripts(grapheme)
    return all(
        glyph.code
        for script, text in runs
        for glyph in face.shaper.shape(text, script, right_to_left=runs_right_to_left(script))[0]
    )
