"""A worker that buries most of what it reads is stopped; one that meets bad records now and then is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.dead_letter_limit import DeadLetterFlood, DeadLetterLimit


def a_limit(share: float = 0.5, least: int = 200, of_last: int = 1000) -> DeadLetterLimit:
    return DeadLetterLimit(share, least, of_last)


def bury(limit: DeadLetterLimit, times: int) -> int:
    """How many were buried before the limit said no."""
    for number in range(times):
        try:
            limit.bury()
        except DeadLetterFlood:
            return number
    return times


def test_a_handful_of_bad_records_on_a_quiet_topic_stops_nobody() -> None:
    limit = a_limit()
    limit.read(199)

    assert bury(limit, 199) == 199
    assert not limit.is_flooded


def test_nothing_but_bad_records_is_stopped_at_the_least() -> None:
    limit = a_limit()
    limit.read(200)

    assert bury(limit, 200) == 199


def test_of_a_block_of_bad_records_half_is_buried() -> None:
    limit = a_limit()
    limit.read(512)

    assert bury(limit, 512) == 256


def test_every_second_record_being_bad_is_let_through_and_one_more_is_not() -> None:
    limit = a_limit()
    limit.read(1000)

    assert bury(limit, 500) == 500
    with pytest.raises(DeadLetterFlood, match="501 of the last 1000"):
        limit.bury()


def test_good_records_make_room_again() -> None:
    limit = a_limit()
    limit.read(500)
    bury(limit, 240)

    limit.read(1000)

    assert bury(limit, 500) == 500


def test_a_share_of_one_lets_everything_through() -> None:
    limit = a_limit(share=1)
    limit.read(1000)

    assert bury(limit, 1000) == 1000


@pytest.mark.parametrize("wrong", [{"share": 0}, {"share": 1.5}, {"least": 0}, {"least": 2000}])
def test_a_limit_that_could_never_hold_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="the share is above 0"):
        DeadLetterLimit(**wrong)  # type: ignore[arg-type] # what is wrong is the point


@given(st.lists(st.tuples(st.integers(1, 512), st.floats(0, 0.49)), max_size=60))
def test_whoever_buries_less_than_half_of_every_block_is_never_stopped(blocks: list[tuple[int, float]]) -> None:
    limit = a_limit(least=1)

    for records, share in blocks:
        limit.read(records)
        assert bury(limit, int(records * share)) == int(records * share)


@given(st.lists(st.integers(1, 512), max_size=30))
def test_whatever_went_well_before_a_thousand_bad_records_are_never_all_buried(blocks: list[int]) -> None:
    limit = a_limit()
    for records in blocks:
        limit.read(records)

    limit.read(512)
    buried = bury(limit, 512)
    if buried == 512:
        limit.read(488)
        buried += bury(limit, 488)

    assert buried < 1000
