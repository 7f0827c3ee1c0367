"""Choosing the faces a text is set in, as CSS does (CSS Fonts Level 4, section 5.2), and what each can show."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from pressrun.domain.letters.canvas.properties import Properties
from pressrun.domain.letters.canvas.source import FontFile
from pressrun.domain.letters.faces.formats import Unusable, has_serifs, read_coverage

_WEIGHTS: Final = {"normal": 400, "bold": 700}
_SLANTED: Final = ("italic", "oblique")
# Times New Roman and the free fonts with its widths.
_STANDARD: Final = frozenset({"times new roman", "times", "liberation serif", "tinos", "nimbus roman", "termes"})
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
class FaceWish:
    """What an object asks for: families in order of preference, a weight from 1 to 1000, a style."""

    families: tuple[str, ...]
    weight: int
    style: str


@dataclass(frozen=True, slots=True)
class FontCase:
    """The fonts at hand and the faces taken out of it, in order of first use; files are known by identity."""

    files: Sequence[FontFile]
    faces: list[Face] = field(default_factory=list)
    numbers: dict[int, int] = field(default_factory=dict)
    coverages: dict[int, frozenset[int] | Unusable] = field(default_factory=dict)
    serifs: dict[int, bool] = field(default_factory=dict)
    found: dict[FaceWish, tuple[int, ...] | None] = field(default_factory=dict)


def read_wish(item: Properties) -> FaceWish:
    families = split_families(item.text("fontFamily", "Times New Roman"))
    return FaceWish(families, _read_weight(item), item.choice("fontStyle", ("normal", "italic", "oblique"), "normal"))


def find_faces(item: Properties, wish: FaceWish, case: FontCase) -> tuple[int, ...] | None:
    """Return the numbers of the face wished for and of those that stand in for what it lacks, in order.

    Behind it come the other families wished for, then as in a browser, whose own standard face is Times New Roman:
    that or its metric twins, other serif faces, and the rest in the order they are at hand.
    None, with a fault, when there is no face for the first family at hand.
    """
    if wish not in case.found:
        chosen = _choose_wished(item, wish, case)
        case.found[wish] = None if chosen is None else _take_all(chosen, wish, case)
        return case.found[wish]
    faces = case.found[wish]
    if faces is None:
        # Each object with the same wish is named among the faults.
        _choose_wished(item, wish, case)
    return faces


def split_families(css: str) -> tuple[str, ...]:
    """Return the names of a font-family list without their quotes."""
    return tuple(name.strip().strip("'\"").strip() for name in css.split(","))


def choose_file(files: Iterable[FontFile], weight: int, style: str) -> FontFile | None:
    """Return the face of one family nearest in style, then weight; None where a browser would imitate one."""
    slanted = style in _SLANTED
    fitting = [file for file in files if (file.style in _SLANTED) == slanted]
    if not fitting and slanted:
        return None
    ranked = _rank(fitting or files, weight, style)
    if not ranked or (weight >= _BOLD_FROM > ranked[0].weight):
        return None
    return ranked[0]


def _rank(files: Iterable[FontFile], weight: int, style: str) -> list[FontFile]:
    return sorted(files, key=lambda file: (_distance(weight, file.weight), file.style != style))


def _distance(wanted: int, offered: int) -> tuple[int, int]:
    """Rank weights: between 400 and 500 first up to 500, then down, then up; else away from the middle first."""
    if wanted > _MEDIUM:
        return (0, offered - wanted) if offered >= wanted else (1, wanted - offered)
    if wanted >= _REGULAR and wanted <= offered <= _MEDIUM:
        return (0, offered - wanted)
    return (1, wanted - offered) if offered <= wanted else (2, offered - wanted)


def _choose_wished(item: Properties, wish: FaceWish, case: FontCase) -> FontFile | None:
    """Return the face wished for, or None with a fault."""
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
    return chosen if _is_usable(item, chosen, case) else None


def _is_usable(item: Properties, file: FontFile, case: FontCase) -> bool:
    """Say whether a file's face can be embedded; the first object that wants it is told why not."""
    known = id(file) in case.coverages
    covered = _cover(file, case)
    if isinstance(covered, Unusable) and not known:
        face = f"{file.family} {file.weight} {file.style}"
        item.fault(covered.code, f"The file of {face} {covered.reason}.", covered.remedy)
    return not isinstance(covered, Unusable)


def _take_all(first: FontFile, wish: FaceWish, case: FontCase) -> tuple[int, ...]:
    wished = [name.casefold() for name in wish.families]
    others = sorted(case.files, key=lambda file: _order_stand_in(file, case))
    names = dict.fromkeys([*wished, *(file.family.casefold() for file in others)])
    families = [family for name in names if (family := _family(name, case.files))]
    chosen = [first, *(_choose_stand_in(family, wish) for family in families)]
    numbers = [_take(file, covered, case) for file in chosen if isinstance(covered := _cover(file, case), frozenset)]
    return tuple(dict.fromkeys(numbers))


def _order_stand_in(file: FontFile, case: FontCase) -> int:
    """Rank a family as a browser's own choice for a character that the families wished for lack."""
    if file.family.casefold() in _STANDARD:
        return 0
    key = id(file)
    if key not in case.serifs:
        case.serifs[key] = isinstance(_cover(file, case), frozenset) and has_serifs(file.data)
    return 1 if case.serifs[key] else 2


def _choose_stand_in(family: Sequence[FontFile], wish: FaceWish) -> FontFile:
    """Return the nearest face of a family: for single characters a lighter or upright one is better than none."""
    return choose_file(family, wish.weight, wish.style) or _rank(family, wish.weight, wish.style)[0]


def _family(name: str, files: Iterable[FontFile]) -> list[FontFile]:
    return [file for file in files if file.family.casefold() == name.casefold()]


def _read_weight(item: Properties) -> int:
    value = item.raw.get("fontWeight", "normal")
    if isinstance(value, str):
        value = _WEIGHTS.get(value, int(value) if re.fullmatch(r"[0-9]{1,4}", value) else None)
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 1000:
        return value
    item.fault("design_invalid", "fontWeight is not normal, bold or 1 to 1000.", "Set fontWeight to one of them.")
    return _REGULAR


def _take(file: FontFile, coverage: frozenset[int], case: FontCase) -> int:
    number = case.numbers.setdefault(id(file), len(case.faces))
    if number == len(case.faces):
        case.faces.append(Face(file, coverage))
    return number


def _cover(file: FontFile, case: FontCase) -> frozenset[int] | Unusable:
    """Return the code points a file has glyphs for, or why it cannot be used; read once."""
    key = id(file)
    if key not in case.coverages:
        case.coverages[key] = read_coverage(file.data)
    return case.coverages[key]
