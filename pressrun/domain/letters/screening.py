"""Which characters can be printed right, without shaping across words or bidirectional order."""

import re
import unicodedata
from collections.abc import Collection
from typing import Final, Literal

# Unicode 16 blocks whose letters join, reorder, stack or run from right to left; HarfBuzz is used here only within
# words of scripts that run left to right in logical order.
_COMPLEX: Final = re.compile(
    "["
    "\u0590-\u08ff"  # Hebrew, Arabic, Syriac, Thaana, NKo, Samaritan, Mandaic
    "\u0900-\u109f"  # the Indic scripts, Sinhala, Thai, Lao, Tibetan, Myanmar
    "\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff"  # conjoining Hangul; whole syllables are letters like others
    "\u1700-\u18af\u1900-\u1c7f\u1cc0-\u1cff"  # Philippine scripts, Khmer, Mongolian, Tai, Balinese, Vedic
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"  # joiners, direction marks, invisible operators
    "\ua800-\ua8ff\ua930-\ua95f\ua980-\uabff"  # Syloti Nagri to Meetei Mayek
    "\ufb1d-\ufdff\ufe00-\ufe0f\ufe70-\ufefc"  # Hebrew and Arabic presentation forms, variation selectors
    "\U00010800-\U00011fff\U00016100-\U0001613f"  # right-to-left and Indic scripts of the first plane
    "\U0001e800-\U0001efff"  # Mende, Adlam, Arabic mathematical letters
    "\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff"  # flags and skin tones: parts of emoji sequences
    "\U000e0000-\U000e0fff"  # tags and more variation selectors
    "]"
)
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")

# A line break, and the tab, which is drawn as a space.
LAYOUT_CHARACTERS: Final = "\n\t"

Code = Literal["script_unsupported", "glyph_missing"]


def normalise(text: str) -> str:
    """Return the text composed (NFC), with LF for each line end and without soft hyphens, which draw nothing."""
    if text.isascii() and "\r" not in text:
        return text
    return unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\u00ad", "")


def is_simple(character: str) -> bool:
    """Say whether a character may be printed at all, given a glyph."""
    return not (_COMPLEX.match(character) or _CONTROL.match(character) or "\ud800" <= character <= "\udfff")


def find_unprintable(text: str, coverage: Collection[int]) -> tuple[Code, str] | None:
    """Return the first character that cannot be printed with its reason, or None."""
    if found := _COMPLEX.search(text):
        return "script_unsupported", found[0]
    for character in text:
        if character not in LAYOUT_CHARACTERS and (ord(character) not in coverage or not is_simple(character)):
            return "glyph_missing", character
    return None


def describe(character: str) -> str:
    return f"U+{ord(character):04X}"
