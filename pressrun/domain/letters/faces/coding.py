"""How glyphs are called in a content stream: by one byte those that come first in a face, by two or three the others.

Glyphs keep the order of their font, in which the letters of most languages come early, so that most text takes half
the bytes of the two-byte codes that are usual.
"""

from collections.abc import Iterator
from typing import Final

# Codes of one byte; these leading bytes begin codes of two bytes, and the last one those of three.
_ONE: Final = 0xE0
_LEADING: Final = range(_ONE, 0xFF)
_LAST: Final = 0xFF
_TWO: Final = _ONE + 256 * len(_LEADING)


def write_code(code: int) -> str:
    """Return the hex digits of a glyph's code."""
    if code < _ONE:
        return f"{code:02x}"
    return f"{(_ONE << 8) + code - _ONE:04x}" if code < _TWO else f"{(_LAST << 16) + code - _TWO:06x}"


def read_codes(digits: str) -> Iterator[int]:
    """Yield the codes that hex digits hold one after the other."""
    at = 0
    while at < len(digits):
        lead = int(digits[at : at + 2], 16)
        size = 2 if lead < _ONE else 6 if lead == _LAST else 4
        value = int(digits[at : at + size], 16)
        yield value if size == 2 else value - (_ONE << 8) + _ONE if size == 4 else value - (_LAST << 16) + _TWO
        at += size


def list_code_spaces() -> tuple[str, ...]:
    """Return the code space ranges of a CMap (Adobe technical note 5014)."""
    spaces = (f"<00> <{_ONE - 1:02x}>", f"<{_ONE:02x}00> <{_LAST - 1:02x}ff>", f"<{_LAST:02x}0000> <ffffff>")
    return ("3 begincodespacerange", *spaces, "endcodespacerange")


def list_code_ranges(codes: int) -> Iterator[str]:
    """Yield the ranges of a CMap that give each of so many codes its glyph; only the last byte may vary in one."""
    blocks = range(_ONE, codes, 256)
    yield "1 begincidrange"
    yield f"<00> <{_ONE - 1:02x}> 0"
    yield "endcidrange"
    for start in range(0, len(blocks), 100):
        some = blocks[start : start + 100]
        yield f"{len(some)} begincidrange"
        yield from (f"<{write_code(first)}> <{write_code(first + 255)}> {first}" for first in some)
        yield "endcidrange"
