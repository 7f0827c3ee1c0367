"""The order of mixed text: embedding levels and visual runs of one line (Unicode Standard Annex 9, revision 50)."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

from fontTools.unicodedata import mirrored

_MOST_DEPTH: Final = 125
_MOST_BRACKETS: Final = 63
_EMBEDDINGS: Final = {"RLE": 1, "LRE": 0, "RLO": 1, "LRO": 0}
_OVERRIDES: Final = {"RLO": "R", "LRO": "L"}
_ISOLATES: Final = frozenset({"RLI", "LRI", "FSI"})
_REMOVED: Final = frozenset({"RLE", "LRE", "RLO", "LRO", "PDF", "BN"})
_NEUTRAL: Final = frozenset({"B", "S", "WS", "ON", "RLI", "LRI", "FSI", "PDI"})
_TRAILING: Final = frozenset({"S", "B", "WS", "RLI", "LRI", "FSI", "PDI", *_REMOVED})
_STRONG: Final = {"L": "L", "R": "R", "EN": "R", "AN": "R"}
# UAX 9, N0: these two pairs are the same as U+3008 and U+3009.
_SAME_BRACKET: Final = {"\u2329": "\u3008", "\u232a": "\u3009"}
# Hebrew and Arabic letters with blanks and marks that take their side: names and most sentences are only that.
_ONE_WAY: Final = re.compile(r"[\u05d0-\u05ea\u0591-\u05bd\u0620-\u065f\u066e-\u06d3 ,.!?\u060c\u061b\u061f'\"-]*")


class VisualRun(NamedTuple):
    """A stretch of the text of one direction, from `start` to `end`; runs come from left to right."""

    start: int
    end: int
    right_to_left: bool


@dataclass(frozen=True, slots=True)
class _Sequence:
    """An isolating run sequence: places in the text, its level and the directions at its ends."""

    places: Sequence[int]
    level: int
    opens: str
    closes: str


def order_runs(text: str, *, right_to_left: bool) -> list[VisualRun]:
    """Return the runs of a line in the order they are drawn; `right_to_left` is the line's own direction."""
    if right_to_left and _ONE_WAY.fullmatch(text):
        return [VisualRun(0, len(text), right_to_left=True)] if text else []
    return _reorder(resolve_levels(text, int(right_to_left)))


def resolve_levels(text: str, base: int) -> list[int]:
    """Return the level of each character; even ones run from left to right, `base` is the line's own."""
    originals = [_bidi_class(character) for character in text]
    classes = list(originals)
    if _EMBEDDINGS.keys().isdisjoint(classes) and _ISOLATES.isdisjoint(classes):
        levels = [base] * len(text)
    else:
        levels = _resolve_explicit(classes, base)
    for sequence in _isolate_sequences(originals, levels, base):
        _resolve_weak(classes, sequence)
        _resolve_brackets(text, originals, classes, sequence)
        _resolve_neutral(classes, sequence)
        for place in sequence.places:
            levels[place] += _implicit_step(classes[place], levels[place])
    _reset_whitespace(originals, levels, base)
    return levels


def _reorder(levels: Sequence[int]) -> list[VisualRun]:
    """Cut the line where the level changes and turn round what is on each level (L2)."""
    runs: list[tuple[int, int, int]] = []
    for place, level in enumerate(levels):
        if runs and runs[-1][2] == level:
            runs[-1] = (runs[-1][0], place + 1, level)
        else:
            runs.append((place, place + 1, level))
    for threshold in range(max(levels, default=0), 0, -1):
        start = 0
        while start < len(runs):
            end = start
            while end < len(runs) and runs[end][2] >= threshold:
                end += 1
            runs[start:end] = reversed(runs[start:end])
            start = end + 1
    return [VisualRun(start, end, bool(level % 2)) for start, end, level in runs]


@cache
def _bidi_class(character: str) -> str:
    # Unassigned characters run from left to right where no block says otherwise; none of them has a glyph.
    return unicodedata.bidirectional(character) or "L"


class _Status(NamedTuple):
    level: int
    override: str
    isolate: bool


