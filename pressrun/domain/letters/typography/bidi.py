"""The order of mixed text: embedding levels and visual runs of one line (Unicode Standard Annex 9, revision 50)."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final, NamedTuple

from fontTools.unicodedata import mirrored

_MOST_DEPTH: Final = 125
_MOST_BRACKETS: Final = 63
# Forms of a line, of about 500 bytes.
_MOST_KNOWN: Final = 20_000
_EMBEDDINGS: Final = {"RLE": 1, "LRE": 0, "RLO": 1, "LRO": 0}
_OVERRIDES: Final = {"RLO": "R", "LRO": "L"}
_ISOLATES: Final = frozenset({"RLI", "LRI", "FSI"})
_REMOVED: Final = frozenset({"RLE", "LRE", "RLO", "LRO", "PDF", "BN"})
_NEUTRAL: Final = frozenset({"B", "S", "WS", "ON", "RLI", "LRI", "FSI", "PDI"})
_TRAILING: Final = frozenset({"S", "B", "WS", "RLI", "LRI", "FSI", "PDI", *_REMOVED})
# Any number of these side by side is like one; W4 and N0 count the others.
_MERGED: Final = frozenset({"L", "R", "AL", "EN", "AN", "WS", "NSM", "ET"})
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


class _Piece(NamedTuple):
    """Characters of one class next to each other; `text` tells brackets apart and is empty for all others."""

    kind: str
    text: str


def order_runs(text: str, *, right_to_left: bool) -> list[VisualRun]:
    """Return the runs of a line in the order they are drawn; `right_to_left` is the line's own direction."""
    if right_to_left and _ONE_WAY.fullmatch(text):
        return [VisualRun(0, len(text), right_to_left=True)] if text else []
    pieces, ends = _cut(text)
    return _reorder(_resolve(pieces, int(right_to_left)), ends)


def resolve_levels(text: str, base: int) -> list[int]:
    """Return the level of each character; even ones run from left to right, `base` is the line's own."""
    pieces, ends = _cut(text)
    levels: list[int] = []
    for level, end in zip(_resolve(pieces, base), ends, strict=True):
        levels += [level] * (end - len(levels))
    return levels


def _cut(text: str) -> tuple[tuple[_Piece, ...], list[int]]:
    """Return the pieces of a text with where each ends; what the rules count singly is a piece of its own."""
    pieces: list[_Piece] = []
    ends: list[int] = []
    before: _Piece | None = None
    for place, piece in enumerate(map(_piece, text), 1):
        if piece is before and piece.kind in _MERGED:
            ends[-1] = place
        else:
            pieces.append(piece)
            ends.append(place)
            before = piece
    return tuple(pieces), ends


@lru_cache(_MOST_KNOWN)
def _resolve(pieces: tuple[_Piece, ...], base: int) -> tuple[int, ...]:
    """Return the levels of pieces; lines of a batch are alike, so they are remembered within bounds."""
    originals = [piece.kind for piece in pieces]
    classes = list(originals)
    if _EMBEDDINGS.keys().isdisjoint(classes) and _ISOLATES.isdisjoint(classes):
        levels = [base] * len(pieces)
    else:
        levels = _resolve_explicit(classes, base)
    for sequence in list(_isolate_sequences(originals, levels, base)):
        _resolve_weak(classes, sequence)
        _resolve_brackets(pieces, classes, sequence)
        _resolve_neutral(classes, sequence)
        for place in sequence.places:
            levels[place] += _implicit_step(classes[place], levels[place])
    _reset_whitespace(originals, levels, base)
    return tuple(levels)


