"""Choosing the face a text is set in, as CSS does (CSS Fonts Level 4, section 5.2), and what that face can show."""

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from fontTools.ttLib import TTFont

from pressrun.domain.letters.properties import Properties
from pressrun.domain.letters.source import FontFile

_WEIGHTS: Final = {"normal": 400, "bold": 700}
_SLANTED: Final = ("italic", "oblique")
# From 600 a browser thickens a face that is lighter by itself; the outlines of that are nobody's design.
_BOLD_FROM: Final = 600
_REGULAR: Final = 400
_MEDIUM: Final = 500


@dataclass(frozen=True, slots=True)
class Face:
    """A font file in use, with the code points it has glyphs for."""

    file: FontFile
    coverage: frozenset[int]


@dataclass(frozen=True, slots=True)
class FontCase:
    """The fonts at hand and the faces taken out of it, in order of first use; files are known by identity."""

    files: Sequence[FontFile]
    faces: list[Face] = field(default_factory=list)
    numbers: dict[int, int] = field(default_factory=dict)
    coverages: dict[int, frozenset[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FaceWish:
    """What an object asks for: families in order of preference, a weight from 1 to 1000, a style."""

    families: tuple[str, ...]
    weight: int
    style: str


def read_wish(item: Properties) -> FaceWish:
    families = split_families(item.text("fontFamily", "Times New Roman"))
    return FaceWish(families, _read_weight(item), item.choice("fontStyle", ("normal", "italic", "oblique"), "normal"))


def find_face(item: Properties, wish: FaceWish, case: FontCase) -> int | None:
    """Return the number of the face wished for, or None with a fault."""
    family = next((found for name in wish.families if (found := _family(name, case.files))), None)
    if not family:
        item.fault(
            "font_missing",
            f"There is no font file for the family {', '.join(wish.families)!r}.",
            "Add the family's file to fonts/ and fonts.json, or choose one that is there.",
        )
        return None
    chosen = choose_file(family, wish.weight, wish.style)
    if chosen is None:
        item.fault(
            "font_face_missing",
            f"{family[0].family} has no face of weight {wish.weight} and style {wish.style}; browsers imitate it.",
            "Add that face to fonts/ and fonts.json.",
        )
        return None
    return _take(chosen, case) if _cover(item, chosen, case) else None


def find_substitute(item: Properties, character: str, wish: FaceWish, case: FontCase) -> int | None:
    """Return the number of another face for one character of the design's own text, or None.

    The families wished for come first, then those at hand in their order, as a browser goes through its own.
    """
    names = (*wish.families, *(file.family for file in case.files))
    for name in dict.fromkeys(names):
        chosen = choose_file(_family(name, case.files), wish.weight, wish.style)
        if chosen and ord(character) in _cover(item, chosen, case):
            return _take(chosen, case)
    return None


def split_families(css: str) -> tuple[str, ...]:
    """Return the names of a font-family list without their quotes."""
    return tuple(name.strip().strip("'\"").strip() for name in css.split(","))


def choose_file(files: Iterable[FontFile], weight: int, style: str) -> FontFile | None:
    """Return the face of one family nearest in style, then weight; None where a browser would imitate one."""
    slanted = style in _SLANTED
    fitting = [file for file in files if (file.style in _SLANTED) == slanted]
    if not fitting and slanted:
        return None
    ranked = sorted(fitting or files, key=lambda file: (_distance(weight, file.weight), file.style != style))
    if not ranked or (weight >= _BOLD_FROM > ranked[0].weight):
        return None
    return ranked[0]


def _distance(wanted: int, offered: int) -> tuple[int, int]:
    """Rank weights: between 400 and 500 first up to 500, then down, then up; else away from the middle first."""
    if wanted > _MEDIUM:
        return (0, offered - wanted) if offered >= wanted else (1, wanted - offered)
    if wanted >= _REGULAR and wanted <= offered <= _MEDIUM:
        return (0, offered - wanted)
    return (1, wanted - offered) if offered <= wanted else (2, offered - wanted)


def _family(name: str, files: Iterable[FontFile]) -> list[FontFile]:
    return [file for file in files if file.family.casefold() == name.casefold()]


def _read_weight(item: Properties) -> int:
    value = item.raw.get("fontWeight", "normal")
    if isinstance(value, str):
        value = _WEIGHTS.get(value, int(value) if re.fullmatch(r"\d{1,4}", value) else None)
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 1000:
        return value
    item.fault("design_invalid", "fontWeight is not normal, bold or 1 to 1000.", "Set fontWeight to one of them.")
    return _REGULAR


def _take(file: FontFile, case: FontCase) -> int:
    number = case.numbers.setdefault(id(file), len(case.faces))
    if number == len(case.faces):
        case.faces.append(Face(file, case.coverages[id(file)]))
    return number


def _cover(item: Properties, file: FontFile, case: FontCase) -> frozenset[int]:
    """Return the code points a file has glyphs for; none, with a fault the first time, if it cannot be read."""
    key = id(file)
    if key not in case.coverages:
        case.coverages[key] = _read_coverage(file)
        if not case.coverages[key]:
            item.fault(
                "font_unreadable",
                f"The file of {file.family} {file.weight} {file.style} is no static TrueType font, or damaged.",
                "Use a static .ttf file of the face.",
            )
    return case.coverages[key]


def _read_coverage(file: FontFile) -> frozenset[int]:
    try:
        font = TTFont(io.BytesIO(file.data), lazy=True)
        covered = font.getBestCmap() if "glyf" in font and "fvar" not in font else None
    except Exception:  # noqa: BLE001 - fontTools raises whatever a damaged table leads to
        covered = None
    return frozenset(covered or ())
