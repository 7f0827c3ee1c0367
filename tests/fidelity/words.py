"""Whether the lines a letter should have come out of its PDF as text, as often as they stand in it."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

Form = Literal["NFC", "NFKC"]

LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}

INVISIBLE = dict.fromkeys(
    [0xAD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)
"""Soft hyphens, joiners and direction marks, which readers keep or leave out as they like."""


def missing_lines(texts: Sequence[str], meta: Mapping[str, Any]) -> Iterator[str]:
    """Say which lines are not found, which text stands there that should not, and which placeholder was left."""
    complex_script = meta.get("script") == "complex"
    form: Form = "NFKC" if complex_script else "NFC"
    plain, tight = [fold(text, form) for text in texts], [tighten(text, form) for text in texts]
    lines = [(line, bool(item.get("loose"))) for item in meta["text"] for line in item["lines"]]
    for line, loose in lines:
        wanted = tighten(line, form)
        often = sum(tighten(other, form).count(wanted) for other, _ in lines)
        found = any(text.count(wanted) >= often for text in tight)
        if not loose:
            found = found and any(fold(line, form) in text for text in plain)
        if not found and not (complex_script and _is_reordered(wanted, tight)):
            yield f"the line {line!r} is not found"
    yield from _unwanted(tight, meta, [line for line, _ in lines])


def fold(text: str, form: Form) -> str:
    """The text without invisible characters and ligatures, each run of white space a single space."""
    composed = unicodedata.normalize(form, text.translate(LIGATURES).translate(INVISIBLE))
    return re.sub(r"\s+", " ", composed).strip()


def tighten(text: str, form: Form) -> str:
    """The same without white space."""
    return fold(text, form).replace(" ", "")


def _is_reordered(wanted: str, texts: Sequence[str]) -> bool:
    """Right-to-left and joined scripts: readers may give the order drawn, or split a line at its digits."""
    return any(wanted[::-1] in text or set(wanted) <= set(text) for text in texts)


def _unwanted(texts: Sequence[str], meta: Mapping[str, Any], lines: Sequence[str]) -> Iterator[str]:
    for hidden in meta.get("absent_text", ()):
        if any(tighten(hidden, "NFC") in text for text in texts):
            yield f"the text {hidden!r} should not be there"
    if any("{{" in text for text in texts) and not any("{{" in line for line in lines):
        yield "a placeholder is left"
