"""Mail is sent at most once, whenever a sender dies or sleeps; what nobody can know is said to be unknown."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from threading import Thread

import pytest
from builders import BATCH, NOW, a_moment, a_sealing
from mailserver import FreePortController, Mailbox
from stage import NotingOutbox

from pressrun.domain.notices import BEGIN_WITHIN_SECONDS, Notice, mean, step
from pressrun.doorkeeper import CONTACT
from pressrun.mailing import AddressBook, ByMail
from pressrun.settings import Settings
from pressrun.telling import Teller, Way
from schemas.events import Record
from schemas.notices import NoticeKind, NoticeOutcome
from schemas.plans import Contact
from schemas.progress import NoticeBegun, NoticeEnded
from schemas.submissions import ResendNotice
from sinks.errors import StorageFull
from sinks.storage import LocalStorage

NOTICE = mean(a_sealing())
FOLDER = Path("batches") / BATCH


class Died(Exception):
    """The sender's process is gone."""


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


class MortalOutbox(NotingOutbox):
    """Dies before or after it says a record of the type named."""

    def __init__(self, dies: str = "") -> None:
        super().__init__()
        self.dies = dies

    async def say(self, record: Record, topic: str, partition: int | None = None) -> None:
        if self.dies == f"before {record.type}":
            raise Died
        await super().say(record, topic, partition)
        if self.dies == f"after {record.type}":
            raise Died


def a_mailer(
    storage: LocalStorage,
    settings: Settings,
    outbox: NotingOutbox,
    server: FreePortController | int | None,
    address: str | None = "ann@example.com",
    steady: Callable[[], float] = lambda: 0.0,
) -> Teller:
    port = server.port if isinstance(server, FreePortController) else server or 1
    storage.create_batch_folder(BATCH, 1)
    contact = Contact(name="Spring", notify=address, fingerprint="x")
    storage.put_if_absent(BATCH, CONTACT, contact.model_dump_json().encode())
    settings = settings.model_copy(update={"smtp_port": port})
    ways: Mapping[NoticeKind, Way] = {"mail": ByMail(AddressBook(storage, settings), settings)}
    return Teller(storage, outbox, ways, steady=steady)  # type: ignore[arg-type] # a fake voice


def outcomes(outbox: NotingOutbox) -> list[str]:
    return [event.outcome for event in outbox.events(NoticeEnded)]


def notes(settings: Settings) -> list[str]:
    return sorted(path.name for path in (settings.home / FOLDER).glob("notice-*"))


async def test_a_notice_is_sent_and_said_to_be(
    storage: LocalStorage, settings: Settings, outbox: NotingOutbox, server: FreePortController, mailbox: Mailbox
) -> None:
    settled = await a_mailer(storage, settings, outbox, server).tell(NOTICE, 0)

    assert settled is None
    assert [record.type for _, record in outbox.said] == ["NoticeBegun", "NoticeEnded"]
    assert outcomes(outbox) == ["sent"]
    assert b"Spring" in mailbox.taken[0]


async def test_the_begun_try_is_said_and_on_the_disk_before_the_server_has_the_mail(
    storage: LocalStorage, settings: Settings, outbox: NotingOutbox, server: FreePortController, mailbox: Mailbox
) -> None:
    seen: list[object] = []
    mailbox.look = lambda: seen.append((notes(settings), [record.type for _, record in outbox.said]))

    await a_mailer(storage, settings, outbox, server).tell(NOTICE, 0)

    assert seen == [(["notice-mail-batchsealed-1-1.begun"], ["NoticeBegun"])]


async def test_a_repeated_event_sends_no_second_mail(
    storage: LocalStorage, settings: Settings, outbox: NotingOutbox, server: FreePortController, mailbox: Mailbox
) -> None:
    for _ in range(3):
        await a_mailer(storage, settings, outbox, server).tell(NOTICE, 0)

    assert len(mailbox.taken) == 1
    assert outcomes(outbox) == ["sent", "sent", "sent"]


