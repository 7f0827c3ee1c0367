"""Which characters can be printed at all, and which need more than their own glyph."""

import re
import unicodedata
from collections.abc import Collection
from typing import Final, Literal

# Blocks of letters that join, reorder, stack or belong to a sequence: a word with one is looked at as a whole.
_SHAPED: Final = (
    "\u0300-\u036f\u0483-\u0489"  # combining marks: whether a face can show one depends on the letter before
    "\u0590-\u08ff"  # Hebrew, Arabic, Syriac, Thaana, NKo, Samaritan, Mandaic
    "\u0900-\u109f"  # the Indic scripts, Sinhala, Thai, Lao, Tibetan, Myanmar
    "\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff"  # conjoining Hangul; whole syllables are letters like others
    "\u1700-\u18af\u1900-\u1cff\u1dc0-\u1dff"  # Philippine scripts, Khmer, Mongolian, Tai, Balinese, Vedic, more marks
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"  # joiners, direction marks, invisible operators
    "\u2044\u20d0-\u20ff\u3099\u309a"  # the fraction slash; marks for symbols and kana
    "\ua66f-\ua6ff\ua800-\ua8ff\ua930-\ua95f\ua980-\uabff"  # Bamum, Syloti Nagri to Meetei Mayek
    "\ufb1d-\ufdff\ufe00-\ufe2f\ufe70-\ufefc"  # Hebrew and Arabic presentation forms, variation selectors
    "\U00010800-\U00011fff\U00016100-\U0001613f"  # right-to-left and Indic scripts of the first plane
    "\U0001e800-\U0001efff"  # Mende, Adlam, Arabic mathematical letters
    "\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff"  # flags and skin tones: parts of emoji sequences
    "\U000e0000-\U000e0fff"  # tags and more variation selectors
)
# Characters that turn the order round (Bidi_Class R, AL, AN and the controls), unassigned ones of these blocks too.
_TURNING: Final = (
    "\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
)
_SHAPING: Final = re.compile(f"[{_SHAPED}]")
_BIDIRECTIONAL: Final = re.compile(f"[{_TURNING}]")
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufff9-\ufffb]")
# Default_Ignorable_Code_Point (Unicode 16): they join, part or choose forms, and draw nothing themselves.
_SILENT: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
# Scripts one glyph to the character, unjoined and unkerned: Han, Hangul syllables, Yi, Tangut.
_DIRECT: Final = re.compile(
    "[\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua48c\uac00-\ud7a3\uf900-\ufaff\U00017000-\U00018cff\U00020000-\U0003ffff]"
)

# A line break, and the tab, which is drawn as a space.
LAYOUT_CHARACTERS: Final = "\n\t"

Code = Literal["script_unsupported", "glyph_missing"]


def normalise(text: str) -> str:
    """Return the text composed (NFC), with LF for each line end and without soft hyphens, which draw nothing."""
    if text.isascii() and "\r" not in text:
        return text
    return unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\u00ad", "")


def needs_shaping(text: str) -> bool:
    """Say whether some of it is shown by more than one glyph to the character, in the order written."""
    return _SHAPING.search(text) is not None


def is_bidirectional(text: str) -> bool:
    """Say whether some of it runs from right to left."""
    return _BIDIRECTIONAL.search(text) is not None


def is_direct(character: str) -> bool:
    """Say whether a character is always shown by its own glyph, whatever stands beside it."""
    return _DIRECT.match(character) is not None


def is_silent(character: str) -> bool:
    """Say whether a character draws nothing and needs no glyph."""
    return _SILENT.match(character) is not None


def is_printable(character: str) -> bool:
    """Say whether a character may be printed, given a glyph; controls and half surrogate pairs may not."""
    return character not in LAYOUT_CHARACTERS and not _CONTROL.match(character)


def find_unprintable(text: str, coverage: Collection[int]) -> tuple[Code, str] | None:
    """Return the first character no face at hand has a glyph for, or that is none to print, with its reason."""
    for character in text:
        if character in LAYOUT_CHARACTERS or (is_silent(character) and is_printable(character)):
            continue
        if not is_printable(character) or not is_covered(character, coverage):
            return _reason(character), character
    return None


def is_covered(character: str, coverage: Collection[int]) -> bool:
    """Say whether there are glyphs for a character or, as HarfBuzz puts them together, for all its parts."""
    if ord(character) in coverage:
        return True
    parts = unicodedata.normalize("NFD", character)
    return parts != character and all(ord(part) in coverage for part in parts)


def _reason(character: str) -> Code:
    """Return what a person must be told: a whole script is missing, or one character."""
    return "script_unsupported" if _SHAPING.match(character) and character.isalpha() else "glyph_missing"


def describe(character: str) -> str:
    return f"U+{ord(character):04X}"
