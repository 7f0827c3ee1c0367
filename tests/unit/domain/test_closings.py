"""The closer's decisions: what is kept of a completed batch, what follows from each way a try can end."""

import pytest
from builders import BATCH, NOW, a_completion, a_sealing, ranges

from pressrun.domain.batches import MAX_RANGES, TALLY_ABSENT, Say
from pressrun.domain.closings import (
    REPAIR_SECONDS,
    RETRY_SECONDS,
    Closing,
    Holes,
    Next,
    RemoveSegments,
    Result,
    Waits,
    follow,
    judge,
    note,
    read_intents,
)
from schemas.completions import ClosingEnded
from schemas.dispatch import ItemsMissing
from schemas.events import Event
from schemas.results import BatchBlocked, BatchFailed
from sinks.errors import BlobCorrupt, SealingRefused, SealingStopped, StorageFull

REMOVED = RemoveSegments(BATCH, 1)
ENDED = ClosingEnded(id=f"{BATCH}/1/closing-ended", time=NOW, batch_id=BATCH, attempt=1)


def after(result: Result, asked: int = 0) -> Next:
    return follow(Closing(a_completion(), asked), result, NOW)


def said(following: Next) -> list[tuple[Event, str]]:
    return [(effect.event, effect.topic) for effect in following.effects if isinstance(effect, Say)]


def a_failure() -> BatchFailed:
    failure = judge(a_completion(), SealingRefused(), NOW)
    assert isinstance(failure, BatchFailed)
    return failure


def test_a_completed_batch_is_kept_until_its_closing_has_ended() -> None:
    rows: dict[bytes, bytes] = {}

    note(rows, a_completion())
    note(rows, a_completion())

    assert list(read_intents(rows).values()) == [a_completion()]
    note(rows, ENDED)
    assert rows == {}


def test_rows_that_are_no_intents_are_passed_over() -> None:
    assert read_intents({b"marker/0": b"1"}) == {}


def test_a_completion_with_another_tally_is_another_intent() -> None:
    rows: dict[bytes, bytes] = {}
    note(rows, a_completion())
    first = set(read_intents(rows))

    note(rows, a_completion().model_copy(update={"tally": "ef" * 32}))

    assert len(read_intents(rows)) == 1
    assert first.isdisjoint(read_intents(rows))


def test_the_end_of_an_unknown_closing_changes_nothing() -> None:
    rows: dict[bytes, bytes] = {}

    note(rows, ENDED)

    assert rows == {}


def test_segments_go_before_it_is_said_that_the_archive_is_sealed() -> None:
    following = after(a_sealing())

    assert following == Next(None, (REMOVED, Say(a_sealing(), "results"), Say(ENDED, "completions")))


def test_segments_of_a_failed_batch_go_after_it_is_said() -> None:
    following = after(a_failure())

    assert following == Next(None, (Say(a_failure(), "results"), REMOVED, Say(ENDED, "completions")))


def test_holes_are_asked_for_again_after_twice_the_time() -> None:
    following = after(Holes(ranges((2, 3))))
    assert following.closing is not None
    again = follow(following.closing, Holes(ranges((2, 3))), NOW)

    ((missing, topic),) = said(following)
    assert isinstance(missing, ItemsMissing)
    assert (topic, missing.ranges, missing.asked_by) == ("dispatch", ranges((2, 3)), "closer")
    assert (following.seconds, again.seconds) == (REPAIR_SECONDS, 2 * REPAIR_SECONDS)
    assert said(again) == said(following)


def test_a_question_is_no_larger_than_a_record_may_be() -> None:
    holes = Holes(ranges(*((2 * index, 2 * index) for index in range(MAX_RANGES + 1))))

    ((missing, _),) = said(after(holes))

    assert isinstance(missing, ItemsMissing)
    assert missing.ranges == holes.ranges[:MAX_RANGES]


def test_a_bad_moment_is_said_and_waited_for() -> None:
    following = after(judge_waits(StorageFull()), asked=2)

    ((blocked, topic),) = said(following)
    assert isinstance(blocked, BatchBlocked)
    assert (topic, blocked.reason) == ("results", "storage_full")
    assert following.closing == Closing(a_completion(), asked=2, told="storage_full")
    assert following.seconds == RETRY_SECONDS


def test_an_absent_tally_is_waited_for() -> None:
    following = after(Waits(TALLY_ABSENT))

    assert [event.reason for event, _ in said(following) if isinstance(event, BatchBlocked)] == [TALLY_ABSENT]
    assert following.closing is not None


def test_that_a_process_ends_is_nobodys_business() -> None:
    following = after(judge_waits(SealingStopped()))

    assert following.effects == ()
    assert following.closing is not None


@pytest.mark.parametrize("error", [SealingRefused(), BlobCorrupt()])
def test_what_no_waiting_helps_against_ends_the_batch(error: SealingRefused | BlobCorrupt) -> None:
    failure = judge(a_completion(), error, NOW)

    assert isinstance(failure, BatchFailed)
    assert (failure.id, failure.error.code, failure.error.where) == (f"{BATCH}/1/failed", error.code, "archive")


def judge_waits(error: StorageFull | SealingStopped) -> Waits:
    waits = judge(a_completion(), error, NOW)
    assert isinstance(waits, Waits)
    return waits


def test_a_reason_to_wait_is_said_when_it_is_new_and_then_now_and_again() -> None:
    closing = Closing(a_completion())
    said_at = []
    for number in range(65):
        reason = "storage_full" if number < 62 else "storage_unavailable"
        following = follow(closing, Waits(reason), NOW)
        assert following.closing is not None
        closing = following.closing
        if following.effects:
            said_at.append(number)

    assert said_at == [0, 30, 60, 62]
