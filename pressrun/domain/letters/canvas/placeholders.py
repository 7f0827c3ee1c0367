"""Placeholders in a text: `{{name}}` and `{{name|default}}`, blanks allowed inside the braces."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Literal

_PLACEHOLDER: Final = re.compile(r"\{\{\s*([^{}|\s](?:[^{}|]*[^{}|\s])?)\s*(?:\|\s*([^{}]*?)\s*)?\}\}")


# What a variable's value becomes: printed text, a code's content, or the name of a picture.
Kind = Literal["text", "qr", "barcode", "image"]


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of a variable's value in a text; `default` stands in for a missing or empty value."""

    variable: str
    default: str | None


@dataclass(frozen=True, slots=True)
class Variable:
    """A value each recipient brings; `default` is None when some place of it has no default, so it must be given."""

    name: str
    default: str | None
    kind: Kind


Template = tuple[str | Slot, ...]


def read_template(text: str) -> Template:
    """Split a text into literal parts and slots; empty literals are left out."""
    return tuple(part for part, _ in _split(text))


def cut_template(text: str, styles: Sequence[int]) -> tuple[Template, tuple[int, ...]]:
    """Split a text also where the style of its characters changes; `styles` has one number for each of them.

    A slot has the style of its first character, whatever follows inside the braces.
    """
    cut: list[tuple[str | Slot, int]] = []
    for part, start in _split(text):
        if isinstance(part, Slot):
            cut.append((part, styles[start]))
            continue
        places = range(start, start + len(part))
        for style, run in groupby(places, styles.__getitem__):
            cut.append(("".join(text[place] for place in run), style))
    return tuple(part for part, _ in cut), tuple(style for _, style in cut)


def _split(text: str) -> Iterator[tuple[str | Slot, int]]:
    """Yield each part with the place it starts at."""
    end = 0
    for match in _PLACEHOLDER.finditer(text):
        if match.start() > end:
            yield text[end : match.start()], end
        yield Slot(match[1], match[2]), match.start()
        end = match.end()
    if end < len(text):
        yield text[end:], end


def has_stray_braces(template: Template) -> bool:
    """Say whether a literal part still holds `{{`: a placeholder that was mistyped and would be printed."""
    return any(isinstance(part, str) and "{{" in part for part in template)


def slots_of(template: Template) -> tuple[Slot, ...]:
    return tuple(part for part in template if isinstance(part, Slot))


def literals_of(template: Template) -> str:
    """Return every character the design itself can print through this template, defaults included."""
    return "".join(part if isinstance(part, str) else part.default or "" for part in template)


def merge_slots(slots: tuple[tuple[Slot, Kind], ...]) -> tuple[Variable, ...]:
    """Return the variables in order of first appearance; one used as text and as QR code appears once as each."""
    found: dict[tuple[str, Kind], list[str | None]] = {}
    for slot, kind in slots:
        found.setdefault((slot.variable, kind), []).append(slot.default)
    return tuple(
        Variable(name, None if None in defaults else defaults[0], kind) for (name, kind), defaults in found.items()
    )
