"""What the scheduler decides: windows, fair shares, absolute credits, cancel, and what counts as missing."""

import math
from collections import Counter
from dataclasses import replace

import pytest
from builders import BATCH, NOW, a_cancel, a_moment, a_report_of_missing, an_accepted, credits_of, ranges
from hypothesis import given
from hypothesis import strategies as st

from pressrun.domain.missing import ask_for_missing, quiet, refusal, starved
from pressrun.domain.releasing import Release, release, take_turn
from pressrun.domain.schedule_rows import read_schedule, write_schedule
from pressrun.domain.schedules import LARGEST_WINDOW, Pace, Schedule, plan_layout
from pressrun.domain.scheduling import step
from schemas.dispatch import BatchClosed
from schemas.events import Event
from schemas.results import BatchAccepted, BatchWaiting, ItemsCancelled, ItemsFinished, MissingAsked

T0 = a_moment().seconds
FAST = Pace(per_second=1e9)


def a_schedule(*accepted: BatchAccepted, pace: Pace = FAST) -> Schedule:
    schedule = Schedule(pace=pace)
    for event in accepted:
        schedule, _ = step(schedule, event, a_moment())
    return schedule


def indexes_of(releases: tuple[Release, ...]) -> list[int]:
    return [index for piece in releases for index in range(piece.first, piece.last + 1)]


def answer_all(schedule: Schedule, now: float) -> Schedule:
    for batch in list(schedule.running.values()):
        answered = tuple(batch.released_on(partition) for partition in range(batch.layout.partitions))
        schedule, _ = step(schedule, credits_of(*answered, batch_id=batch.batch_id), a_moment(now - T0))
    return schedule


def drained(schedule: Schedule) -> list[Release]:
    """Everything released until nothing is left, each window answered in full."""
    found: list[Release] = []
    for second in range(10_000):
        schedule, releases = release(schedule, T0 + second, 4096)
        found += releases
        schedule = answer_all(schedule, T0 + second)
        if not releases and not any(batch.has_more for batch in schedule.running.values()):
            return found
    raise AssertionError("it never ended")


@pytest.mark.parametrize(("total", "run_length"), [(1, 32), (10, 32), (1024, 32), (5000, 128), (100_000, 1024)])
def test_small_batches_are_cut_into_shorter_runs(total: int, run_length: int) -> None:
    assert plan_layout(total, partitions=8, first_partition=0).run_length == run_length


@given(st.integers(1, 20_000), st.integers(1, 9), st.integers(0, 8))
def test_what_is_released_lies_on_the_partition_the_layout_says(total: int, partitions: int, seed: int) -> None:
    event = an_accepted(total, partitions=partitions).model_copy(
        update={"layout": plan_layout(total, partitions, seed)}
    )
    schedule, releases = release(a_schedule(event), T0, 4096)

    batch = schedule.running[BATCH]
    on_partition = Counter(batch.layout.partition_of(index) for index in indexes_of(releases))
    assert [batch.released_on(partition) for partition in range(partitions)] == [
        on_partition[partition] for partition in range(partitions)
    ]
    assert all(batch.layout.partition_of(piece.last) == piece.partition for piece in releases)


def test_every_item_is_released_exactly_once() -> None:
    releases = drained(a_schedule(an_accepted(30_001)))

    assert indexes_of(tuple(releases)) == list(range(30_001))


def test_never_more_than_the_window_is_outstanding() -> None:
    schedule, first = release(a_schedule(an_accepted(100_000)), T0, 1 << 30)
    _, more = release(schedule, T0, 1 << 30)

    assert len(indexes_of(first)) <= LARGEST_WINDOW
    assert more == ()


def test_a_partition_that_answers_nothing_cannot_fill_the_window() -> None:
    schedule, first = release(a_schedule(an_accepted(1_000_000)), T0, 1 << 30)
    bound = 2 * schedule.window // 8

    on_partition = Counter(piece.partition for piece in first for _ in range(piece.length))

    assert max(on_partition.values()) <= bound + 1024


def test_one_body_releases_a_bounded_number() -> None:
    _, releases = release(a_schedule(an_accepted(100_000)), T0, 4096)

    assert len(indexes_of(releases)) <= 4096


def test_a_slow_kind_of_work_gets_a_small_window() -> None:
    schedule = a_schedule(an_accepted(100_000), pace=Pace(per_second=100.0))

    assert schedule.window == 128


