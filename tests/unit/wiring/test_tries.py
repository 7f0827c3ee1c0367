"""The notes of tries: each is written once, and what another left is read as what it means for a mail or a webhook."""

from dataclasses import replace

import pytest
from builders import BATCH, a_sealing

from pressrun.domain.notices import Notice, mean, note_name
from pressrun.tries import Tries, Verdict
from schemas.notices import NoticeKind, NoticeOutcome
from sinks.errors import BatchFolderMissing
from sinks.filesystem import temporary_name
from sinks.storage import LocalStorage

MAIL = mean(a_sealing())
WEBHOOK = mean(a_sealing(), "webhook")


@pytest.fixture
def tries(storage: LocalStorage) -> Tries:
    storage.create_batch_folder(BATCH, 1)
    return Tries(storage)


def test_a_try_is_begun_by_one(tries: Tries) -> None:
    assert [tries.begin(MAIL, 1), tries.begin(MAIL, 1)] == [True, False]


def test_the_notices_of_one_event_by_different_ways_do_not_share_their_tries(tries: Tries) -> None:
    assert tries.begin(MAIL, 1)
    assert tries.begin(WEBHOOK, 1)


def test_nothing_tried_is_the_first_try(tries: Tries) -> None:
    assert tries.look(MAIL) == 1


@pytest.mark.parametrize("outcome", ["sent", "failed", "unknown"])
def test_a_try_that_has_ended_ends_the_errand(tries: Tries, outcome: NoticeOutcome) -> None:
    tries.begin(MAIL, 1)
    tries.end(MAIL, 1, outcome)

    looked = tries.look(MAIL)

    assert isinstance(looked, Verdict)
    assert (looked.outcome, looked.number) == (outcome, 1)


def test_tries_that_were_certainly_not_sent_are_followed_by_the_next(tries: Tries) -> None:
    for number in (1, 2, 3):
        tries.begin(MAIL, number)
        tries.end(MAIL, number, "waiting")

    assert tries.look(MAIL) == 4


def test_what_a_sender_that_died_over_a_note_left_is_swept(storage: LocalStorage, tries: Tries) -> None:
    folder = storage.create_batch_folder(BATCH, 1).parent
    left = folder / temporary_name(note_name(MAIL, 1, "begun"))
    left.write_bytes(b"{}")

    tries.look(MAIL)

    assert not left.exists()


def test_an_errand_starts_behind_what_came_before_it(tries: Tries) -> None:
    tries.begin(MAIL, 1)
    tries.end(MAIL, 1, "unknown")
    again = Notice(MAIL.event, "mail", "meant", MAIL.changed, number=2, since=2)

    assert tries.look(again) == 2


@pytest.mark.parametrize(("notice", "looked"), [(MAIL, Verdict("unknown", "interrupted", 1)), (WEBHOOK, 2)])
def test_a_try_that_was_cut_off_is_unknown_for_a_mail_and_over_for_a_webhook(
    tries: Tries, notice: Notice, looked: int | Verdict
) -> None:
    tries.begin(notice, 1)

    assert tries.look(notice) == looked
    assert tries.look(notice) == looked


@pytest.mark.parametrize("kind", ["mail", "webhook"])
def test_what_is_noted_of_a_cut_off_try_stays(tries: Tries, kind: NoticeKind) -> None:
    notice = mean(a_sealing(), kind)
    tries.begin(notice, 1)
    noted = tries.settle(notice, 1).outcome

    assert tries.end(notice, 1, "waiting") == noted
    assert tries.end(notice, 1, "sent") == "sent"
    assert tries.settle(notice, 1).outcome == noted


def test_an_erased_batch_gives_no_right_to_send(storage: LocalStorage) -> None:
    with pytest.raises(BatchFolderMissing):
        Tries(storage).begin(MAIL, 1)


def test_a_withdrawn_try_is_as_if_it_had_never_begun(tries: Tries) -> None:
    tries.begin(MAIL, 1)

    tries.withdraw(MAIL, 1)

    assert tries.look(MAIL) == 1
    assert tries.begin(MAIL, 1)


def test_a_try_whose_end_is_noted_cannot_be_withdrawn(tries: Tries) -> None:
    tries.begin(MAIL, 1)
    tries.end(MAIL, 1, "unknown")

    tries.withdraw(MAIL, 1)

    assert tries.look(MAIL) == Verdict("unknown", "interrupted", 1)


def test_a_try_that_another_began_counts_although_the_log_says_that_one_waits(tries: Tries) -> None:
    """Who never reached the server said `waiting` of a number under which its sleeping predecessor then sent."""
    tries.begin(MAIL, 1)
    tries.end(MAIL, 1, "sent")

    looked = tries.look(replace(MAIL, state="waiting", number=2))

    assert looked == Verdict("sent", None, 1)
