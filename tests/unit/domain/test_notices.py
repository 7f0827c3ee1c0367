"""A notice is sent once for each person's or event's wish; what nobody can know stays unknown until a person speaks."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from builders import BATCH, NOW, a_moment, a_rejection, a_sealing
from hypothesis import given
from hypothesis import strategies as st

from pressrun.domain.notices import (
    BEGIN_WITHIN_SECONDS,
    Heard,
    Notice,
    agreed,
    begun_of,
    ended_of,
    is_in_time,
    mean,
    note_name,
    notice_of,
    outcome_of_another,
    read_notice,
    step,
    write_notice,
)
from schemas.notices import NoticeOutcome
from schemas.progress import NoticeBegun, NoticeEnded
from schemas.submissions import ResendNotice, SettleNotice

ABOUT = f"{BATCH}/1/sealed"
MEANT = mean(a_sealing())


def begun(number: int = 1) -> NoticeBegun:
    return begun_of(MEANT, number, a_moment())


def ended(outcome: NoticeOutcome, number: int = 1, code: str | None = None) -> NoticeEnded:
    return ended_of(MEANT, number, outcome, code, a_moment())


def a_resend(number: int = 1) -> ResendNotice:
    return ResendNotice(id=f"resend/{number}", time=NOW, batch_id=BATCH, about=ABOUT, number=number)


def a_settlement(outcome: str = "sent", number: int = 1) -> SettleNotice:
    return SettleNotice.model_validate(
        {"id": "settle", "time": NOW, "batch_id": BATCH, "about": ABOUT, "number": number, "outcome": outcome}
    )


def after(*events: Heard, notice: Notice | None = None) -> Notice:
    for event in events:
        notice, _ = step(notice, event, a_moment())
    assert notice is not None
    return notice


def standing(notice: Notice) -> tuple[str, int]:
    return notice.state, notice.number


def test_an_event_that_ends_a_batch_is_meant_to_be_told_by_mail() -> None:
    notice = after(a_sealing())

    assert standing(notice) == ("meant", 1)
    assert notice.is_open
    assert (notice.id, notice.kind) == (f"{ABOUT}/mail", "mail")


def test_a_repeated_event_is_the_same_notice() -> None:
    for events in ([], [begun()], [begun(), ended("sent")], [begun(), ended("unknown")]):
        notice = after(a_sealing(), *events)

        assert after(a_sealing(), notice=notice) == notice


@pytest.mark.parametrize("event", [begun(), ended("sent"), a_resend(), a_settlement()])
def test_what_is_said_of_a_notice_nobody_means_makes_none(event: Heard) -> None:
    assert step(None, event, a_moment()) == (None, ())


@pytest.mark.parametrize("outcome", ["sent", "failed", "unknown"])
def test_a_try_that_ends_ends_the_notice(outcome: NoticeOutcome) -> None:
    notice = after(a_sealing(), begun(), ended(outcome, code="mail_refused"))

    assert standing(notice) == (outcome, 1)
    assert notice.code == "mail_refused"
    assert not notice.is_open


def test_a_try_that_was_certainly_not_sent_is_followed_by_the_next() -> None:
    waiting = after(a_sealing(), begun(), ended("waiting"))

    assert standing(waiting) == ("waiting", 2)
    assert waiting.is_open
    assert standing(after(begun(2), ended("sent", 2), notice=waiting)) == ("sent", 2)


def test_a_try_that_never_began_keeps_its_number() -> None:
    assert standing(after(a_sealing(), ended("waiting"), ended("waiting"))) == ("waiting", 1)


def test_one_errand_keeps_its_name_however_often_it_is_tried() -> None:
    meant = after(a_sealing())
    tried = after(begun(), ended("waiting"), begun(2), notice=meant)

    assert tried.errand == meant.errand


@pytest.mark.parametrize("state", ["sent", "failed", "unknown"])
def test_a_person_resends_what_has_ended_as_a_new_errand(state: NoticeOutcome) -> None:
    over = after(a_sealing(), begun(), ended(state))

    again = after(a_resend(), notice=over)

    assert standing(again) == ("meant", 2)
    assert again.errand != over.errand


def test_a_repeated_resend_sends_once() -> None:
    notice = after(a_sealing(), begun(), ended("unknown"), a_resend(), a_resend())
    assert standing(notice) == ("meant", 2)

    assert standing(after(begun(2), ended("sent", 2), a_resend(), notice=notice)) == ("sent", 2)


@pytest.mark.parametrize("events", [[], [begun()], [begun(), ended("waiting")]])
def test_what_is_on_its_way_is_not_resent(events: list[Heard]) -> None:
    notice = after(a_sealing(), *events)

    assert after(a_resend(notice.number), notice=notice) == notice


@pytest.mark.parametrize("outcome", ["sent", "failed"])
def test_a_person_settles_what_nobody_can_know_and_it_is_said(outcome: str) -> None:
    unknown = after(a_sealing(), begun(), ended("unknown"))

    settled, said = step(unknown, a_settlement(outcome), a_moment(5))

    assert settled is not None
    assert (settled.state, settled.code) == (outcome, "settled")
    ((outcome_said, code, time),) = [(word.outcome, word.code, word.time) for word in said]
    assert (outcome_said, code, time) == (outcome, "settled", NOW + timedelta(seconds=5))
    assert step(settled, said[0], a_moment()) == (settled, ())


@pytest.mark.parametrize("events", [[], [begun()], [begun(), ended("sent")], [begun(), ended("failed")]])
def test_only_what_nobody_can_know_is_settled(events: list[Heard]) -> None:
    notice = after(a_sealing(), *events)

    assert step(notice, a_settlement("failed"), a_moment()) == (notice, ())


def test_a_repeated_settlement_is_said_once() -> None:
    unknown = after(a_sealing(), begun(), ended("unknown"))
    settled, _ = step(unknown, a_settlement(), a_moment())

    assert step(settled, a_settlement("failed"), a_moment()) == (settled, ())


@pytest.mark.parametrize("command", [a_resend(1), a_settlement("sent", 1)])
def test_a_command_about_an_earlier_try_changes_nothing(command: Heard) -> None:
    notice = after(a_sealing(), begun(), ended("unknown"), a_resend(), begun(2), ended("unknown", 2))

    assert step(notice, command, a_moment()) == (notice, ())


def test_the_one_who_knows_outdoes_the_one_who_cannot_know() -> None:
    unknown = after(a_sealing(), begun(), ended("unknown"))

    assert standing(after(ended("sent"), notice=unknown)) == ("sent", 1)
    assert standing(after(ended("sent"), ended("unknown"), notice=unknown)) == ("sent", 1)


def test_a_sender_that_was_given_up_does_not_bring_an_ended_notice_back() -> None:
    unknown = after(a_sealing(), begun(), ended("unknown"))

    assert after(ended("waiting"), begun(), begun(2), notice=unknown) == unknown


def test_words_about_an_errand_before_do_not_end_the_present_one() -> None:
    again = after(a_sealing(), begun(), ended("unknown"), a_resend())

    for late in (ended("sent"), ended("unknown"), ended("waiting"), begun()):
        assert standing(after(late, notice=again)) == ("meant", 2)


TALE: list[Heard] = [begun(), ended("waiting"), begun(2), ended("sent", 2)]


@pytest.mark.parametrize("order", list(permutations(TALE)))
def test_a_sent_notice_is_sent_in_whatever_order_its_tale_is_heard(order: tuple[Heard, ...]) -> None:
    assert after(a_sealing(), *order, *order).state == "sent"


EVENTS = st.one_of(
    st.builds(begun, st.integers(1, 4)),
    st.builds(ended, st.sampled_from(["sent", "failed", "unknown", "waiting"]), st.integers(1, 4)),
    st.builds(a_resend, st.integers(1, 4)),
    st.builds(a_settlement, st.sampled_from(["sent", "failed"]), st.integers(1, 4)),
    st.just(a_sealing()),
)


@given(st.lists(EVENTS, max_size=20))
def test_a_new_errand_is_begun_by_a_person_and_numbers_never_go_down(events: list[Heard]) -> None:
    notice = after(a_sealing())
    for event in events:
        following = after(event, notice=notice)
        assert following.number >= notice.number
        assert following.since <= following.number
        assert (following.errand == notice.errand) or isinstance(event, ResendNotice)
        assert following.is_open <= (notice.is_open or isinstance(event, ResendNotice))
        notice = following


@given(st.lists(EVENTS, max_size=20))
def test_a_row_is_read_as_it_was_written(events: list[Heard]) -> None:
    notice = after(a_sealing(), *events)

    assert read_notice(write_notice(notice)) == notice


def test_no_row_is_no_notice() -> None:
    assert read_notice(None) is None


def test_a_rejection_is_read_back_as_one() -> None:
    notice = mean(a_rejection())

    assert read_notice(write_notice(notice)) == notice


def test_every_word_finds_its_notice() -> None:
    said: list[Any] = [a_sealing(), begun(), ended("sent"), a_resend(), a_settlement()]

    assert {notice_of(event) for event in said} == {MEANT.id}


def test_the_notes_of_different_tries_and_events_have_different_names() -> None:
    notices = [
        MEANT,
        mean(a_rejection()),
        mean(a_sealing().model_copy(update={"attempt": 2})),
        mean(a_sealing(), "webhook"),
    ]

    names = {note_name(notice, number, what) for notice in notices for number in (1, 2) for what in ("begun", "ended")}

    assert len(names) == 16


@pytest.mark.parametrize(
    ("slept", "may"), [(0.0, True), (BEGIN_WITHIN_SECONDS, True), (BEGIN_WITHIN_SECONDS + 0.001, False), (60.0, False)]
)
def test_what_was_begun_is_acted_upon_at_once_or_not_at_all(slept: float, *, may: bool) -> None:
    assert is_in_time(a_moment(), a_moment(slept)) is may


def test_a_clock_that_people_set_gives_no_time_to_act() -> None:
    slept = a_moment(60)._replace(time=NOW - timedelta(days=1))

    assert not is_in_time(a_moment(), slept)


@pytest.mark.parametrize("noted", ["sent", "failed", "unknown", "waiting"])
@pytest.mark.parametrize("kind", ["mail", "webhook"])
def test_what_is_noted_of_a_try_is_what_it_came_to(kind: Any, noted: NoticeOutcome) -> None:
    assert outcome_of_another(kind, noted) == noted


def test_an_interrupted_mail_is_unknown_and_an_interrupted_webhook_is_sent_again() -> None:
    assert outcome_of_another("mail", None) == "unknown"
    assert outcome_of_another("webhook", None) == "waiting"


def test_a_webhook_that_is_sent_again_has_the_same_id() -> None:
    notice = mean(a_sealing(), "webhook")
    waiting = after(begun_of(notice, 1, a_moment()), ended_of(notice, 1, "waiting", None, a_moment()), notice=notice)

    assert standing(waiting) == ("waiting", 2)
    assert waiting.id == notice.id


@pytest.mark.parametrize(
    ("own", "noted", "counts"),
    [
        ("sent", "unknown", "sent"),
        ("failed", "unknown", "failed"),
        ("waiting", "unknown", "unknown"),
        ("unknown", "sent", "sent"),
        ("unknown", "waiting", "unknown"),
        ("sent", "waiting", "sent"),
        ("sent", "sent", "sent"),
    ],
)
def test_of_two_senders_the_one_who_knows_is_believed(
    own: NoticeOutcome, noted: NoticeOutcome, counts: NoticeOutcome
) -> None:
    assert agreed(own, noted) == counts
