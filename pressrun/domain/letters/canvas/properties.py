"""Typed reading of JSON properties: a wrong value becomes a fault, never an exception."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from pressrun.domain.letters.canvas.colours import Colour, read_colour
from pressrun.domain.letters.canvas.paints import Paint
from schemas.faults import Fault

# Farther than any press sheet in pixels; keeps every product of two numbers printable.
_LARGEST: Final = 1_000_000.0

Value = TypeVar("Value")
Choice = TypeVar("Choice", bound=str)


@dataclass(frozen=True, slots=True)
class Properties:
    """The properties of one JSON object with its place in the design and the lists its faults and warnings go to.

    `paints` reads what is more than a colour, where pictures are at hand.
    """

    raw: Mapping[str, object]
    where: str
    faults: list[Fault]
    warnings: list[Fault] = field(default_factory=list)
    paints: "PaintReader | None" = None

    def inside(self, raw: Mapping[str, object], where: str) -> "Properties":
        """Return the properties of an object that belongs to this one."""
        return replace(self, raw=raw, where=where)

    def fault(self, code: str, message: str, remedy: str) -> None:
        self.faults.append(Fault(code=code, where=self.where, message=message, remedy=remedy))

    def number(self, name: str, default: float) -> float:
        value = self.raw.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return self._wrong(name, "a number", default)
        if isinstance(value, float) and not math.isfinite(value):
            return self._wrong(name, "a number", default)
        return float(value) if abs(value) <= _LARGEST else self._wrong(name, "at most 1,000,000", default)

    def size(self, name: str, default: float) -> float:
        value = self.number(name, default)
        return value if value >= 0 else self._wrong(name, "zero or more", default)

    def positive(self, name: str, default: float) -> float:
        value = self.number(name, default)
        return value if value > 0 else self._wrong(name, "more than zero", default)

    def numbers(self, name: str) -> tuple[float, ...]:
        value = self.raw.get(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(_is_length(part) for part in value):
            return self._wrong(name, "a list of numbers from zero", ())
        return tuple(float(part) for part in value)

    def text(self, name: str, default: str) -> str:
        value = self.raw.get(name, default)
        return value if isinstance(value, str) else self._wrong(name, "a text", default)

    def flag(self, name: str, *, default: bool) -> bool:
        value = self.raw.get(name, default)
        return value if isinstance(value, bool) else self._wrong(name, "true or false", default)

    def choice(self, name: str, options: tuple[Choice, ...], default: Choice) -> Choice:
        value = self.raw.get(name, default)
        for option in options:
            if value == option:
                return option
        return self._wrong(name, f"one of {', '.join(options)}", default)

    def opacity(self) -> float:
        return min(1.0, max(0.0, self.number("opacity", 1.0)))

    def colour(self, name: str, default: str | None) -> Colour | None:
        """Return the colour, or None when nothing is painted; gradients and patterns are faults."""
        value = self.raw.get(name, default)
        if value is None:
            return None
        if not isinstance(value, str):
            self.unsupported(name)
            return None
        colour = read_colour(value)
        if colour is None:
            return self._wrong(name, "a CSS colour", None)
        return colour if colour.alpha > 0 else None

    def paint(self, name: str, default: str | None) -> Paint | None:
        """Return what the property paints with, or None when nothing is painted."""
        value = self.raw.get(name, default)
        if self.paints is None or not isinstance(value, dict):
            return self.colour(name, default)
        return self.paints(value, self, name)

    def warn(self, name: str) -> None:
        """Say that a property may change the picture and is not drawn."""
        self.warnings.append(
            Fault(
                code="property_unknown",
                where=self.where,
                message=f"{self.raw.get('type', 'The canvas')}.{name} is not known here and is not drawn.",
                remedy=f"Remove {name} if the picture does not need it.",
            )
        )

    def unsupported(self, name: str) -> None:
        self.fault(
            "design_unsupported",
            f"{self.raw.get('type', 'The canvas')}.{name} has a value that changes the picture and is not supported.",
            f"Remove {name} here, or flatten the object into an image.",
        )

    def _wrong(self, name: str, wanted: str, default: Value) -> Value:
        self.fault("design_invalid", f"{name} is not {wanted}.", f"Set {name} to {wanted}.")
        return default


PaintReader = Callable[[Mapping[str, object], Properties, str], Paint | None]


def _is_length(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _LARGEST
