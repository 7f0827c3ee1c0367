"""What HarfBuzz looks for in a face beside a text's own characters (its shapers for Thai, Khmer, Hebrew, Arabic)."""

import unicodedata
from collections.abc import Collection, Iterator
from functools import cache
from typing import Final

# Vowels that are drawn in two parts without a canonical decomposition (hb-ot-shaper-thai, hb-ot-shaper-khmer).
_PARTS: Final = {
    "\u0e33": "\u0e4d\u0e32",
    "\u0eb3": "\u0ecd\u0eb2",
    **dict.fromkeys("\u17be\u17bf\u17c0\u17c4\u17c5", "\u17c1"),
}
# Stands under a vowel sign that has no letter.
_DOTTED_CIRCLE: Final = "\u25cc"
_HEBREW_FORMS: Final = "".join(map(chr, range(0xFB1D, 0xFB50)))
_ARABIC_FORMS: Final = "".join(map(chr, (*range(0xFB50, 0xFDFC), *range(0xFE70, 0xFEFD))))


def find_companions(characters: Collection[str], *, shapes_by_tables: bool) -> set[str]:
    """Return parts and forms of `characters`, and the circle under lone signs.

    A font that does not shape Arabic by its own tables (GSUB) is asked for the old presentation forms.
    """
    found = {part for character in characters for part in unicodedata.normalize("NFD", character)}
    for character in characters:
        found.update(_PARTS.get(character, ""))
    if any(unicodedata.category(character) == "Mc" for character in characters):
        found.add(_DOTTED_CIRCLE)
    found.update(_forms_of(_HEBREW_FORMS, "NFD", frozenset(characters)))
    if not shapes_by_tables:
        found.update(_forms_of(_ARABIC_FORMS, "NFKD", frozenset(characters)))
    return found


def joined_form(text: str) -> str:
    """Return what a reader is to take a ligature for: of letters from right to left one character, or all as seen.

    Readers turn lines round character by character; the letters of a ligature would come out the wrong way round.
    """
    if len(text) == 1 or not any(map(_is_joining, text)):
        return text
    return _ligatures().get(text, text[::-1])


@cache
def _ligatures() -> dict[str, str]:
    forms = {unicodedata.normalize("NFKC", form): form for form in reversed(_ARABIC_FORMS)}
    return {text: form for text, form in forms.items() if len(text) > 1}


def _forms_of(forms: str, decomposition: str, characters: frozenset[str]) -> Iterator[str]:
    if any(map(_is_joining, characters)):
        for form in forms:
            parts = _decompose(form, decomposition)
            if parts != form and characters.issuperset(parts):
                yield form


@cache
def _is_joining(character: str) -> bool:
    return "\u0590" <= character <= "\u08ff"


@cache
def _decompose(form: str, decomposition: str) -> str:
    return unicodedata.normalize("NFD" if decomposition == "NFD" else "NFKD", form)
