"""Mail is sent at most once: the right to send is a file, and what nobody can know is said to be unknown."""

import asyncio
from collections.abc import Iterator

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from builders import BATCH, a_sealing
from mailserver import FreePortController
from stage import NotingOutbox

from pressrun.doorkeeper import CONTACT
from pressrun.mailing import Mailer
from pressrun.settings import Settings
from schemas.plans import Contact
from schemas.progress import NoticeEnded
from sinks.storage import LocalStorage


class Mailbox:
    """Takes mail, or refuses it as told."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.answer = "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        assert server
        assert session
        if self.answer.startswith("250"):
            self.taken.append(envelope.original_content or b"")
        return self.answer


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def server(mailbox: Mailbox) -> Iterator[FreePortController]:
    controller = FreePortController(mailbox, hostname="127.0.0.1")
    controller.start()
    yield controller
    controller.stop()


@pytest.fixture
def outbox() -> NotingOutbox:
    return NotingOutbox()


def a_mailer(
    storage: LocalStorage,
    settings: Settings,
    outbox: NotingOutbox,
    server: FreePortController | None,
    address: str | None = "ann@example.com",
) -> Mailer:
    port = server.port if server else 1
    storage.create_batch_folder(BATCH, 1)
    contact = Contact(name="Spring", notify=address, fingerprint="x")
    storage.put_if_absent(BATCH, CONTACT, contact.model_dump_json().encode())
    return Mailer(storage, outbox, settings.model_copy(update={"smtp_port": port}))  # type: ignore[arg-type] # a fake voice


def outcomes(outbox: NotingOutbox) -> list[str]:
    return [event.outcome for event in outbox.events(NoticeEnded)]


async def test_a_notice_is_sent_and_said_to_be(
    storage: LocalStorage, settings: Settings, outbox: NotingOutbox, server: FreePortController, mailbox: Mailbox
) -> None:
    settled = await a_mailer(storage, settings, outbox, server).tell(a_sealing(), 0)

    assert settled is None
    assert outcomes(outbox) == ["sent"]
    assert b"Spring" in mailbox.taken[0]


async def test_a_repeated_event_sends_no_second_mail(
    storage: LocalStorage, settings: Settings, outbox: NotingOutbox, server: FreePortController, mailbox: Mailbox
) -> None:
    for _ in range(3):
        await a_mailer(storage, settings, outbox, server).tell(a_sealing(), 0)

    assert len(mailbox.taken) == 1
    assert outcomes(outbox) == ["sent", "sent", "sent"]


async def test_a_server_that_is_down_is_waited_for(
    storage: LocalStorage, settings: Settings, outbox: NotingOutbox, server: FreePortController, mailbox: Mailbox
) -> None:
    first = await a_mailer(storage, settings, outbox, None).tell(a_sealing(), 0)
    second = await a_mailer(storage, settings, outbox, None).tell(a_sealing(), 1)
    third = await a_mailer(storage, settings, outbox, server).tell(a_sealing(), 2)

    assert first is not None
    assert second is not None
    assert third is None
    assert outcomes(outbox) == ["waiting", "sent"]
    assert len(mailbox.taken) == 1


async def test_a_refusal_for_good_is_a_failed_notice(
    storage: LocalStorage, settings: Settings, outbox: NotingOutbox, server: FreePortController, mailbox: Mailbox
) -> None:
    mailbox.answer = "554 no"

    await a_mailer(storage, settings, outbox, server).tell(a_sealing(), 0)

    assert outcomes(outbox) == ["failed"]


async def test_a_process_that_died_while_sending_leaves_an_unknown_and_no_second_mail(
    storage: LocalStorage, settings: Settings, outbox: NotingOutbox, server: FreePortController, mailbox: Mailbox
) -> None:
    mailer = a_mailer(storage, settings, outbox, server)
    assert mailer._take_right(a_sealing()) == 1

    await a_mailer(storage, settings, outbox, server).tell(a_sealing(), 0)

    assert outcomes(outbox) == ["unknown"]
    assert mailbox.taken == []


async def test_two_mailers_at_once_send_one_mail(
    storage: LocalStorage, settings: Settings, outbox: NotingOutbox, server: FreePortController, mailbox: Mailbox
) -> None:
    mailers = [a_mailer(storage, settings, outbox, server) for _ in range(4)]

    await asyncio.gather(*(mailer.tell(a_sealing(), 0) for mailer in mailers))

    assert len(mailbox.taken) == 1


@pytest.mark.parametrize(
    "address", ["ann@example.com\r\nBcc: eve@example.com", "=?utf-8?q?x?= <a@example.com>", "none"]
)
async def test_an_address_that_is_not_one_is_a_failed_notice(
    storage: LocalStorage,
    settings: Settings,
    outbox: NotingOutbox,
    server: FreePortController,
    mailbox: Mailbox,
    address: str,
) -> None:
    await a_mailer(storage, settings, outbox, server, address).tell(a_sealing(), 0)

    assert outcomes(outbox) == ["failed"]
    assert mailbox.taken == []


def test_a_batch_without_an_address_is_not_told_about(
    storage: LocalStorage, settings: Settings, outbox: NotingOutbox
) -> None:
    assert not a_mailer(storage, settings, outbox, None, address=None).has_address(BATCH)
    assert not a_mailer(storage, settings, outbox, None).has_address("batch-9999")
