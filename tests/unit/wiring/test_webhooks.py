"""A webhook is delivered at least once, signed, with the same id each time, wherever its sender dies."""

import asyncio
from collections.abc import Iterator

import pytest
from builders import BATCH, a_rejection, a_sealing
from pydantic import SecretStr
from stage import NotingOutbox
from webhookserver import SECRET, Receiver

from pressrun.domain.notices import mean, read_notice, write_notice
from pressrun.domain.patience import WEBHOOK_WAITS
from pressrun.doorkeeper import CONTACT
from pressrun.mailing import AddressBook
from pressrun.settings import Settings
from pressrun.telling import Teller
from pressrun.webhooks import ByWebhook, webhook_of
from schemas.plans import Contact
from schemas.progress import NoticeBegun, NoticeEnded
from sinks.errors import StorageFull
from sinks.storage import LocalStorage

NOTICE = mean(a_sealing(), "webhook")


class Died(Exception):
    """The sender's process is gone."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


def with_webhook(settings: Settings, receiver: Receiver) -> Settings:
    hook = {"webhook_url": SecretStr(receiver.url), "webhook_secret": SecretStr(SECRET)}
    return settings.model_copy(update=hook)


def a_teller(storage: LocalStorage, settings: Settings, outbox: NotingOutbox) -> Teller:
    storage.create_batch_folder(BATCH, 1)
    contact = Contact(name="Spring", notify=None, fingerprint="x")
    storage.put_if_absent(BATCH, CONTACT, contact.model_dump_json().encode())
    return Teller(storage, outbox, {"webhook": ByWebhook(settings)}, steady=lambda: 0.0)  # type: ignore[arg-type] # a fake voice


def told(outbox: NotingOutbox) -> list[tuple[int, str, str | None]]:
    return [(event.number, event.outcome, event.code) for event in outbox.events(NoticeEnded)]


async def test_a_webhook_is_posted_as_the_event_on_progress_and_said_to_be(
    storage: LocalStorage, settings: Settings, receiver: Receiver
) -> None:
    outbox = NotingOutbox()

    settled = await a_teller(storage, with_webhook(settings, receiver), outbox).tell(NOTICE, 0)

    (post,) = receiver.posts
    assert settled is None
    assert post.body == NOTICE.event.model_dump_json(exclude_none=True).encode()
    assert post.is_genuine
    assert told(outbox) == [(1, "sent", None)]
    assert [(event.number, event.notice) for event in outbox.events(NoticeBegun)] == [(1, "webhook")]


async def test_the_begun_try_is_said_and_on_the_disk_before_the_receiver_has_it(
    storage: LocalStorage, settings: Settings, receiver: Receiver
) -> None:
    outbox, seen = NotingOutbox(), []
    receiver.look = lambda: seen.append(
        (storage.read_note(BATCH, "notice-webhook-batchsealed-1-1.begun"), len(outbox.events(NoticeBegun)))
    )

    await a_teller(storage, with_webhook(settings, receiver), outbox).tell(NOTICE, 0)

    assert seen == [(b"{}", 1)]


async def test_a_receiver_that_fails_for_now_is_tried_again_with_the_same_id_and_body(
    storage: LocalStorage, settings: Settings, receiver: Receiver
) -> None:
    outbox = NotingOutbox()
    teller = a_teller(storage, with_webhook(settings, receiver), outbox)
    receiver.statuses = [503, 0]

    waits = [await teller.tell(NOTICE, repeat) for repeat in range(3)]

    assert waits == [WEBHOOK_WAITS[0], WEBHOOK_WAITS[1], None]
    assert told(outbox) == [(1, "waiting", "webhook_refused"), (2, "waiting", "webhook_unanswered"), (3, "sent", None)]
    assert len(receiver.posts) == 3
    assert len({(post.id, post.body) for post in receiver.posts}) == 1
    assert all(post.is_genuine for post in receiver.posts)


async def test_a_receiver_that_never_takes_it_is_given_up_and_said_to_be(
    storage: LocalStorage, settings: Settings, receiver: Receiver
) -> None:
    outbox = NotingOutbox()
    teller = a_teller(storage, with_webhook(settings, receiver), outbox)
    receiver.statuses = [500] * 20

    waits = [await teller.tell(NOTICE, repeat) for repeat in range(13)]

    assert waits == [*WEBHOOK_WAITS, 0, None]
    assert len(receiver.posts) == 12
    assert told(outbox)[-1] == (12, "failed", "webhook_given_up")


async def test_a_receiver_that_is_gone_is_asked_once(
    storage: LocalStorage, settings: Settings, receiver: Receiver
) -> None:
    outbox = NotingOutbox()
    receiver.statuses = [410]

    assert await a_teller(storage, with_webhook(settings, receiver), outbox).tell(NOTICE, 0) is None

    assert told(outbox) == [(1, "failed", "webhook_gone")]


DEATHS = ["webhook.begun", "webhook.sent", "webhook.recorded", "webhook.told"]


@pytest.mark.parametrize("point", DEATHS)
async def test_wherever_its_sender_dies_a_webhook_arrives_and_always_with_the_same_id(
    settings: Settings, receiver: Receiver, point: str
) -> None:
    def die(passed: str) -> None:
        if passed == point:
            raise Died

    mortal = LocalStorage(settings.home, settings.archives, crashpoint=die)
    outbox, settings = NotingOutbox(), with_webhook(settings, receiver)
    with pytest.raises(Died):
        await a_teller(mortal, settings, outbox).tell(NOTICE, 0)

    await a_teller(LocalStorage(settings.home, settings.archives), settings, outbox).tell(NOTICE, 0)

    assert len(receiver.posts) == (2 if point == "webhook.sent" else 1)
    assert len({(post.id, post.body) for post in receiver.posts}) == 1
    assert told(outbox)[-1][1] == "sent"


async def test_two_senders_at_once_come_to_an_end_that_is_true(
    storage: LocalStorage, settings: Settings, receiver: Receiver
) -> None:
    outbox, settings = NotingOutbox(), with_webhook(settings, receiver)
    tellers = [a_teller(storage, settings, outbox) for _ in range(4)]

    waits = await asyncio.gather(*(teller.tell(NOTICE, 0) for teller in tellers))
    if all(wait is not None for wait in waits):
        await tellers[0].tell(NOTICE, 1)

    assert len(receiver.posts) >= 1
    assert any(outcome == "sent" for _, outcome, _ in told(outbox))


async def test_a_full_disk_holds_a_webhook_back(settings: Settings, receiver: Receiver) -> None:
    class FullDisk(LocalStorage):
        def put_if_absent(self, batch_id: str, name: str, data: bytes) -> bool:
            if name.endswith(".begun"):
                raise StorageFull
            return super().put_if_absent(batch_id, name, data)

    outbox, storage = NotingOutbox(), FullDisk(settings.home, settings.archives)

    assert await a_teller(storage, with_webhook(settings, receiver), outbox).tell(NOTICE, 0) is not None

    assert receiver.posts == []
    assert told(outbox) == [(1, "waiting", "storage_full")]


async def test_a_receiver_that_is_set_no_more_ends_the_notice(storage: LocalStorage, settings: Settings) -> None:
    outbox = NotingOutbox()

    assert await a_teller(storage, settings, outbox).tell(NOTICE, 0) is None

    assert told(outbox) == [(1, "failed", "webhook_unset")]


def test_the_id_is_the_notices_and_fit_to_be_signed() -> None:
    sealed, again, rejected = (webhook_of(notice, 1).id for notice in (NOTICE, NOTICE, mean(a_rejection(), "webhook")))

    assert sealed == again != rejected
    assert sealed.replace("_", "").isalnum()


def test_the_body_is_the_same_after_the_notice_was_written_down_and_read_again() -> None:
    written = read_notice(write_notice(NOTICE))

    assert written is not None
    assert webhook_of(written, 1) == webhook_of(NOTICE, 1)


def test_every_batch_somebody_submitted_is_told_by_webhook_where_a_receiver_is_set(
    storage: LocalStorage, settings: Settings, receiver: Receiver
) -> None:
    a_teller(storage, settings, NotingOutbox())

    assert list(AddressBook(storage, with_webhook(settings, receiver)).ways(BATCH)) == ["webhook"]
    assert not AddressBook(storage, with_webhook(settings, receiver)).ways("batch-9999")
    assert not AddressBook(storage, settings).ways(BATCH)
