"""Writing a text with its placeholders filled in, or saying why that cannot be done."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pressrun.domain.letters.fitting import SetText
from pressrun.domain.letters.inks import Ink, Spot
from pressrun.domain.letters.letter import Refusal
from pressrun.domain.letters.operators import operands
from pressrun.domain.letters.page import Box
from pressrun.domain.letters.painting import box_path
from pressrun.domain.letters.placeholders import Slot, slots_of
from pressrun.domain.letters.program import TextStep
from pressrun.domain.letters.rare_fonts import RareFonts
from pressrun.domain.letters.screening import LAYOUT_CHARACTERS, describe, find_unprintable, normalise
from pressrun.domain.letters.shaping import Shaper
from pressrun.domain.letters.typesetting import Typesetter, open_typesetter

Record = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TextWriter:
    """Writes one text; `printable` are the characters its faces can show between them.

    Of these, `rare` are in no shared font: `bring` puts them into the letter's own.
    """

    step: TextStep
    typesetter: Typesetter
    printable: frozenset[str]
    rare: frozenset[str]
    bring: Callable[[str], None]
    ground: Ink | None
    page: Box | None

    def __call__(self, record: Record) -> str | Refusal:
        placed = self.place(record)
        return placed if isinstance(placed, Refusal) else placed.operators + "\n"

    def place(self, record: Record) -> SetText | Refusal:
        """Return the operators with the spot the text takes."""
        parts: list[str] = []
        printable = self.printable
        for part in self.step.block.template:
            if isinstance(part, str):
                parts.append(part)
                continue
            value = record.get(part.variable) or (record.get(part.variable) if part.default is None else part.default)
            if value is None:
                return _refuse_missing(self.step, record)
            value = normalise(value)
            if not printable.issuperset(value):
                return _refuse_characters(self, value, record)
            if not self.rare.isdisjoint(value):
                self.bring(value)
            parts.append(value)
        placed = self.typesetter.set_text(parts, self.page)
        if isinstance(placed, SetText):
            return placed if self.ground is None else _lay_ground(placed, self.ground, self.step)
        return _refuse_misfit(self.step, placed.code)


def open_text_writer(
    step: TextStep,
    shapers: Sequence[Shaper],
    inks: Sequence[Ink],
    ground: Ink | None,
    page: Box | None,
    fonts: RareFonts,
) -> TextWriter:
    faces = sorted({face for style in step.block.styles for face in style.faces})
    rare: frozenset[str] = frozenset().union(*(fonts.characters(face) for face in faces))
    printable = rare.union(LAYOUT_CHARACTERS, *(shapers[face].typeface.characters for face in faces))
    typesetter = open_typesetter(step.block, step.placement, step.outer, shapers, inks)
    return TextWriter(step, typesetter, printable, rare, lambda text: fonts.bring(faces, text), ground, page)


def _lay_ground(placed: SetText, ground: Ink, step: TextStep) -> SetText:
    spot: Spot = placed.spot
    grown = step.placement.stroke_width
    box = box_path(spot.width + grown, spot.height + grown)
    below = f"q {ground.fill(spot)} {operands(spot.matrix)} cm {box} f Q\n"
    return SetText(below + placed.operators, spot)


def fill_slot(slot: Slot, record: Record) -> str | None:
    """Return what is printed for a slot: its default stands in for a missing or empty value."""
    return record.get(slot.variable) or (record.get(slot.variable) if slot.default is None else slot.default)


def _refuse_missing(step: TextStep, record: Record) -> Refusal:
    missing = [slot.variable for slot in slots_of(step.block.template) if fill_slot(slot, record) is None]
    return Refusal("variable_missing", f"There is no value for {_names(missing)}.")


def _refuse_misfit(step: TextStep, code: str) -> Refusal:
    names = _names([slot.variable for slot in slots_of(step.block.template)])
    place = "on the trimmed page" if code == "text_off_page" else "into its box"
    return Refusal(code, f"The text with {names} does not fit {place} ({step.where}).")


def _refuse_characters(writer: TextWriter, value: str, record: Record) -> Refusal:
    """Name the first character that cannot be printed, and the variables that bring it."""
    covered = frozenset(map(ord, writer.printable))
    code, character = find_unprintable(value, covered) or ("glyph_missing", "\ufffd")
    slots = slots_of(writer.step.block.template)
    names = [slot.variable for slot in slots if character in normalise(fill_slot(slot, record) or "")]
    where = _names(names or [slot.variable for slot in slots])
    reason = "is of a script that is not supported" if code == "script_unsupported" else "has no glyph in the fonts"
    return Refusal(code, f"{describe(character)} in {where} {reason}.")


def _names(variables: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(f"{{{{{variable}}}}}" for variable in variables))