def _resolve_explicit(classes: list[str], base: int) -> list[int]:
    """Apply X1 to X8: embeddings, overrides and isolates; overridden classes are changed in place."""
    partners = _match_isolates(classes)
    levels = [base] * len(classes)
    stack = [_Status(base, "", isolate=False)]
    overflown, embedded, valid = 0, 0, 0
    for place, kind in enumerate(classes):
        levels[place] = stack[-1].level
        if kind in _EMBEDDINGS:
            level = _next_level(stack[-1].level, _EMBEDDINGS[kind])
            if level <= _MOST_DEPTH and not (overflown or embedded):
                stack.append(_Status(level, _OVERRIDES.get(kind, ""), isolate=False))
            elif not overflown:
                embedded += 1
        elif kind in _ISOLATES:
            classes[place] = stack[-1].override or kind
            level = _next_level(stack[-1].level, _isolate_side(kind, classes, place, partners))
            if level <= _MOST_DEPTH and not (overflown or embedded):
                valid += 1
                stack.append(_Status(level, "", isolate=True))
            else:
                overflown += 1
        elif kind == "PDI":
            if overflown:
                overflown -= 1
            elif valid:
                embedded, valid = 0, valid - 1
                while not stack[-1].isolate:
                    stack.pop()
                stack.pop()
            levels[place] = stack[-1].level
            classes[place] = stack[-1].override or kind
        elif kind == "PDF":
            if not overflown and embedded:
                embedded -= 1
            elif not overflown and not stack[-1].isolate and len(stack) > 1:
                stack.pop()
        elif kind == "B":
            levels[place] = base
        elif kind != "BN":
            classes[place] = stack[-1].override or kind
    return levels


def _next_level(level: int, odd: int) -> int:
    return level + 1 + ((level + 1) % 2 != odd)


def _isolate_side(kind: str, classes: Sequence[str], place: int, partners: dict[int, int]) -> int:
    """Return 1 for an isolate from right to left; FSI takes the side of its first strong character (P2, P3)."""
    if kind != "FSI":
        return int(kind == "RLI")
    at, end = place + 1, partners.get(place, len(classes))
    while at < end:
        if classes[at] in {"L", "R", "AL"}:
            return int(classes[at] != "L")
        at = partners.get(at, end) if classes[at] in _ISOLATES else at
        at += 1
    return 0


def _match_isolates(classes: Sequence[str]) -> dict[int, int]:
    """Return the place of the PDI that ends each isolate (BD9)."""
    partners: dict[int, int] = {}
    opened: list[int] = []
    for place, kind in enumerate(classes):
        if kind in _ISOLATES:
            opened.append(place)
        elif kind == "PDI" and opened:
            partners[opened.pop()] = place
    return partners


def _isolate_sequences(classes: Sequence[str], levels: Sequence[int], base: int) -> Iterator[_Sequence]:
    """Yield the isolating run sequences (X9, X10): level runs, joined over the isolates inside them."""
    kept = [place for place, kind in enumerate(classes) if kind not in _REMOVED]
    runs: list[list[int]] = []
    for place in kept:
        if runs and levels[runs[-1][-1]] == levels[place]:
            runs[-1].append(place)
        else:
            runs.append([place])
    partners = _match_isolates(classes)
    ends = set(partners.values())
    first = {run[0]: run for run in runs}
    position = {place: index for index, place in enumerate(kept)}
    for run in runs:
        if run[0] in ends:
            continue
        places = list(run)
        while places[-1] in partners:
            places += first[partners[places[-1]]]
        level = levels[places[0]]
        before, after = position[places[0]] - 1, position[places[-1]] + 1
        previous = levels[kept[before]] if before >= 0 else base
        # What follows an isolate that is never closed is the paragraph's end.
        following = levels[kept[after]] if after < len(kept) and classes[places[-1]] not in _ISOLATES else base
        yield _Sequence(places, level, _side(max(level, previous)), _side(max(level, following)))


def _side(level: int) -> str:
    return "R" if level % 2 else "L"


def _resolve_weak(classes: list[str], sequence: _Sequence) -> None:
    """Apply W1 to W7: marks, numbers and what belongs to numbers."""
    places = sequence.places
    before, strong = sequence.opens, sequence.opens
    for place in places:
        kind = classes[place]
        if kind == "NSM":
            kind = "ON" if before in _ISOLATES or before == "PDI" else before
        before = kind
        if kind == "EN" and strong == "AL":
            kind = "AN"
        elif kind in {"L", "R", "AL"}:
            strong = kind
        classes[place] = kind
    for place in places:
        if classes[place] == "AL":
            classes[place] = "R"
    _join_separators(classes, places)
    _join_terminators(classes, places)
    strong = sequence.opens
    for place in places:
        if classes[place] in {"ES", "ET", "CS"}:
            classes[place] = "ON"
        elif classes[place] in {"L", "R"}:
            strong = classes[place]
        elif classes[place] == "EN" and strong == "L":
            classes[place] = "L"


