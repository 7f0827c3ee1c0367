"""What the counter decides: every fact about a batch, its repeats, and the facts that come too late or too early."""

from dataclasses import replace

import pytest
from builders import (
    BATCH,
    NOW,
    a_batch,
    a_cancellation_of,
    a_failure,
    a_moment,
    a_question,
    a_rejection,
    a_result,
    a_sealing,
    an_accepted,
    ranges,
)

from pressrun.domain.batches import Batch, Effect, Keep, Say, Show, look_again, report, step
from pressrun.domain.refusals import Refuse
from pressrun.domain.tally import Tally
from schemas.batches import BatchState
from schemas.completions import BatchCompleted
from schemas.dispatch import BatchClosed, ItemsAnswered, ItemsMissing
from schemas.events import Event
from schemas.progress import BatchProgressed
from schemas.results import BatchAccepted, BatchBlocked, BatchFailed, BatchWaiting, ItemsFinished


def after(batch: Batch | None, *events: Event) -> tuple[Batch, list[Effect]]:
    effects: list[Effect] = []
    for event in events:
        batch, told = step(batch, event)
        effects += told
    assert batch is not None
    batch, told = report(batch, a_moment())
    return batch, effects + list(told)


def said(effects: list[Effect] | tuple[Effect, ...], kind: type[Event]) -> list[tuple[str, Event]]:
    return [
        (effect.topic, effect.event)
        for effect in effects
        if isinstance(effect, Say | Show) and isinstance(effect.event, kind)
    ]


def test_an_accepted_batch_runs_and_says_so() -> None:
    batch, effects = after(None, an_accepted(10))

    assert batch.head.status == "running"
    assert [topic for topic, _ in said(effects, BatchState)] == ["batches"]
    assert said(effects, BatchProgressed)


def test_results_are_credited_absolutely() -> None:
    _, effects = after(a_batch(10), a_result((0, 3)), a_result((2, 5)))

    ((topic, credit),) = said(effects, ItemsAnswered)
    assert topic == "dispatch"
    assert isinstance(credit, ItemsAnswered)
    assert sum(credit.answered) == 6


def test_a_batch_completes_when_every_index_has_an_outcome() -> None:
    batch, effects = after(a_batch(10), a_result((0, 7), failed=[8]), a_result((9, 9)))

    assert batch.head.status == "closing"
    assert [topic for topic, _ in said(effects, BatchCompleted)] == ["completions", "progress"]
    completed = said(effects, BatchCompleted)[0][1]
    assert isinstance(completed, BatchCompleted)
    assert (completed.total, completed.succeeded, completed.failed) == (10, 9, 1)
    assert any(isinstance(effect, Keep) for effect in effects)


def test_the_tally_is_kept_before_anything_names_it() -> None:
    _, effects = after(a_batch(10), a_result((0, 9)))

    kinds = [type(effect) for effect in effects]
    assert kinds.index(Keep) < kinds.index(Say)


def test_a_repeated_result_changes_no_count() -> None:
    batch, _ = after(a_batch(10), a_result((0, 5), failed=[6]))

    again, _ = after(batch, a_result((0, 5), failed=[6]))

    assert again.tally.counts == batch.tally.counts


def test_the_total_may_come_after_the_last_answer() -> None:
    batch, effects = after(None, a_result((0, 9)), an_accepted(10))

    assert batch.head.status == "closing"
    assert said(effects, BatchCompleted)


def test_a_late_result_of_a_completed_batch_says_nothing() -> None:
    batch, _ = after(a_batch(10), a_result((0, 9)))

    _, effects = step(batch, a_result((0, 9)))

    assert effects == ()


def test_the_answer_to_a_repair_repeats_the_completion_with_the_same_id() -> None:
    batch, first = after(a_batch(10), a_result((0, 9)))

    _, again = step(batch, a_result((3, 3), repair=1))

    assert [event.id for _, event in said(again, BatchCompleted)] == [
        event.id for _, event in said(first, BatchCompleted)
    ]


def test_a_completed_batch_is_announced_again_after_a_recovery() -> None:
    batch, first = after(a_batch(10), a_result((0, 9)))

    _, again = look_again(batch, a_moment(60))

    assert said(again, BatchCompleted) == said(first, BatchCompleted)[:1]


def test_a_running_batch_repeats_its_credits_on_a_tick() -> None:
    batch, _ = after(a_batch(10), a_result((0, 3)))

    _, effects = look_again(batch, a_moment(5))

    assert said(effects, ItemsAnswered)
    assert said(effects, BatchProgressed)


def test_progress_is_told_at_most_four_times_a_second() -> None:
    batch, _ = after(a_batch(10), a_result((0, 1)))

    _, soon = report(batch, a_moment(0.2))
    _, later = report(batch, a_moment(0.25))

    assert not said(soon, BatchProgressed)
    assert said(later, BatchProgressed)


def test_cancelled_indexes_close_the_sum() -> None:
    batch, effects = after(a_batch(10), a_result((0, 3)), a_cancellation_of((4, 9)))

    assert batch.head.status == "closing"
    completed = said(effects, BatchCompleted)[0][1]
    assert isinstance(completed, BatchCompleted)
    assert (completed.succeeded, completed.cancelled) == (4, 6)


def test_a_sealed_batch_is_told_to_everyone_and_keeps_no_rows() -> None:
    batch, _ = after(a_batch(10), a_result((0, 9)))

    sealed, effects = after(batch, a_sealing(10))

    assert sealed.head.status == "sealed"
    assert not sealed.tally.rows
    assert [type(effect.event) for effect in effects if isinstance(effect, Say)][1:] == [BatchState, BatchClosed]


