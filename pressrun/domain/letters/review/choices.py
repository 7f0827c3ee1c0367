"""Which recipients of a list a design should be looked at with: those that stress it most, and a sample."""

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, zip_longest
from typing import Final, Literal, NamedTuple

from pressrun.domain.letters.canvas.placeholders import Variable
from pressrun.domain.letters.stamping.letter import Refusal

# Of the places, one in six is kept for the sample, and one of three: what is typical is looked at as well.
_SAMPLED_SHARE: Final = 6
# A character is rare in at most one of twenty rows.
_RARE_SHARE: Final = 20
# Characters whose bearers are remembered: bounds the memory whatever is in the list.
_CHARACTERS_KEPT: Final = 200
_BEARERS_CHOSEN: Final = 4
_LARGEST_ASCII: Final = 0x7F

Kind = Literal[
    "refused", "uncovered", "together", "most_lines", "missing", "rare", "densest", "longest", "fullest", "sample"
]
Measure = Callable[[str], float]


class Recipient(NamedTuple):
    """A row as letters see it: its line in the list, the values given, and why there can be no letter, if so."""

    line: int
    record: Mapping[str, str]
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a recipient was chosen: `about` names variables, a character as U+XXXX or a code; never a value.

    `amount` counts characters (`longest`, `together`, `fullest`), lines, rows (`rare`, `uncovered`), bytes (`densest`)
    or missing values.
    """

    kind: Kind
    about: str
    amount: int

    def __str__(self) -> str:
        return _TOLD[self.kind].format(about=self.about, amount=self.amount)


@dataclass(frozen=True, slots=True)
class Choice:
    """A chosen recipient with every reason that speaks for it, the strongest first."""

    recipient: Recipient
    reasons: tuple[Reason, ...]


def choose_records(
    recipients: Iterable[Recipient],
    variables: Sequence[Variable],
    *,
    size: int,
    seed: int,
    together: Sequence[tuple[str, ...]] = (),
    measure: Measure = len,
    covered: Callable[[str], bool] = str.isprintable,
) -> tuple[Choice, ...]:
    """Choose at most `size` recipients in one pass, in the order of the list; the same choice for the same seed.

    `together` names the variables that share a line of a text; `measure` says how wide a value is, in any unit, and
    `covered` whether the design's fonts have a character.
    """
    dice = random.Random(seed)  # noqa: S311 - a sample, no secret
    survey = _Survey(variables, together, measure, covered, dice, size)
    for recipient in recipients:
        survey.look_at(recipient)
    return survey.choose()


class _Peak(NamedTuple):
    height: float
    recipient: Recipient
    amount: int


@dataclass(slots=True)
class _Survey:
    """What is remembered while the list goes by: the highest of everything so far, and an even sample."""

    variables: Sequence[Variable]
    together: Sequence[tuple[str, ...]]
    measure: Measure
    covered: Callable[[str], bool]
    dice: random.Random
    size: int
    peaks: dict[tuple[Kind, str], _Peak] = field(default_factory=dict)
    occurrences: Counter[str] = field(default_factory=Counter)
    bearers: dict[str, Recipient] = field(default_factory=dict)
    sample: list[Recipient] = field(default_factory=list)
    seen: int = 0

    def look_at(self, recipient: Recipient) -> None:
        if recipient.refusal is not None:
            self._raise("refused", recipient.refusal.code, 1, recipient, 1)
            return
        self._weigh_texts(recipient)
        self._weigh_codes(recipient)
        self._count_missing(recipient)
        self._count_characters(recipient)
        self._draw_lots(recipient)

    def choose(self) -> tuple[Choice, ...]:
        reserved = max(0, min(len(self.sample), self.size - 2, max(1, self.size // _SAMPLED_SHARE)))
        chosen: dict[int, tuple[Recipient, list[Reason]]] = {}
        for recipient, reason in self._in_turns():
            if recipient.line in chosen or len(chosen) < self.size - reserved:
                chosen.setdefault(recipient.line, (recipient, []))[1].append(reason)
        for recipient in self.sample:
            if len(chosen) < self.size:
                chosen.setdefault(recipient.line, (recipient, [Reason("sample", "", 1)]))
        return tuple(Choice(recipient, tuple(reasons)) for _, (recipient, reasons) in sorted(chosen.items()))

    def _raise(self, kind: Kind, about: str, height: float, recipient: Recipient, amount: int) -> None:
        """Remember the highest; the first of equals stays."""
        peak = self.peaks.get((kind, about))
        if peak is None or height > peak.height:
            self.peaks[kind, about] = _Peak(height, recipient, amount)

    def _weigh_texts(self, recipient: Recipient) -> None:
        record = recipient.record
        texts = {v.name: record[v.name] for v in self.variables if v.kind == "text" and v.name in record}
        widths = {name: self.measure(value) for name, value in texts.items()}
        for name, width in widths.items():
            self._raise("longest", _braced(name), width, recipient, len(texts[name]))
        for names in self.together:
            if given := [name for name in names if name in texts]:
                width, length = sum(widths[name] for name in given), sum(len(texts[name]) for name in given)
                self._raise("together", " ".join(map(_braced, names)), width, recipient, length)
        if len(texts) > 1:
            self._raise("fullest", "", sum(widths.values()), recipient, sum(map(len, texts.values())))
        lines = max((len(text.splitlines()) for text in texts.values()), default=0)
        if lines > 1:
            self._raise("most_lines", "", lines, recipient, lines)

    def _weigh_codes(self, recipient: Recipient) -> None:
        for variable in self.variables:
            if variable.kind in {"qr", "barcode"} and (value := recipient.record.get(variable.name)):
                length = len(value.encode())
                self._raise("densest", _braced(variable.name), length, recipient, length)

    def _count_missing(self, recipient: Recipient) -> None:
        missing = [v.name for v in self.variables if v.default is not None and not recipient.record.get(v.name)]
        for name in dict.fromkeys(missing):
            # Whoever lacks more besides is the harder case.
            self._raise("missing", _braced(name), len(missing), recipient, len(missing))

    def _count_characters(self, recipient: Recipient) -> None:
        characters = set(chain.from_iterable(recipient.record.values()))
        new = [character for character in characters if character not in self.occurrences]
        self.occurrences.update(characters)
        if new:
            self.bearers.update(dict.fromkeys(new, recipient))
            # By rank, never by the set's order, which changes from process to process.
            for character in sorted(self.bearers, key=self._rarity)[_CHARACTERS_KEPT:]:
                del self.bearers[character]

    def _rarity(self, character: str) -> tuple[bool, bool, int, int]:
        """Rank characters: what no font has, then the rarest beyond ASCII, which every font has."""
        code_point = ord(character)
        known = character.isspace() or self.covered(character)
        return known, code_point <= _LARGEST_ASCII, self.occurrences[character], -code_point

    def _draw_lots(self, recipient: Recipient) -> None:
        """Keep each recipient with the same probability (Vitter's algorithm R)."""
        self.seen += 1
        if len(self.sample) < self.size:
            self.sample.append(recipient)
        elif (place := self.dice.randrange(self.seen)) < self.size:
            self.sample[place] = recipient

    def _in_turns(self) -> Iterator[tuple[Recipient, Reason]]:
        """Every reason there is, one of each kind before the second of any."""
        kinds: dict[Kind, list[tuple[Recipient, Reason]]] = {kind: [] for kind in _TOLD}
        for (kind, about), peak in self.peaks.items():
            kinds[kind].append((peak.recipient, Reason(kind, about, peak.amount)))
        for recipient, reason in self._list_rare():
            kinds[reason.kind].append((recipient, reason))
        rounds = zip_longest(*kinds.values())
        return (found for each in rounds for found in each if found is not None)

    def _list_rare(self) -> Iterator[tuple[Recipient, Reason]]:
        """The bearers of the rarest characters, each once."""
        lines: set[int] = set()
        for character in sorted(self.bearers, key=self._rarity):
            bearer, rows = self.bearers[character], self.occurrences[character]
            known = self._rarity(character)[0]
            if known and rows > max(1, self.seen // _RARE_SHARE):
                continue
            if bearer.line not in lines and len(lines) < _BEARERS_CHOSEN:
                lines.add(bearer.line)
                yield bearer, Reason("rare" if known else "uncovered", f"U+{ord(character):04X}", rows)


def _braced(name: str) -> str:
    return f"{{{{{name}}}}}"


# In the order in which they take turns.
_TOLD: Final[Mapping[Kind, str]] = {
    "refused": "first with {about}",
    "uncovered": "character {about}, which no font here has; rows with it: {amount}",
    "together": "longest {about} together: {amount} characters",
    "most_lines": "most lines: {amount}",
    "missing": "without {about}; values missing: {amount}",
    "rare": "rare character {about}; rows with it: {amount}",
    "densest": "densest code {about}: {amount} bytes",
    "longest": "longest {about}: {amount} characters",
    "fullest": "most text: {amount} characters",
    "sample": "sample",
}
