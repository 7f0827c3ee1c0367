"""The tally: sets, so that repeats, order and overlaps change no count."""

import itertools

from builders import ranges
from hypothesis import given
from hypothesis import strategies as st

from pressrun.domain.tally import Row, Tally, ranges_of
from schemas.layouts import Layout


def test_a_repeated_answer_changes_no_count() -> None:
    tally = Tally().answer("succeeded", ranges((0, 9)))

    again = tally.answer("succeeded", ranges((0, 9)))

    assert again.counts == tally.counts
    assert again.counts.succeeded == 10


def test_the_first_answer_of_an_index_wins() -> None:
    tally = Tally().answer("failed", ranges((3, 3))).answer("succeeded", ranges((0, 9)))

    assert (tally.counts.succeeded, tally.counts.failed) == (9, 1)
    assert tally.rows[0].failed == 1 << 3


def test_a_range_over_several_rows_is_counted_in_each() -> None:
    tally = Tally().answer("succeeded", ranges((1000, 3100)))

    assert sorted(tally.rows) == [0, 1, 2, 3]
    assert tally.counts.succeeded == 2101
    assert not tally.missing(1000)[1:]


def test_a_batch_is_complete_only_with_every_index() -> None:
    tally = Tally().answer("succeeded", ranges((0, 1022), (1024, 2047)))

    assert not tally.is_complete(2048)
    assert tally.missing(2048) == ranges((1023, 1023))
    assert tally.answer("cancelled", ranges((1023, 1023))).is_complete(2048)


def test_answers_beyond_the_total_complete_nothing() -> None:
    tally = Tally().answer("succeeded", ranges((0, 8), (10, 10)))

    assert tally.counts.answered == 10
    assert not tally.is_complete(10)


def test_a_row_survives_its_bytes() -> None:
    row = Row(succeeded=1 << 1023 | 1, failed=1 << 5, cancelled=1 << 7)

    assert Row.from_bytes(row.to_bytes()) == row
    assert len(row.to_bytes()) == 384


def test_answered_indexes_are_counted_on_the_partition_that_carried_them() -> None:
    layout = Layout(partitions=3, run_length=32, first_partition=2)
    tally = Tally().answer("succeeded", ranges((0, 31), (40, 41)))

    assert tally.answered_by_partition(layout) == (2, 0, 32)


@given(
    st.lists(
        st.tuples(st.integers(0, 3000), st.integers(0, 40), st.sampled_from(["succeeded", "failed", "cancelled"])),
        max_size=40,
    ),
    st.randoms(),
)
def test_any_order_and_repetition_of_one_outcome_per_index_counts_the_same(
    answers: list[tuple[int, int, str]], random: object
) -> None:
    outcome_of: dict[int, str] = {}
    for first, length, outcome in answers:
        for index in range(first, first + length + 1):
            outcome_of.setdefault(index, outcome)
    pieces = list(outcome_of.items()) * 2
    random.shuffle(pieces)  # type: ignore[attr-defined] # hypothesis' randoms are random.Random

    tally = Tally()
    for index, outcome in pieces:
        tally = tally.answer(outcome, ranges((index, index)))  # type: ignore[arg-type] # sampled from the three

    assert tally.counts.answered == len(outcome_of)
    assert tally.counts == Tally.of(tally.rows).counts
    assert [span.first for span in tally.missing(3100)] == sorted(span.first for span in tally.missing(3100))
    missing = set(itertools.chain(*(range(span.first, span.last + 1) for span in tally.missing(3100))))
    assert missing == set(range(3100)) - outcome_of.keys()


@given(st.sets(st.integers(0, 5000)))
def test_ranges_hold_exactly_their_indexes(indexes: set[int]) -> None:
    spans = ranges_of(sorted(indexes))

    assert [index for span in spans for index in range(span.first, span.last + 1)] == sorted(indexes)
    assert all(left.last + 1 < right.first for left, right in itertools.pairwise(spans))


def test_bitmaps_have_one_bit_per_item() -> None:
    tally = Tally().answer("succeeded", ranges((0, 2), (9, 9)))

    assert tally.bitmap("succeeded", 10) == bytes([0b111, 0b10])
    assert tally.bitmap("failed", 10) == bytes(2)