async def test_a_server_that_is_down_is_waited_for_and_leaves_no_notes(
    storage: LocalStorage, settings: Settings, outbox: NotingOutbox, server: FreePortController, mailbox: Mailbox
) -> None:
    first = await a_mailer(storage, settings, outbox, None).tell(NOTICE, 0)
    second = await a_mailer(storage, settings, outbox, None).tell(NOTICE, 1)
    assert notes(settings) == []
    third = await a_mailer(storage, settings, outbox, server).tell(NOTICE, 2)

    assert first is not None
    assert second is not None
    assert third is None
    assert outcomes(outbox) == ["waiting", "sent"]
    assert len(mailbox.taken) == 1


async def test_a_refusal_for_good_is_a_failed_notice(
    storage: LocalStorage, settings: Settings, outbox: NotingOutbox, server: FreePortController, mailbox: Mailbox
) -> None:
    mailbox.answer = "554 no"

    await a_mailer(storage, settings, outbox, server).tell(NOTICE, 0)

    assert outcomes(outbox) == ["failed"]


async def test_a_refusal_for_now_is_tried_again_with_the_next_number(
    storage: LocalStorage, settings: Settings, outbox: NotingOutbox, server: FreePortController, mailbox: Mailbox
) -> None:
    mailer = a_mailer(storage, settings, outbox, server)
    mailbox.answer = "451 later"
    assert await mailer.tell(NOTICE, 0) is not None
    mailbox.answer = "250 OK"

    assert await mailer.tell(NOTICE, 1) is None

    assert [(event.number, event.outcome) for event in outbox.events(NoticeEnded)] == [(1, "waiting"), (2, "sent")]
    assert [event.number for event in outbox.events(NoticeBegun)] == [1, 2]


DEATHS = [
    "before NoticeBegun",
    "after NoticeBegun",
    "mail.begun",
    "mail.sent",
    "mail.recorded",
    "before NoticeEnded",
    "after NoticeEnded",
    "mail.told",
    "never",
]
UNKNOWABLE = {"mail.begun", "mail.sent"}
"""Deaths after the try was noted and before its outcome was."""


@dataclass
class World:
    """What outlives a sender: the batch's folder, the mail server, and the notifier's row, told by the log."""

    storage: LocalStorage
    settings: Settings
    server: FreePortController
    notice: Notice = NOTICE

    async def live(self, dies: str = "never") -> None:
        """One life of a sender; the row follows what it said."""
        outbox = MortalOutbox(dies)
        self.storage.crashpoint = die_at(dies)
        try:
            assert await a_mailer(self.storage, self.settings, outbox, self.server).tell(self.notice, 0) is None
        except Died:
            pass
        finally:
            for _, event in outbox.said:
                following, _ = step(self.notice, event, a_moment())  # type: ignore[arg-type] # it only says such
                assert following is not None
                self.notice = following


def die_at(place: str) -> Callable[[str], None]:
    def pass_by(name: str) -> None:
        if name == place:
            raise Died

    return pass_by


@pytest.mark.parametrize(("first", "second"), list(product(DEATHS, DEATHS)))
async def test_wherever_senders_die_one_mail_is_sent_or_it_is_said_that_nobody_knows(
    storage: LocalStorage, settings: Settings, server: FreePortController, mailbox: Mailbox, first: str, second: str
) -> None:
    world = World(storage, settings, server)

    for dies in (first, second, "never"):
        if world.notice.is_open:
            await world.live(dies)

    reached = {first} if first in UNKNOWABLE else {second} & UNKNOWABLE if first.endswith("NoticeBegun") else set()
    assert world.notice.state == ("unknown" if reached else "sent")
    assert len(mailbox.taken) == (0 if reached == {"mail.begun"} else 1)


@pytest.mark.parametrize("dies", DEATHS)
async def test_a_lost_row_sends_no_second_mail(
    storage: LocalStorage, settings: Settings, server: FreePortController, mailbox: Mailbox, dies: str
) -> None:
    world = World(storage, settings, server)
    await world.live(dies)
    world.notice = NOTICE

    await world.live()

    assert world.notice.state == ("unknown" if dies in UNKNOWABLE else "sent")
    assert len(mailbox.taken) == (0 if dies == "mail.begun" else 1)