def test_credits_are_absolute_so_a_repeat_gives_no_more_room() -> None:
    schedule, _ = release(a_schedule(an_accepted(100_000)), T0, 1 << 30)
    once, _ = step(schedule, credits_of(100, 0, 0, 0, 0, 0, 0, 0), a_moment())
    twice, _ = step(once, credits_of(100, 0, 0, 0, 0, 0, 0, 0), a_moment())

    assert once.outstanding == twice.outstanding == schedule.outstanding - 100


def test_late_credits_take_nothing_back() -> None:
    schedule, _ = release(a_schedule(an_accepted(100_000)), T0, 1 << 30)
    newer, _ = step(schedule, credits_of(500, 0, 0, 0, 0, 0, 0, 0), a_moment())
    older, _ = step(newer, credits_of(100, 0, 0, 0, 0, 0, 0, 0), a_moment())

    assert older.outstanding == newer.outstanding


def test_priorities_share_by_weight_and_low_still_moves() -> None:
    events = [an_accepted(100_000, f"batch-{name}", name) for name in ("high", "normal", "low")]
    schedule = a_schedule(*events)
    released: Counter[str] = Counter()
    for second in range(60):
        schedule, releases = release(schedule, T0 + second, 1 << 30)
        for piece in releases:
            released[piece.batch_id] += piece.length
        schedule = answer_all(schedule, T0 + second)
        if not schedule.running["batch-high"].has_more:
            break

    shares = {name: released[name] / released.total() for name in released}
    assert shares["batch-high"] == pytest.approx(8 / 13, abs=0.05)
    assert shares["batch-low"] == pytest.approx(1 / 13, abs=0.05)


def test_batches_of_one_priority_share_equally() -> None:
    schedule = a_schedule(an_accepted(50_000, "batch-a001"), an_accepted(50_000, "batch-b001"))

    _, releases = release(schedule, T0, 8192)

    released = Counter(piece.batch_id for piece in releases for _ in range(piece.length))
    assert abs(released["batch-a001"] - released["batch-b001"]) <= 1024


def test_a_small_batch_passes_a_large_one() -> None:
    schedule, _ = release(a_schedule(an_accepted(100_000, "batch-large")), T0, 4096)
    schedule, _ = step(schedule, an_accepted(10, "batch-small", "high"), a_moment())

    _, releases = release(schedule, T0, 4096)

    assert releases[0].batch_id == "batch-small"


def test_a_repeated_acceptance_releases_nothing_again() -> None:
    schedule, _ = release(a_schedule(an_accepted(100)), T0, 4096)
    again, _ = step(schedule, an_accepted(100), a_moment())

    assert release(again, T0, 4096)[1] == ()


def test_cancel_tells_the_counter_what_will_never_be_released() -> None:
    schedule, first = release(a_schedule(an_accepted(100_000)), T0, 4096)

    schedule, told = step(schedule, a_cancel(), a_moment())

    (cancelled,) = told
    assert isinstance(cancelled, ItemsCancelled)
    assert cancelled.ranges == ranges((len(indexes_of(first)), 99_999))
    assert release(schedule, T0, 4096)[1] == ()


def test_a_second_cancel_says_nothing() -> None:
    schedule, _ = step(a_schedule(an_accepted(100)), a_cancel(), a_moment())

    assert step(schedule, a_cancel(), a_moment())[1] == ()


def test_a_closed_batch_is_forgotten() -> None:
    closed = BatchClosed(id="closed", time=NOW, batch_id=BATCH, attempt=1)

    schedule, _ = step(a_schedule(an_accepted(100)), closed, a_moment())

    assert not schedule.running


def test_silence_is_noticed_after_thirty_seconds_and_asked_about() -> None:
    schedule, _ = release(a_schedule(an_accepted(100)), T0, 4096)

    assert quiet(schedule, T0 + 29) == ()
    schedule, asked = ask_for_missing(schedule, a_moment(30))

    accepted, question = asked
    assert isinstance(accepted, BatchAccepted)
    assert isinstance(question, MissingAsked)
    assert question.released == 100
    assert quiet(schedule, T0 + 31) == ()


def test_a_waiting_batch_is_not_quiet() -> None:
    assert quiet(a_schedule(an_accepted(100)), T0 + 1000) == ()