def _reorder(levels: Sequence[int], ends: Sequence[int]) -> list[VisualRun]:
    """Cut the line where the level changes and turn round what is on each level (L2)."""
    runs: list[tuple[int, int, int]] = []
    start = 0
    for level, end in zip(levels, ends, strict=True):
        if runs and runs[-1][2] == level:
            runs[-1] = (runs[-1][0], end, level)
        else:
            runs.append((start, end, level))
        start = end
    for threshold in range(max(levels, default=0), 0, -1):
        first = 0
        while first < len(runs):
            last = first
            while last < len(runs) and runs[last][2] >= threshold:
                last += 1
            runs[first:last] = reversed(runs[first:last])
            first = last + 1
    return [VisualRun(start, end, bool(level % 2)) for start, end, level in runs]


@cache
def _piece(character: str) -> _Piece:
    # Unassigned characters run from left to right where no block says otherwise; none of them has a glyph.
    kind = unicodedata.bidirectional(character) or "L"
    return _known_piece(kind, character if kind == "ON" and _bracket(character) else "")


@cache
def _known_piece(kind: str, text: str) -> _Piece:
    return _Piece(kind, text)


class _Status(NamedTuple):
    level: int
    override: str
    isolate: bool


@dataclass(slots=True)
class _Nesting:
    """The directional status stack of X1 with its counts of what was too deep to open."""

    stack: list[_Status]
    overflown: int = 0
    embedded: int = 0
    valid: int = 0

    def embed(self, kind: str) -> None:
        level = _next_level(self.stack[-1].level, _EMBEDDINGS[kind])
        if level <= _MOST_DEPTH and not (self.overflown or self.embedded):
            self.stack.append(_Status(level, _OVERRIDES.get(kind, ""), isolate=False))
        elif not self.overflown:
            self.embedded += 1

    def isolate(self, odd: int) -> None:
        level = _next_level(self.stack[-1].level, odd)
        if level <= _MOST_DEPTH and not (self.overflown or self.embedded):
            self.valid += 1
            self.stack.append(_Status(level, "", isolate=True))
        else:
            self.overflown += 1

    def end_isolate(self) -> None:
        if self.overflown:
            self.overflown -= 1
        elif self.valid:
            self.embedded, self.valid = 0, self.valid - 1
            while not self.stack.pop().isolate:
                pass

    def end_embedding(self) -> None:
        if self.overflown:
            return
        if self.embedded:
            self.embedded -= 1
        elif not self.stack[-1].isolate and len(self.stack) > 1:
            self.stack.pop()


def _resolve_explicit(classes: list[str], base: int) -> list[int]:
    """Apply X1 to X8: embeddings, overrides and isolates; overridden classes are changed in place."""
    partners = _match_isolates(classes)
    levels = [base] * len(classes)
    nesting = _Nesting([_Status(base, "", isolate=False)])
    for place, kind in enumerate(classes):
        if kind == "PDI":
            nesting.end_isolate()
        status = nesting.stack[-1]
        levels[place] = base if kind == "B" else status.level
        if kind in _EMBEDDINGS:
            nesting.embed(kind)
        elif kind == "PDF":
            nesting.end_embedding()
        elif kind not in {"B", "BN"}:
            if kind in _ISOLATES:
                nesting.isolate(_isolate_side(kind, classes, place, partners))
            classes[place] = status.override or kind
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


def _pair_brackets(pieces: Sequence[_Piece], classes: Sequence[str], places: Sequence[int]) -> list[tuple[int, int]]:
    """Return the pairs of brackets as places in the sequence, by their first (BD16)."""
    opened: list[tuple[str, int]] = []
    pairs: list[tuple[int, int]] = []
    for index, place in enumerate(places):
        bracket = _bracket(pieces[place].text) if classes[place] == "ON" and pieces[place].text else None
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


def _resolve_brackets(pieces: Sequence[_Piece], classes: list[str], sequence: _Sequence) -> None:
    """Apply N0: a pair of brackets takes the direction of what it holds or, failing that, of what is before it."""
    places = sequence.places
    inner = _side(sequence.level)
    for opening, closing in _pair_brackets(pieces, classes, places):
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
                if pieces[place].kind != "NSM":
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