@pytest.mark.parametrize("dies", sorted(UNKNOWABLE))
async def test_an_unknown_notice_is_sent_once_more_when_a_person_says_so(
    storage: LocalStorage, settings: Settings, server: FreePortController, mailbox: Mailbox, dies: str
) -> None:
    world = World(storage, settings, server)
    await world.live(dies)
    await world.live()
    before = len(mailbox.taken)
    assert world.notice.state == "unknown"

    again = ResendNotice(id="again", time=NOW, batch_id=BATCH, about=NOTICE.event.id, number=1)
    for _ in range(2):
        following, _ = step(world.notice, again, a_moment())
        assert following is not None
        world.notice = following
        if world.notice.is_open:
            await world.live()

    assert world.notice.state == "sent"
    assert len(mailbox.taken) == before + 1


async def test_two_mailers_at_once_send_one_mail(
    storage: LocalStorage, settings: Settings, outbox: NotingOutbox, server: FreePortController, mailbox: Mailbox
) -> None:
    mailers = [a_mailer(storage, settings, outbox, server) for _ in range(4)]

    await asyncio.gather(*(mailer.tell(NOTICE, 0) for mailer in mailers))

    assert len(mailbox.taken) == 1
    assert "waiting" not in outcomes(outbox)
    assert told(outbox).state == "sent"


def told(outbox: NotingOutbox) -> Notice:
    """The row after everything that was said."""
    notice = NOTICE
    for _, event in outbox.said:
        following, _ = step(notice, event, a_moment())  # type: ignore[arg-type] # mailers only say such
        assert following is not None
        notice = following
    return notice


@dataclass
class Sleeper:
    """A steady clock, and a sender that sleeps at a place while its successor lives."""

    place: str
    seconds: float
    meanwhile: Callable[[], None]
    now: float = 0.0

    def steady(self) -> float:
        return self.now

    def pass_by(self, place: str) -> None:
        if place == self.place:
            self.place = "nowhere"
            self.meanwhile()
            self.now += self.seconds


def in_another_process(act: Callable[[], object]) -> None:
    """The sleeper's own loop stands still meanwhile."""
    thread = Thread(target=act)
    thread.start()
    thread.join()


async def test_a_sender_that_slept_too_long_after_it_had_begun_sends_nothing_and_does_not_go_on(
    storage: LocalStorage, settings: Settings, server: FreePortController, mailbox: Mailbox
) -> None:
    successor = MortalOutbox()

    def succeed() -> None:
        mailer = a_mailer(LocalStorage(settings.home, settings.archives), settings, successor, server)
        asyncio.run(mailer.tell(NOTICE, 0))

    sleeper = Sleeper("mail.begun", BEGIN_WITHIN_SECONDS + 1, lambda: in_another_process(succeed))
    storage.crashpoint = sleeper.pass_by
    zombie = NotingOutbox()

    goes_on = await a_mailer(storage, settings, zombie, server, steady=sleeper.steady).tell(NOTICE, 0)

    assert mailbox.taken == []
    assert (outcomes(successor), outcomes(zombie)) == (["unknown"], ["unknown"])
    assert goes_on is None


async def test_a_sender_that_slept_too_long_but_was_not_succeeded_tries_again(
    storage: LocalStorage, settings: Settings, outbox: NotingOutbox, server: FreePortController, mailbox: Mailbox
) -> None:
    sleeper = Sleeper("mail.begun", BEGIN_WITHIN_SECONDS + 1, lambda: None)
    storage.crashpoint = sleeper.pass_by
    mailer = a_mailer(storage, settings, outbox, server, steady=sleeper.steady)

    assert await mailer.tell(NOTICE, 0) is not None
    assert mailbox.taken == []
    assert await mailer.tell(NOTICE, 1) is None

    assert outcomes(outbox) == ["waiting", "sent"]
    assert len(mailbox.taken) == 1


async def test_a_sender_that_slept_after_the_server_took_the_mail_says_what_it_knows(
    storage: LocalStorage, settings: Settings, server: FreePortController, mailbox: Mailbox
) -> None:
    successor = MortalOutbox()

    def succeed() -> None:
        mailer = a_mailer(LocalStorage(settings.home, settings.archives), settings, successor, server)
        asyncio.run(mailer.tell(NOTICE, 0))

    storage.crashpoint = Sleeper("mail.sent", 60.0, lambda: in_another_process(succeed)).pass_by
    zombie = NotingOutbox()

    await a_mailer(storage, settings, zombie, server).tell(NOTICE, 0)

    assert len(mailbox.taken) == 1
    assert (outcomes(successor), outcomes(zombie)) == (["unknown"], ["sent"])