def test_missing_items_are_released_again_on_their_own_partition() -> None:
    schedule, _ = release(a_schedule(an_accepted(2048)), T0, 1 << 30)
    schedule, _ = step(schedule, a_report_of_missing((60, 70), (100, 100)), a_moment(30))

    schedule, releases = release(schedule, T0 + 31, 4096)

    assert [(piece.first, piece.last) for piece in releases] == [(60, 63), (64, 70), (100, 100)]
    assert {piece.repair for piece in releases} == {1}
    assert all(piece.partition == schedule.running[BATCH].layout.partition_of(piece.first) for piece in releases)
    assert release(schedule, T0 + 31, 4096)[1] == ()


def test_after_three_repairs_the_items_are_undeliverable() -> None:
    schedule, _ = release(a_schedule(an_accepted(64)), T0, 4096)
    told: tuple[Event, ...] = ()
    now = T0
    for round_number in range(4):
        now += 30 * 2**round_number + 1
        assert quiet(schedule, now)
        schedule, (_, question) = ask_for_missing(schedule, a_moment(now - T0))
        answer = a_report_of_missing((5, 6), asked_by="scheduler", name=f"{question.id}/answer")
        schedule, told = step(schedule, answer, a_moment(now - T0))
        schedule, _ = release(schedule, now, 4096)

    (given_up,) = told
    assert isinstance(given_up, ItemsFinished)
    assert [(failure.index, failure.code) for failure in given_up.failures] == [
        (5, "undeliverable"),
        (6, "undeliverable"),
    ]


def test_an_answer_that_is_repeated_counts_once() -> None:
    schedule, _ = release(a_schedule(an_accepted(64)), T0, 4096)
    schedule, (_, question) = ask_for_missing(schedule, a_moment(30))
    answer = a_report_of_missing((5, 6), asked_by="scheduler", name=f"{question.id}/answer")

    once, _ = step(schedule, answer, a_moment(31))
    again, told = step(once, answer, a_moment(31))

    assert once.running[BATCH].repair_round == 1
    assert (again, told) == (once, ())


def test_the_closer_may_ask_for_repairs_without_end() -> None:
    schedule, _ = release(a_schedule(an_accepted(64)), T0, 4096)
    for _ in range(5):
        schedule, told = step(schedule, a_report_of_missing((5, 6), asked_by="closer"), a_moment())
        schedule, releases = release(schedule, T0, 4096)

        assert told == ()
        assert indexes_of(releases) == [5, 6]


def test_a_stored_schedule_goes_on_where_it_was() -> None:
    rows: dict[bytes, bytes] = {}
    empty = Schedule()
    schedule, _, releases = take_turn(empty, [an_accepted(10_000)], a_moment(), 1024)
    write_schedule(rows, empty, schedule)

    loaded = replace(read_schedule(rows, workers=2, seconds=T0), pace=FAST)

    assert loaded.running == schedule.running
    assert indexes_of(release(loaded, T0, 4096)[1])[:1] == [indexes_of(releases)[-1] + 1]


def test_an_ended_batch_leaves_no_row() -> None:
    rows: dict[bytes, bytes] = {}
    schedule = a_schedule(an_accepted(100))
    write_schedule(rows, Schedule(), schedule)

    write_schedule(rows, schedule, Schedule())

    assert rows == {}


def test_credits_of_a_batch_that_is_not_in_the_schedule_are_wondered_about() -> None:
    _, told = step(Schedule(), credits_of(0, 0, 0, 0, 0, 0, 0, 0), a_moment())

    (question,) = told
    assert isinstance(question, MissingAsked)
    assert question.released == 0


def test_a_schedule_that_lost_a_batch_releases_no_more_again_than_was_open() -> None:
    whole, _ = release(a_schedule(an_accepted(100_000)), T0, 1 << 30)
    done = answer_all(whole, T0).running[BATCH]

    fresh = a_schedule(an_accepted(100_000))
    caught_up, _ = step(fresh, credits_of(*done.answered), a_moment())

    assert caught_up.running[BATCH].released == done.released // 1024 * 1024
    assert caught_up.outstanding == 0


def test_a_hole_in_the_answers_stops_the_catching_up_before_it() -> None:
    fresh = a_schedule(an_accepted(8 * 1024))

    caught_up, _ = step(fresh, credits_of(256, 256, 255, 256, 256, 256, 256, 256), a_moment())

    assert caught_up.running[BATCH].released == 2 * 256


