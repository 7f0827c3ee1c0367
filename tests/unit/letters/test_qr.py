"""Codes put together from tables are the codes the reference encoder draws."""

import random

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st

from pressrun.domain.letters.symbols.qr import draw_symbol, open_drawer
from pressrun.domain.letters.symbols.qr_grid import LEVELS, Level, capacities, fits, row_bytes, size_of, version_for


def reference(content: bytes, level: Level) -> list[str]:
    symbol = segno.make_qr(content, error=level, mode="byte", mask=3, boost_error=False)
    return ["".join(map(str, row)) for row in symbol.matrix]


def modules(symbol: int, version: int) -> list[str]:
    size = size_of(version)
    stride = 8 * row_bytes(size)
    bits = f"{symbol:0{stride * size}b}"
    return [bits[row * stride : row * stride + size] for row in range(size)]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("version", range(1, 41))
def test_a_code_of_every_version_and_level_is_the_one_segno_draws(version: int, level: Level) -> None:
    held = capacities(level)
    seeded = random.Random(f"{version}{level}")
    content = seeded.randbytes(seeded.choice([held[version - 1], (0, *held)[version - 1] + 1]))

    symbol = draw_symbol(content, level)

    assert modules(symbol, version) == reference(content, level)


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(LEVELS), st.binary(min_size=1, max_size=119))
def test_a_tabled_code_is_the_one_segno_draws(level: Level, content: bytes) -> None:
    symbol = draw_symbol(content, level)

    assert modules(symbol, version_for(len(content), level)) == reference(content, level)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.text("ab/é?=0", min_size=8, max_size=8), min_size=2, max_size=5))
def test_what_the_first_content_begins_with_changes_no_later_code(contents: list[str]) -> None:
    encoded = [content.encode().ljust(16, b".") for content in contents]
    draw = open_drawer(encoded[0])

    symbols = [draw(content) for content in encoded]

    assert [modules(symbol, version_for(16)) for symbol in symbols] == [reference(content, "M") for content in encoded]


@pytest.mark.parametrize("length", [60, 500, 2331])
def test_a_symbol_begins_with_a_dark_module(length: int) -> None:
    size = size_of(version_for(length))

    assert draw_symbol(bytes(length)).bit_length() == 8 * row_bytes(size) * size


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("version", range(1, 41))
def test_capacities_are_those_of_the_standard(version: int, level: Level) -> None:
    """segno picks the smallest version that holds a content: one byte more and it takes the next."""
    full = capacities(level)[version - 1]

    assert (
        segno.encoder.find_version(
            segno.encoder.prepare_data(b"x" * full, 4, None),
            error=segno.consts.ERROR_MAPPING[level],
            eci=False,
            micro=False,
        )
        == version
    )
    assert version_for(full, level) == version
    assert version_for(full + 1, level) == version + 1


@pytest.mark.parametrize(("level", "most"), [("L", 2953), ("M", 2331), ("Q", 1663), ("H", 1273)])
def test_only_contents_within_capacity_fit(level: Level, most: int) -> None:
    assert [fits(length, level) for length in (0, 1, most, most + 1)] == [False, True, True, False]