async def test_an_intent_taken_away_while_it_is_sent_is_still_ended(
    storage: LocalStorage, settings: Settings, outbox: NotingOutbox, server: FreePortController, mailbox: Mailbox
) -> None:
    telling = asyncio.create_task(a_mailer(storage, settings, outbox, server).tell(NOTICE, 0))
    loop = asyncio.get_running_loop()
    mailbox.look = lambda: (loop.call_soon_threadsafe(telling.cancel), None)[1]

    with pytest.raises(asyncio.CancelledError):
        await telling

    assert outcomes(outbox) == ["sent"]


async def test_an_intent_taken_away_before_it_was_begun_leaves_nothing(
    storage: LocalStorage, settings: Settings, outbox: NotingOutbox
) -> None:
    visitors: asyncio.Queue[asyncio.StreamWriter] = asyncio.Queue()

    async def greet_and_fall_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 ready\r\n")
        assert await reader.readline()
        visitors.put_nowait(writer)

    silent = await asyncio.start_server(greet_and_fall_silent, "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    mailer = a_mailer(storage, settings, outbox, port)
    telling = asyncio.create_task(mailer.tell(NOTICE, 0))
    visitor = await visitors.get()

    telling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await telling

    assert outbox.said == []
    assert notes(settings) == []
    visitor.close()
    await visitor.wait_closed()
    silent.close()


class FullFrom(LocalStorage):
    """Has no room for notes whose name ends so."""

    full_for = ""

    def put_if_absent(self, batch_id: str, name: str, data: bytes) -> bool:
        if self.full_for and name.endswith(self.full_for):
            raise StorageFull
        return super().put_if_absent(batch_id, name, data)


@pytest.mark.parametrize(("full_for", "outcome", "mails"), [(".begun", "waiting", 0), (".ended", "sent", 1)])
async def test_a_full_disk_holds_a_mail_back_and_hides_none_that_was_sent(
    settings: Settings,
    outbox: NotingOutbox,
    server: FreePortController,
    mailbox: Mailbox,
    full_for: str,
    outcome: NoticeOutcome,
    mails: int,
) -> None:
    storage = FullFrom(settings.home, settings.archives)
    mailer = a_mailer(storage, settings, outbox, server)
    storage.full_for = full_for

    await mailer.tell(NOTICE, 0)

    assert outcomes(outbox) == [outcome]
    assert len(mailbox.taken) == mails


async def test_a_refusal_that_a_full_disk_cannot_note_leaves_no_doubt(
    settings: Settings, outbox: NotingOutbox, server: FreePortController, mailbox: Mailbox
) -> None:
    storage = FullFrom(settings.home, settings.archives)
    mailer = a_mailer(storage, settings, outbox, server)
    mailbox.answer, storage.full_for = "451 later", ".ended"
    await mailer.tell(NOTICE, 0)
    mailbox.answer, storage.full_for = "250 OK", ""

    await mailer.tell(NOTICE, 1)

    assert outcomes(outbox) == ["waiting", "sent"]
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
    await a_mailer(storage, settings, outbox, server, address).tell(NOTICE, 0)

    assert outcomes(outbox) == ["failed"]
    assert mailbox.taken == []


async def test_nothing_that_is_said_or_noted_holds_the_address(
    storage: LocalStorage, settings: Settings, outbox: NotingOutbox, server: FreePortController, mailbox: Mailbox
) -> None:
    mailbox.answer = "550 5.1.1 <ann@example.com> unknown"

    await a_mailer(storage, settings, outbox, server).tell(NOTICE, 0)

    said = "".join(record.model_dump_json() for _, record in outbox.said)
    noted = b"".join(path.read_bytes() for path in (settings.home / FOLDER).glob("notice-*"))
    assert "ann" not in said
    assert b"ann" not in noted


def test_a_batch_without_an_address_is_not_told_about(
    storage: LocalStorage, settings: Settings, outbox: NotingOutbox
) -> None:
    a_mailer(storage, settings, outbox, None, address=None)

    assert not AddressBook(storage, settings).ways(BATCH)
    assert not AddressBook(storage, settings).ways("batch-9999")