def _join_separators(classes: list[str], places: Sequence[int]) -> None:
    """Apply W4: one separator between two numbers of a kind is part of them."""
    for before, place, after in zip(places, places[1:], places[2:], strict=False):
        number = classes[before]
        if number == classes[after] and (
            (number == "EN" and classes[place] in {"ES", "CS"}) or (number == "AN" and classes[place] == "CS")
        ):
            classes[place] = number


def _join_terminators(classes: list[str], places: Sequence[int]) -> None:
    """Apply W5: signs of currency and per cent beside a European number are part of it."""
    for step in (places, places[::-1]):
        beside = ""
        for place in step:
            if classes[place] == "ET" and beside == "EN":
                classes[place] = "EN"
            beside = classes[place]


@cache
def _bracket(character: str) -> tuple[str, str] | None:
    """Return "open" or "close" with the closing bracket of the pair (BD14, BD15), or None."""
    other = mirrored(ord(character))
    category = unicodedata.category(character)
    if other is None or {category, unicodedata.category(chr(other))} != {"Ps", "Pe"}:
        return None
    if category == "Ps":
        return "open", _SAME_BRACKET.get(chr(other), chr(other))
    return "close", _SAME_BRACKET.get(character, character)


def _pair_brackets(text: str, classes: Sequence[str], places: Sequence[int]) -> list[tuple[int, int]]:
    """Return the pairs of brackets as places in the sequence, by their first (BD16)."""
    opened: list[tuple[str, int]] = []
    pairs: list[tuple[int, int]] = []
    for index, place in enumerate(places):
        bracket = _bracket(text[place]) if classes[place] == "ON" else None
        if bracket is None:
            continue
        side, closing = bracket
        if side == "open":
            if len(opened) == _MOST_BRACKETS:
                return []
            opened.append((closing, index))
            continue
        for depth in range(len(opened) - 1, -1, -1):
            if opened[depth][0] == closing:
                pairs.append((opened[depth][1], index))
                del opened[depth:]
                break
    return sorted(pairs)


def _resolve_brackets(text: str, originals: Sequence[str], classes: list[str], sequence: _Sequence) -> None:
    """Apply N0: a pair of brackets takes the direction of what it holds or, failing that, of what is before it."""
    places = sequence.places
    inner = _side(sequence.level)
    for opening, closing in _pair_brackets(text, classes, places):
        inside = {_STRONG.get(classes[place]) for place in places[opening + 1 : closing]} - {None}
        if inner in inside:
            side = inner
        elif inside:
            before = (_STRONG.get(classes[place]) for place in reversed(places[:opening]))
            side = next((strong for strong in before if strong), sequence.opens)
        else:
            continue
        for index in (opening, closing):
            classes[places[index]] = side
            for place in places[index + 1 :]:
                if originals[place] != "NSM":
                    break
                classes[place] = side


def _resolve_neutral(classes: list[str], sequence: _Sequence) -> None:
    """Apply N1 and N2: between two of one direction it is theirs, else the sequence's own."""
    before = sequence.opens
    waiting: list[int] = []
    own = _side(sequence.level)
    for place in (*sequence.places, None):
        kind = sequence.closes if place is None else classes[place]
        if place is not None and kind in _NEUTRAL:
            waiting.append(place)
            continue
        after = _STRONG.get(kind, own)
        for neutral in waiting:
            classes[neutral] = after if before == after else own
        waiting.clear()
        before = after


def _implicit_step(kind: str, level: int) -> int:
    """Return what I1 and I2 add to a level."""
    if level % 2:
        return int(kind != "R")
    return {"R": 1, "AN": 2, "EN": 2}.get(kind, 0)


def _reset_whitespace(classes: Sequence[str], levels: list[int], base: int) -> None:
    """Apply L1 to one line, and give what X9 removes the level of what is before it."""
    trailing = True
    for place in range(len(classes) - 1, -1, -1):
        kind = classes[place]
        if kind in {"S", "B"}:
            trailing = True
        if trailing and kind in _TRAILING:
            levels[place] = base
        else:
            trailing = False
    for place, kind in enumerate(classes):
        if kind in _REMOVED:
            levels[place] = levels[place - 1] if place else base
