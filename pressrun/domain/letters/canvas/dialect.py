"""What differs between Fabric's versions."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pressrun.domain.letters.canvas.properties import Properties


@dataclass(frozen=True, slots=True)
class Dialect:
    """The rules of one major version of Fabric (4 to 7)."""

    major: int

    @property
    def origin(self) -> tuple[str, str]:
        return ("center", "center") if self.major >= 7 else ("left", "top")

    @property
    def bares_lines(self) -> bool:
        """Up to 5 a horizontal or vertical line with butt ends is no longer by its stroke (5.3 `Line`)."""
        return self.major <= 5

    @property
    def widens(self) -> bool:
        """From 6 on a word wider than its Textbox widens the wrap limit of every line."""
        return self.major >= 6

    @property
    def splits_marks(self) -> bool:
        """Up to 5 a combining mark is a character of its own; since 6 it belongs to its letter."""
        return self.major <= 5


SUPPORTED: Final = (4, 5, 6, 7)


def read_dialect(canvas: Properties) -> Dialect | None:
    match = re.match(r"(\d+)\.", str(canvas.raw.get("version", "")))
    if match and int(match[1]) in SUPPORTED:
        return Dialect(int(match[1]))
    canvas.fault(
        "design_version_unknown",
        "The design does not say a Fabric.js version from 4 to 7, and their defaults differ.",
        'Save the canvas with its "version".',
    )
    return None


def type_name(raw: Mapping[str, object]) -> str:
    """Return the object's type in one spelling: Fabric 5 writes `i-text`, 7 writes `IText`."""
    return str(raw.get("type", "")).lower().replace("-", "")
