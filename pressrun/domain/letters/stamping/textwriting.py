"""Writing a text with its placeholders filled in, or saying why that cannot be done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pressrun.domain.letters.canvas.page import Box
from pressrun.domain.letters.canvas.placeholders import Slot, slots_of
from pressrun.domain.letters.drawing.inks import Ink
from pressrun.domain.letters.drawing.surfaces import write_ground
from pressrun.domain.letters.faces.rare_fonts import RareFonts
from pressrun.domain.letters.stamping.letter import Refusal
from pressrun.domain.letters.stamping.program import TextStep
from pressrun.domain.letters.typography.fitting import SetText
from pressrun.domain.letters.typography.lineup import Lineup, open_lineup
from pressrun.domain.letters.typography.screening import LAYOUT_CHARACTERS, describe, normalise
from pressrun.domain.letters.typography.shaping import Shaper
from pressrun.domain.letters.typography.typesetting import Typesetter, open_typesetter

Record = Mapping[str, str]


class Place(NamedTuple):
    """A placeholder; what is all `plain` can be printed without a second look at the `lineup` of its faces."""

    slot: Slot
    plain: frozenset[str]
    lineup: Lineup
    fonts: RareFonts


@dataclass(frozen=True, slots=True)
class TextWriter:
    """Writes one text; `places` are the parts of its template in order."""

    step: TextStep
    typesetter: Typesetter
    places: Sequence[str | Place]
    ground: Ink | None
    page: Box | None

    def __call__(self, record: Record) -> str | Refusal:
        placed = self.place(record)
        return placed if isinstance(placed, Refusal) else placed.operators + "\n"

    def place(self, record: Record) -> SetText | Refusal:
        """Return the operators with the spot the text takes."""
        parts: list[str] = []
        for place in self.places:
            if isinstance(place, str):
                parts.append(place)
                continue
            slot, plain, lineup, fonts = place
            value = fill_slot(slot, record)
            if value is None:
                return _refuse_missing(self.step, record)
            value = normalise(value)
            if not plain.issuperset(value):
                if found := lineup.find_unprintable(value):
                    return _refuse_characters(slot.variable, *found)
                fonts.bring(lineup.rare_in(value))
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
    block = step.block
    places = [
        part if isinstance(part, str) else _open_place(part, open_lineup(block.styles[style].faces, shapers), fonts)
        for part, style in zip(block.template, block.part_styles, strict=True)
    ]
    typesetter = open_typesetter(step.block, step.placement, step.outer, shapers, inks)
    return TextWriter(step, typesetter, places, ground, page)


def _open_place(slot: Slot, lineup: Lineup, fonts: RareFonts) -> Place:
    return Place(slot, lineup.plain.union(LAYOUT_CHARACTERS), lineup, fonts)


def _lay_ground(placed: SetText, ground: Ink, step: TextStep) -> SetText:
    below = write_ground(ground, placed.spot, step.placement.stroke_width)
    return SetText(below + placed.operators, placed.spot)


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


def _refuse_characters(variable: str, code: str, character: str) -> Refusal:
    reason = (
        "is of a script that no font here can show" if code == "script_unsupported" else "has no glyph in the fonts"
    )
    return Refusal(code, f"{describe(character)} in {{{{{variable}}}}} {reason}.")


def _names(variables: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(f"{{{{{variable}}}}}" for variable in variables))
