"""Words ready to print: faces at a size, and Fabric's way of measuring how far a word reaches."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from pressrun.domain.letters.drawing.operators import number
from pressrun.domain.letters.typography.bidi import order_runs
from pressrun.domain.letters.typography.lineup import Lineup, Stretch, keep, open_lineup
from pressrun.domain.letters.typography.screening import is_bidirectional
from pressrun.domain.letters.typography.scripts import split_graphemes
from pressrun.domain.letters.typography.shaping import RareShaper, Shaper
from pressrun.domain.letters.typography.spelling import write_glyphs

# Of about 2 kB; the lines of a message differ with the name in it, but come back with the next of that length.
_MOST_LINES: Final = 2_000
# Millionths of the em: less than rounding to five decimals shows at any size on paper.
_NOTHING: Final = 1e-6


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
class Setting:
    """Faces at a size (canvas pixels) with Fabric's charSpacing (pixels after each character).

    Words assume that `font` is set, and leave it so. All that is set is remembered within bounds: words as they stand
    in a line from left to right, `ahead` and `turned` those in runs of mixed lines, and whole lines by direction.
    """

    lineup: Lineup
    size: float
    spacing: float
    splits_marks: bool
    words: dict[str, Word] = field(default_factory=dict)
    ahead: dict[str, Word] = field(default_factory=dict)
    turned: dict[str, Word] = field(default_factory=dict)
    widths: dict[str, float] = field(default_factory=dict)
    lines: dict[str, Word] = field(default_factory=dict)
    turned_lines: dict[str, Word] = field(default_factory=dict)

    @property
    def font(self) -> str:
        return self.lineup.faces[0].font if self.lineup.faces else "F0"

    def word(self, text: str) -> Word:
        """Return a word without spaces, shaped; remembered within bounds."""
        found = self.words.get(text)
        if found is None:
            turning = is_bidirectional(text)
            found = keep(self.words, text, self.run(text, right_to_left=False) if turning else self._set(text))
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
        lines = self.turned_lines if right_to_left else self.lines
        found = lines.get(text)
        if found is None:
            found = keep(lines, text, self._set_line(text, right_to_left=right_to_left), _MOST_LINES)
        return found

    def is_complex(self, text: str) -> bool:
        """Say whether a line must be set by `run`, because some of it runs from right to left."""
        return is_bidirectional(text)

    def grapheme_width(self, grapheme: str) -> float:
        return self.lineup.reach(grapheme) * self.size + self.spacing

    def graphemes(self, text: str) -> list[str]:
        """Split into characters as Fabric counts them, combining marks with their letters since version 6."""
        return list(text) if self.splits_marks else split_graphemes(text)

    def adjustment(self, pixels: float) -> str:
        """Return the TJ element that moves on by `pixels`: thousandths of the em, backwards."""
        return f" {number(-pixels * 1000 / self.size)}"

    def _set_line(self, text: str, *, right_to_left: bool) -> Word:
        space = self.space()
        parts: list[str] = []
        drawn = text.count(" ") * space.drawn
        for start, end, turned in order_runs(text, right_to_left=right_to_left):
            look_up = self._look_up_turned if turned else self._look_up_ahead
            words = [look_up(word) for word in text[start:end].split(" ")]
            if turned:
                words.reverse()
            parts.append(space.glyphs.join([word.glyphs for word in words]))
            drawn += sum([word.drawn for word in words])
        width = sum(map(self._width, text.split(" "))) + text.count(" ") * space.width
        glyphs = "".join(parts)
        return Word(glyphs, width, glyphs + self._fill(width - drawn), drawn)

    def _look_up_ahead(self, word: str) -> Word:
        """Return a word of a run from left to right, which may still be of letters that are neither."""
        if not is_bidirectional(word):
            return self.words.get(word) or self.word(word)
        found = self.ahead.get(word)
        if found is None:
            found = keep(self.ahead, word, self._set(word))
        return found

    def _look_up_turned(self, word: str) -> Word:
        """Return a word of a run from right to left."""
        found = self.turned.get(word)
        if found is None:
            found = keep(self.turned, word, self._set(word, right_to_left=True))
        return found

    def _width(self, word: str) -> float:
        found = self.widths.get(word)
        if found is None:
            found = keep(self.widths, word, self._measure(word))
        return found

    def _set(self, text: str, *, right_to_left: bool = False) -> Word:
        if self.spacing:
            return self._spaced(text, right_to_left=right_to_left)
        if not text or not self.lineup.faces:
            return Word("", 0.0, "")
        runs = list(self.lineup.split(text))
        if right_to_left:
            runs.reverse()
        set_runs = [self._set_run(run, right_to_left=right_to_left) for run in runs]
        drawn = sum(reach for _, reach in set_runs) * self.size
        glyphs = "".join([written for written, _ in set_runs])
        width = self._measure(text)
        return Word(glyphs, width, glyphs + self._fill(width - drawn), drawn)

    def _set_run(self, run: Stretch, *, right_to_left: bool) -> tuple[str, float]:
        """Return a run's elements, in its own font, and how far it reaches in ems."""
        shaper = run.face.shaper
        if isinstance(shaper, RareShaper):
            glyphs, reach = shaper.shape(run.text)
            texts: Sequence[str] = shaper.face.characters
        else:
            glyphs, reach = shaper.shape(run.text, run.script, right_to_left=right_to_left)
            texts = shaper.typeface.texts
        written = write_glyphs(glyphs, reach, run.text, texts, shaper, self.size, right_to_left=right_to_left)
        if run.face is not self.lineup.faces[0]:
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
            runs = [self._set_run(run, right_to_left=right_to_left) for run in self.lineup.split(grapheme)]
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
        reach = self.lineup.reach
        previous = ""
        for grapheme in graphemes:
            yield reach(previous + grapheme) - reach(previous) if previous else reach(grapheme)
            previous = grapheme


def open_setting(
    faces: tuple[int, ...], size: float, spacing: float, splits_marks: bool, shapers: Sequence[Shaper]
) -> Setting:
    """Return the setting of a style; `faces` are numbers of `shapers`, which are those of all faces of the design."""
    return Setting(open_lineup(faces, shapers), size, spacing, splits_marks)
