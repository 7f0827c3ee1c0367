"""Runs of one script (Unicode Standard Annex 24), which is how a browser hands text to its shaper."""

from functools import cache
from itertools import groupby
from typing import Final

import regex
from fontTools.unicodedata import script, script_horizontal_direction

_GRAPHEME: Final = regex.compile(r"\X")
_LATIN: Final = regex.compile("[A-Za-z]")
# Characters of every script (Common), of the letter before (Inherited), of none yet (Unknown).
_SHARED: Final = frozenset({"Zyyy", "Zinh", "Zzzz"})


def split_graphemes(text: str) -> list[str]:
    """Split into extended grapheme clusters (Unicode Standard Annex 29), as browsers' Intl.Segmenter does."""
    return list(text) if text.isascii() else _GRAPHEME.findall(text)


def split_scripts(text: str) -> list[tuple[str, str]]:
    """Return runs as (script, text); what every script shares goes with the letters before it, or else after."""
    if text.isascii():
        return [("Latn" if _LATIN.search(text) else "Zyyy", text)]
    scripts = [_script(character) for character in text]
    current = next((name for name in scripts if name not in _SHARED), "Zyyy")
    for place, name in enumerate(scripts):
        if name in _SHARED:
            scripts[place] = current
        else:
            current = name
    marked = groupby(zip(scripts, text, strict=True), key=lambda pair: pair[0])
    return [(name, "".join(character for _, character in run)) for name, run in marked]


@cache
def runs_right_to_left(name: str) -> bool:
    return str(script_horizontal_direction(name, default="LTR")) == "RTL"


@cache
def _script(character: str) -> str:
    return str(script(character))
