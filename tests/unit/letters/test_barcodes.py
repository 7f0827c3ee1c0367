"""The bars of Code 128, read back by a decoder."""

import numpy as np
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from pressrun.domain.letters.symbols.barcodes import MOST_CHARACTERS, QUIET_ZONE, draw_bars, most_modules


def read_bars(text: str) -> str:
    bars, modules = draw_bars(text)
    row = np.full(modules + 2 * QUIET_ZONE, 255, np.uint8)
    for left, width in bars:
        row[QUIET_ZONE + left : QUIET_ZONE + left + width] = 0
    picture = np.tile(np.repeat(row, 2), (60, 1))
    (found,) = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.Code128, is_pure=True)
    return bytes(found.bytes).decode()


@settings(deadline=None)
@given(st.text(st.characters(max_codepoint=127), min_size=1, max_size=MOST_CHARACTERS))
def test_any_ascii_reads_back(text: str) -> None:
    assert read_bars(text) == text


@settings(deadline=None)
@given(st.text("0123456789A-\n", min_size=1, max_size=30))
def test_runs_of_digits_between_others_read_back(text: str) -> None:
    assert read_bars(text) == text


def test_pairs_of_digits_take_one_symbol() -> None:
    assert draw_bars("12345678")[1] == 35 + 4 * 11


@settings(deadline=None)
@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=MOST_CHARACTERS))
def test_no_printable_text_is_wider_than_foretold(text: str) -> None:
    assert draw_bars(text)[1] <= most_modules(len(text))