def test_what_waits_to_be_released_again_is_not_outstanding() -> None:
    schedule, _ = release(a_schedule(an_accepted(64)), T0, 4096)
    schedule, _ = step(schedule, a_report_of_missing((0, 63)), a_moment(30))

    assert schedule.outstanding == 0
    schedule, again = release(schedule, T0 + 30, 4096)
    assert indexes_of(again) == list(range(64))
    assert schedule.outstanding == 64


def test_a_window_lost_as_a_whole_is_released_again() -> None:
    slow = Pace(per_second=8, since=math.inf)
    schedule = replace(a_schedule(an_accepted(64), pace=slow), workers=0)
    schedule, first = release(schedule, T0, 4096)
    schedule, _ = step(schedule, a_report_of_missing((0, 3)), a_moment(30))

    _, again = release(schedule, T0 + 30, 4096)

    assert indexes_of(first) == indexes_of(again) == [0, 1, 2, 3]


def test_a_batch_without_a_turn_is_told_of_and_never_called_missing() -> None:
    schedule = a_schedule(an_accepted(100))

    assert starved(schedule, a_moment(4))[1] == ()
    schedule, (waiting,) = starved(schedule, a_moment(5))

    assert isinstance(waiting, BatchWaiting)
    assert waiting.reason == "window"
    assert quiet(schedule, T0 + 1000) == ()
    assert starved(schedule, a_moment(9))[1] == ()


def test_a_batch_with_items_out_is_not_waiting() -> None:
    schedule, _ = release(a_schedule(an_accepted(100)), T0, 4096)

    assert starved(schedule, a_moment(1000))[1] == ()


@pytest.mark.parametrize(
    ("record", "code"),
    [
        (an_accepted(100, partitions=4), "layout_invalid"),
        (a_report_of_missing((50, 100)), "index_outside"),
        (a_report_of_missing((7, 3)), "range_reversed"),
    ],
)
def test_what_would_release_items_that_cannot_be_is_refused(record: Event, code: str) -> None:
    bad = refusal(a_schedule(an_accepted(100)), record, 8)

    assert bad is not None
    assert bad.code == code


STRANGERS = a_report_of_missing((0, 10**6)).model_copy(update={"batch_id": "another-1"})


@pytest.mark.parametrize("record", [an_accepted(100), a_report_of_missing((0, 99)), STRANGERS])
def test_what_can_be_released_is_not_refused(record: Event) -> None:
    assert refusal(a_schedule(an_accepted(100)), record, 8) is None


def test_nothing_beyond_what_was_released_is_released_again() -> None:
    schedule, first = release(a_schedule(an_accepted(100_000)), T0, 1024)
    end = indexes_of(first)[-1]

    schedule, _ = step(schedule, a_report_of_missing((end, end + 5000)), a_moment(30))

    assert schedule.running[BATCH].repairs == ranges((end, end))


def test_credits_beyond_what_lies_on_a_partition_are_cut() -> None:
    schedule, _ = step(a_schedule(an_accepted(100)), credits_of(*[10**6] * 8), a_moment())

    assert sum(schedule.running[BATCH].answered) == 100


def test_a_batch_of_which_nothing_comes_back_leaves_the_window_to_others() -> None:
    lost, _ = release(a_schedule(an_accepted(100_000)), T0, 1 << 30)
    lost, _ = step(lost, a_report_of_missing((0, 99_999)), a_moment(30))
    lost, _ = release(lost, T0 + 30, 1 << 30)
    both, _ = step(lost, an_accepted(100_000, "batch-0002"), a_moment(31))

    both, releases = release(both, T0 + 31, 1 << 30)

    assert lost.outstanding <= lost.window * 0.25 + 1024
    assert {piece.batch_id for piece in releases} == {"batch-0002"}


def test_an_answer_gives_a_batch_its_whole_share_back() -> None:
    lost, _ = release(a_schedule(an_accepted(100_000)), T0, 1 << 30)
    lost, _ = step(lost, a_report_of_missing((0, 99_999)), a_moment(30))

    answered, _ = step(lost, credits_of(1, 0, 0, 0, 0, 0, 0, 0), a_moment(31))
    answered, _ = release(answered, T0 + 31, 1 << 30)

    assert answered.outstanding > answered.window * 0.5
