"""Codes put together from tables are the codes the reference encoder draws."""

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st

from pressrun.domain.letters.qr import CAPACITY, QrDrawer, build_tables, draw_symbol, fits, version_for

LENGTHS = (1, 14, 15, 40, 43, 62)
DRAWER = QrDrawer({table.version: table for table in build_tables(LENGTHS)})


def modules(symbol: int, size: int) -> list[str]:
    stride = (size + 7) // 8 * 8
    bits = f"{symbol:0{stride * size}b}"
    return [bits[row * stride : row * stride + size] for row in range(size)]


@settings(deadline=None)
@given(st.sampled_from(LENGTHS).flatmap(lambda length: st.binary(min_size=length, max_size=length)))
def test_a_tabled_code_equals_the_drawn_one(content: bytes) -> None:
    symbol, size = DRAWER.draw(content)

    assert size == 17 + 4 * version_for(len(content))
    assert symbol == draw_symbol(content, version_for(len(content)))


def test_a_code_has_the_modules_segno_gives_it() -> None:
    symbol, size = DRAWER.draw(b"https://example.com/r/ABCDE-12345?src=card!")

    reference = segno.make_qr(
        b"https://example.com/r/ABCDE-12345?src=card!", error="m", mode="byte", mask=3, boost_error=False
    )

    assert modules(symbol, size) == ["".join(map(str, row)) for row in reference.matrix]


def test_a_length_without_a_table_is_drawn_by_itself() -> None:
    content = b"x" * 500

    assert DRAWER.draw(content)[0] == draw_symbol(content, version_for(500))


def test_long_contents_get_no_table() -> None:
    assert build_tables([500, 2331, 2332, 0]) == ()


def test_lengths_of_one_version_share_its_columns() -> None:
    (table,) = build_tables([30, 40, 42])

    assert sorted(table.bases) == [30, 40, 42]
    assert len(table.columns) == 8 * 42


@pytest.mark.parametrize("version", range(1, 41))
def test_capacities_are_those_of_the_standard(version: int) -> None:
    """segno picks the smallest version that holds a content: one byte more and it takes the next."""
    full = segno.make_qr(b"x" * CAPACITY[version - 1], error="m", mode="byte", mask=0, boost_error=False)

    assert full.version == version
    assert version_for(CAPACITY[version - 1]) == version
    assert version_for(CAPACITY[version - 1] + 1) == version + 1


def test_only_contents_within_capacity_fit() -> None:
    assert [fits(length) for length in (0, 1, 2331, 2332)] == [False, True, True, False]
