"""Invented lists with their compiled designs, ready to be stamped, each of a sort that costs differently."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from fontTools.ttLib import TTFont

from benchmarks.intake import Prepared, prepare_letters, write_list
from benchmarks.invented import SHAPED, Record, invent_rare, invent_recipients, invent_shaped
from benchmarks.postcard import a_design
from benchmarks.rounds import Engine, Pace, pace_of, take_turn
from pressrun.domain.letters import CompiledDesign, FontFile, Letter, Refusal

MIXED = "stamp"
"""The name of the list by which the target is measured."""

# Letters between two looks at the clock.
LOT = 50
FONT_FOLDERS = (
    Path(__file__).parent.parent / "tests" / "fidelity" / "cases" / "fonts",
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path.home() / ".local" / "share" / "fonts",
    Path("/Library/Fonts"),
    Path("/System/Library/Fonts"),
)
FONTS_OF_SCRIPTS = {
    "Hebrew": ("NotoSansHebrew-Regular.ttf", "DejaVuSans.ttf"),
    "Arabic": ("NotoNaskhArabic-Regular.ttf", "NotoSansArabic-Regular.ttf", "DejaVuSans.ttf"),
    "Devanagari": ("NotoSansDevanagari-Regular.ttf", "Lohit-Devanagari.ttf", "FreeSans.ttf"),
    "Thai": ("NotoSansThai-Regular.ttf", "Garuda.ttf", "Loma.ttf"),
}
CHINESE_FONTS = (
    "NotoSansCJKsc-Regular.otf",
    "NotoSansSC-Regular.ttf",
    "NotoSansSC-Regular.otf",
    "DroidSansFallbackFull.ttf",
    "DroidSansFallback.ttf",
)


@dataclass(frozen=True, slots=True)
class Batch:
    """A list of recipients and the design compiled for it; every word of it has been met once."""

    name: str
    records: Sequence[Record]
    prepared: Prepared
    compiled: CompiledDesign

    def engine(self) -> Engine:
        return Engine(self.name, self.stamp, self.records, LOT)

    def stamp(self, records: Sequence[Record]) -> int:
        return sum(map(size_of, map(self.compiled.stamp, records)))

    def letters(self) -> Iterator[Letter]:
        outcomes = map(self.compiled.stamp, self.records)
        return (letter for letter in outcomes if isinstance(letter, Letter))


def prepare_batches(total: int, folder: Path) -> tuple[list[Batch], dict[str, str]]:
    """Return the batches, the mixed one first, and by name why others are left out."""
    prepared = {MIXED: prepare_batch(MIXED, invent_recipients(total), [], folder)}
    for script in SHAPED:
        name = f"{MIXED}, {script}"
        font = find_font(FONTS_OF_SCRIPTS[script])
        prepared[name] = _prepare_with(name, invent_shaped(script, total), font, folder)
    name = f"{MIXED}, rare glyphs"
    font = find_font(CHINESE_FONTS)
    records = invent_rare(total, sorted(TTFont(font).getBestCmap())) if font else []
    prepared[name] = _prepare_with(name, records, font, folder)
    batches = [batch for batch in prepared.values() if isinstance(batch, Batch)]
    return batches, {name: reason for name, reason in prepared.items() if isinstance(reason, str)}


def prepare_batch(name: str, records: Sequence[Record], fonts: Sequence[FontFile], folder: Path) -> Batch | str:
    """Return a batch with all its letters stamped once, or in words why it cannot be measured."""
    prepared = prepare_letters(a_design(fonts), write_list(folder / "list.csv", records))
    compiled = CompiledDesign.from_bytes(prepared.stored)
    refusals = [letter for letter in map(compiled.stamp, records) if isinstance(letter, Refusal)]
    if refusals:
        return f"{len(refusals)} of {len(records)} letters are refused: {refusals[0].code}"
    return Batch(name, records, prepared, compiled)


def find_font(names: Sequence[str]) -> Path | None:
    """Return the first of these files among the fonts of the fidelity tests or the system's."""
    found = {path.name: path for folder in reversed(FONT_FOLDERS) for path in folder.rglob("*.[ot]tf")}
    return next((found[name] for name in names if name in found), None)


def measure_first_letters(batch: Batch, rounds: int) -> Pace:
    """Return the pace of a whole list through a design just opened, which knows no word yet."""
    turns = []
    for _ in range(rounds):
        fresh = replace(batch, compiled=CompiledDesign.from_bytes(batch.prepared.stored))
        turns.append(take_turn(fresh.stamp, iter([fresh.records]), 0))
    return pace_of(turns)


def joining(batch: Batch) -> Engine:
    """Return the same stamping with both parts of a letter copied into one, as other engines give theirs."""

    def join(records: Sequence[Record]) -> int:
        return sum(len(_whole(letter)) for letter in map(batch.compiled.stamp, records))

    return Engine(f"{batch.name}, as one piece", join, batch.records, LOT)


def yardstick(batch: Batch) -> Engine:
    """Return a bare loop that copies and hashes the bytes of the same letters, whatever made them."""

    def copy(letters: Sequence[Letter]) -> int:
        size = 0
        for letter in letters:
            whole = _whole(letter)
            hashlib.sha256(whole).hexdigest()
            size += len(whole)
        return size

    return Engine("copy and SHA-256 of as many bytes", copy, list(batch.letters()), LOT)


def size_of(letter: Letter | Refusal) -> int:
    assert isinstance(letter, Letter)
    return len(letter.prefix) + len(letter.tail)


def _whole(letter: Letter | Refusal) -> bytes:
    assert isinstance(letter, Letter)
    return letter.prefix + letter.tail


def _prepare_with(name: str, records: Sequence[Record], font: Path | None, folder: Path) -> Batch | str:
    if font is None:
        return "no font found"
    return prepare_batch(name, records, [FontFile("Stand-in", 400, "normal", font.read_bytes())], folder)
