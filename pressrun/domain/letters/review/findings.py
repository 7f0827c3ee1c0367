"""What comes up over all recipients of a list: counted by code, with a few places to look at."""

from dataclasses import dataclass, field
from typing import Final

# Distinct messages kept of one code, and lines kept of one message: enough to see what is wrong and where it begins.
MESSAGES_KEPT: Final = 10
LINES_KEPT: Final = 5


@dataclass(frozen=True, slots=True)
class Example:
    """One message, how many recipients it came up for, and the lines of the first of them."""

    message: str
    count: int
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """How many recipients one code came up for; only its first messages are kept as examples."""

    code: str
    count: int
    examples: tuple[Example, ...]


@dataclass(slots=True)
class Tally:
    """Counts what comes up, in bounded memory however many recipients there are."""

    _counts: dict[str, int] = field(default_factory=dict)
    _places: dict[str, dict[str, "_Places"]] = field(default_factory=dict)

    def add(self, line: int, code: str, message: str) -> None:
        """Count one recipient, on a line of the list, under a code."""
        self._counts[code] = self._counts.get(code, 0) + 1
        kept = self._places.setdefault(code, {})
        if message in kept or len(kept) < MESSAGES_KEPT:
            places = kept.setdefault(message, _Places())
            places.count += 1
            if len(places.lines) < LINES_KEPT:
                places.lines.append(line)

    def list_findings(self) -> tuple[Finding, ...]:
        """The commonest code first, its messages in the order of the list."""
        ranked = sorted(self._counts.items(), key=lambda each: (-each[1], each[0]))
        return tuple(Finding(code, count, self._list_examples(code)) for code, count in ranked)

    def _list_examples(self, code: str) -> tuple[Example, ...]:
        kept = self._places[code].items()
        return tuple(Example(message, places.count, tuple(places.lines)) for message, places in kept)


@dataclass(slots=True)
class _Places:
    count: int = 0
    lines: list[int] = field(default_factory=list)
