"""What differs between Fabric's versions, and which properties must stay neutral because they are not drawn."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pressrun.domain.letters.properties import Properties


@dataclass(frozen=True, slots=True)
class Dialect:
    """The rules of one major version of Fabric (4 to 7)."""

    major: int

    @property
    def origin(self) -> tuple[str, str]:
        return ("center", "center") if self.major >= 7 else ("left", "top")

    @property
    def widens(self) -> bool:
        """From 6 on a word wider than its Textbox widens the wrap limit of every line."""
        return self.major >= 6

    @property
    def splits_marks(self) -> bool:
        """Up to 5 a combining mark is a character of its own; since 6 it belongs to its letter."""
        return self.major <= 5


SUPPORTED: Final = (4, 5, 6, 7)

# What an object of every type may carry only with these values; anything else changes the picture.
_ANYWHERE: Final[Mapping[str, tuple[object, ...]]] = {
    "shadow": (None,),
    "clipPath": (None,),
    "backgroundColor": (None, "", "transparent"),
    "globalCompositeOperation": (None, "source-over"),
    "eraser": (None,),
}
_OF_TEXT: Final[Mapping[str, tuple[object, ...]]] = {
    "underline": (None, False),
    "overline": (None, False),
    "linethrough": (None, False),
    "textBackgroundColor": (None, "", "transparent"),
    "direction": (None, "ltr"),
    "path": (None,),
    "stroke": (None, "", "transparent"),
}
_OF_TYPE: Final[Mapping[str, Mapping[str, tuple[object, ...]]]] = {
    "circle": {"startAngle": (None, 0), "endAngle": (None, 360)},
    "image": {"filters": (None, []), "resizeFilter": (None,), "isVariableImage": (None, False)},
    "text": _OF_TEXT,
    "itext": _OF_TEXT,
    "textbox": _OF_TEXT,
}
_OF_CANVAS: Final[Mapping[str, tuple[object, ...]]] = {
    "backgroundImage": (None,),
    "overlay": (None, "", "transparent"),
    "overlayColor": (None, "", "transparent"),
    "overlayImage": (None,),
    "clipPath": (None,),
    "viewportTransform": (None, [1, 0, 0, 1, 0, 0]),
}


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


def check_neutral(item: Properties, kind: str) -> None:
    """Add a fault for each property whose value would change the picture and is not drawn."""
    for name, neutral in {**_ANYWHERE, **_OF_TYPE.get(kind, {})}.items():
        if item.raw.get(name) not in neutral:
            item.unsupported(name)
    if _has_styles(item.raw.get("styles")):
        item.unsupported("styles")


def check_canvas(canvas: Properties) -> None:
    for name, neutral in _OF_CANVAS.items():
        if canvas.raw.get(name) not in neutral:
            canvas.unsupported(name)


def _has_styles(styles: object) -> bool:
    if isinstance(styles, dict):
        return any(styles.values())
    return bool(styles)
