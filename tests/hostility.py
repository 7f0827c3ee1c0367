"""What tests of hostile input share: parts of designs, and the way from a design to a letter or to its faults."""

import unicodedata
from collections.abc import Mapping
from typing import Any

import pytest

from pressrun.domain.errors import FaultyInput
from pressrun.domain.letters import Design, DesignSource, Letter, Profile, Refusal, compile_design, read_design

EXPECTED = {
    *("variable_missing", "glyph_missing", "script_unsupported", "text_off_page", "text_overflow"),
    *("qr_too_long", "barcode_too_long", "barcode_unencodable", "image_missing", "image_unreadable"),
}


def a_text(text: str, **properties: Any) -> dict[str, Any]:
    place = {"left": 300, "top": 200, "width": 300, "fontFamily": "Open Sans", "fontSize": 12}
    return {"type": "Textbox", "text": text, **place, **properties}


def a_picture(**properties: Any) -> dict[str, Any]:
    return {"type": "Image", "src": "assets/a.png", "left": 300, "top": 200, "width": 10, "height": 10, **properties}


def faults(source: DesignSource) -> list[str]:
    with pytest.raises(FaultyInput) as caught:
        read_design(source)
    assert all(fault.where and fault.message and fault.remedy for fault in caught.value.faults)
    return [fault.code for fault in caught.value.faults]


def read_or_report(source: DesignSource) -> Design | list[str]:
    try:
        return read_design(source)
    except FaultyInput as error:
        codes = [fault.code for fault in error.faults]
    assert codes
    return codes


def print_or_report(source: DesignSource, record: Mapping[str, str]) -> Letter | Refusal | list[str]:
    design = read_or_report(source)
    if not isinstance(design, Design):
        return design
    characters = unicodedata.normalize("NFC", "".join(sorted(set("".join(record.values())))))
    pictures = {name: (value,) for name, value in record.items()}
    try:
        compiled = compile_design(design, Profile("".join(sorted(set(characters))), pictures=pictures))
    except FaultyInput as error:
        return [fault.code for fault in error.faults]
    outcome = compiled.stamp(record)
    assert isinstance(outcome, Letter) or outcome.code in EXPECTED, outcome
    return outcome
