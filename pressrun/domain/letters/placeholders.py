"""Placeholders in a text: `{{name}}` and `{{name|default}}`, blanks allowed inside the braces."""

import re
from dataclasses import dataclass
from typing import Final, Literal

_PLACEHOLDER: Final = re.compile(r"\{\{\s*([^{}|\s](?:[^{}|]*[^{}|\s])?)\s*(?:\|\s*([^{}]*?)\s*)?\}\}")


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
    kind: Literal["text", "qr"]


Template = tuple[str | Slot, ...]


def read_template(text: str) -> Template:
    """Split a text into literal parts and slots; empty literals are left out."""
    parts: list[str | Slot] = []
    end = 0
    for match in _PLACEHOLDER.finditer(text):
        parts += [text[end : match.start()], Slot(match[1], match[2])]
        end = match.end()
    parts.append(text[end:])
    return tuple(part for part in parts if part != "")


def has_stray_braces(template: Template) -> bool:
    """Say whether a literal part still holds `{{`: a placeholder that was mistyped and would be printed."""
    return any(isinstance(part, str) and "{{" in part for part in template)


def slots_of(template: Template) -> tuple[Slot, ...]:
    return tuple(part for part in template if isinstance(part, Slot))


def literals_of(template: Template) -> str:
    """Return every character the design itself can print through this template, defaults included."""
    return "".join(part if isinstance(part, str) else part.default or "" for part in template)


def merge_slots(slots: tuple[tuple[Slot, Literal["text", "qr"]], ...]) -> tuple[Variable, ...]:
    """Return the variables in order of first appearance; one used as text and as QR code appears once as each."""
    found: dict[tuple[str, Literal["text", "qr"]], list[str | None]] = {}
    for slot, kind in slots:
        found.setdefault((slot.variable, kind), []).append(slot.default)
    return tuple(
        Variable(name, None if None in defaults else defaults[0], kind) for (name, kind), defaults in found.items()
    )