@pytest.mark.parametrize("late", [a_result((0, 9)), a_sealing(10), an_accepted(10), a_rejection()])
def test_nothing_changes_a_sealed_batch(late: Event) -> None:
    batch, _ = after(a_batch(10), a_result((0, 9)), a_sealing(10))

    again, effects = step(batch, late)

    assert again == batch
    assert effects == ()


def test_a_rejected_batch_tells_its_faults() -> None:
    batch, effects = after(None, a_rejection())

    state = said(effects, BatchState)[0][1]
    assert isinstance(state, BatchState)
    assert (state.status, state.faults[0].code) == ("rejected", "list_empty")
    assert not batch.is_open


def test_a_question_is_answered_with_the_missing_ranges() -> None:
    batch, _ = after(a_batch(100), a_result((0, 9), (20, 29)))

    _, effects = step(batch, a_question(released=40))

    ((topic, missing),) = said(effects, ItemsMissing)
    assert topic == "dispatch"
    assert isinstance(missing, ItemsMissing)
    assert missing.ranges == ranges((10, 19), (30, 39))


def test_a_question_about_a_batch_that_has_ended_is_answered_with_its_end() -> None:
    batch, _ = after(a_batch(10), a_result((0, 9)), a_sealing(10))

    _, effects = step(batch, a_question(released=10))

    assert said(effects, BatchClosed)


@pytest.mark.parametrize(
    ("event", "code"),
    [
        (a_result((5, 10)), "index_outside"),
        (a_result(failed=[10]), "index_outside"),
        (a_result((5, 2)), "range_reversed"),
    ],
)
def test_a_result_with_impossible_indexes_is_a_bad_record(event: ItemsFinished, code: str) -> None:
    batch = a_batch(10)

    again, effects = step(batch, event)

    assert again == batch
    assert [effect.code for effect in effects if isinstance(effect, Refuse)] == [code]


def test_a_question_about_a_batch_that_never_was_is_no_bad_record() -> None:
    assert step(None, a_question(released=0)) == (None, ())


def test_a_wide_range_for_an_unknown_batch_is_a_bad_record() -> None:
    _, effects = step(None, a_result((0, 2_000_000)))

    assert [effect.code for effect in effects if isinstance(effect, Refuse)] == ["range_too_wide"]


def test_results_of_another_attempt_are_not_counted() -> None:
    batch, _ = after(a_batch(10), a_result((0, 9), attempt=2))

    assert batch.tally.counts.answered == 0


def test_what_a_batch_waits_for_is_shown_until_it_moves() -> None:
    waiting = BatchBlocked(id="b", time=NOW, batch_id="batch-0001", attempt=1, reason="storage_full")

    blocked, effects = step(a_batch(10), waiting)
    assert blocked is not None
    moved, _ = after(blocked, a_result((0, 1)))

    state = said(effects, BatchState)[0][1]
    assert isinstance(state, BatchState)
    assert state.blocked == "disk"
    assert moved.head.blocked is None


def test_a_scheduler_that_lost_the_batch_is_told_of_it_again() -> None:
    _, effects = step(a_batch(100), a_question(0))

    (said_again,) = said(effects, BatchAccepted)
    assert said_again == ("dispatch", an_accepted(100))


def test_a_closing_batch_stores_its_tally_again_with_each_repeat() -> None:
    batch, effects = after(a_batch(10), a_result((0, 9)))

    _, again = look_again(batch, a_moment(5))

    (kept,) = [effect for effect in effects if isinstance(effect, Keep)]
    assert kept in again


def test_a_word_about_another_attempt_changes_nothing() -> None:
    batch = a_batch(10)
    other = a_sealing(10).model_copy(update={"attempt": 2})

    assert step(batch, other) == (batch, ())


def test_a_sealing_in_the_same_block_as_the_last_results_has_their_counts() -> None:
    batch, _ = step(a_batch(10), a_result((0, 9)))
    _, effects = step(batch, a_sealing(10))

    ((_, state),) = said(effects, BatchState)
    assert isinstance(state, BatchState)
    assert (state.succeeded, state.completed_at is not None) == (10, True)


def test_a_batch_that_waits_for_its_turn_shows_it_until_it_moves() -> None:
    waiting = BatchWaiting(id="w", time=NOW, batch_id="batch-0001", attempt=1, reason="window")

    held, effects = step(a_batch(10), waiting)
    assert held is not None
    moved, _ = after(held, a_result((0, 1)))

    state = said(effects, BatchState)[0][1]
    assert isinstance(state, BatchState)
    assert state.waiting == "window"
    assert moved.head.waiting is None


def test_a_batch_that_failed_is_cleaned_up_by_the_closer() -> None:
    _, effects = step(a_batch(10), a_failure())

    assert said(effects, BatchFailed) == [("progress", a_failure()), ("completions", a_failure())]


def test_a_closing_batch_whose_rows_are_damaged_too_is_counted_anew() -> None:
    closing, _ = after(a_batch(10), a_result((0, 9)))
    damaged = replace(closing, tally=Tally().answer("succeeded", ranges((0, 3))))
    absent = BatchBlocked(id="b", time=NOW, batch_id=BATCH, attempt=1, reason="tally_absent")

    again, _ = step(damaged, absent)
    completed, effects = after(again, a_result((4, 9)))

    assert again is not None
    assert again.head.status == "running"
    assert completed.head.tally_digest == closing.head.tally_digest
    assert [event.id for _, event in said(effects, BatchCompleted)] == [f"{BATCH}/1/completed"] * 2


def test_a_closing_batch_whose_rows_are_whole_stays_closing() -> None:
    closing, _ = after(a_batch(10), a_result((0, 9)))
    absent = BatchBlocked(id="b", time=NOW, batch_id=BATCH, attempt=1, reason="tally_absent")

    held, _ = step(closing, absent)

    assert held is not None
    assert held.head.status == "closing"
