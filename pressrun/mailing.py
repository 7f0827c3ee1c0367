"""Sends notices by mail, each at most once: how a try goes, from the look at what earlier ones left to its outcome."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from pressrun.domain.moments import Moment
from pressrun.domain.notices import Notice, begun_of, ended_of, is_in_time
from pressrun.doorkeeper import CONTACT
from pressrun.settings import Settings
from pressrun.tries import Tries, Verdict
from schemas.errors import PressrunError
from schemas.notices import NoticeOutcome
from schemas.plans import Contact
from schemas.results import BatchFailed, BatchRejected, BatchSealed
from sinks.errors import BatchFolderMissing
from sinks.mail.errors import MailError
from sinks.mail.notices import BatchNotice
from sinks.mail.outcomes import MailOutcome, NotSent, Sent, Unknown
from sinks.mail.rendering import render_notice
from sinks.mail.sending import send_notice
from sinks.mail.settings import MailSettings
from sinks.storage import LocalStorage
from streams.outbox import Outbox

MAILS_AT_ONCE = 4
FIRST_WAIT_SECONDS = 1.0


class AddressBook:
    """Who wants to be told; addresses are kept in the batch's folder and nowhere else."""

    def __init__(self, storage: LocalStorage) -> None:
        self._storage = storage

    def has_address(self, batch_id: str) -> bool:
        """Whether anyone wants to be told."""
        contact = self.contact(batch_id)
        return contact is not None and contact.notify is not None

    def contact(self, batch_id: str) -> Contact | None:
        """What was said at the submission, or None for a batch nobody submitted or that was erased."""
        note = self._storage.read_note(batch_id, CONTACT)
        return None if note is None else Contact.model_validate_json(note)


class Mailer:
    """Carries out the open notices of agents.notify."""

    def __init__(
        self,
        storage: LocalStorage,
        outbox: Outbox,
        settings: Settings,
        *,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._storage = storage
        self._contacts = AddressBook(storage)
        self._tries = Tries(storage)
        self._outbox = outbox
        self._settings = settings
        self._steady = steady

    async def tell(self, notice: Notice, repeat: int) -> float | None:
        """One try; None when it is settled, else the seconds until the next. An interruption waits for its end."""
        sending = _Sending(self._storage, self._outbox, notice, self._now)
        telling = asyncio.create_task(self._tell(notice, repeat, sending))
        try:
            return await asyncio.shield(telling)
        except asyncio.CancelledError:
            # What has begun is ended and said, or a mail that did arrive would be left unknown.
            if not sending.has_begun:
                telling.cancel()
            with suppress(asyncio.CancelledError):
                await telling
            raise

    async def _tell(self, notice: Notice, repeat: int, sending: "_Sending") -> float | None:
        verdict = await self._deliver(notice, sending)
        if verdict.is_new or repeat == 0:
            ended = ended_of(notice, verdict.number, verdict.outcome, verdict.code, self._now())
            await self._outbox.say(ended, "progress")
            self._storage.crashpoint("notify.after_ended")
        return FIRST_WAIT_SECONDS * float(2 ** min(repeat, 6)) if verdict.outcome == "waiting" else None

    async def _deliver(self, notice: Notice, sending: "_Sending") -> Verdict:
        try:
            number = await asyncio.to_thread(self._tries.look, notice)
            if isinstance(number, Verdict):
                return number
            sending.number = number
            return await self._send(notice, sending)
        except (MailError, BatchFolderMissing) as error:
            code = "batch_erased" if isinstance(error, BatchFolderMissing) else error.code
            return sending.verdict("failed", code)
        except PressrunError as error:
            if not error.retriable:
                raise
            return sending.verdict("waiting", error.code)

    async def _send(self, notice: Notice, sending: "_Sending") -> Verdict:
        contact = await asyncio.to_thread(self._contacts.contact, notice.event.batch_id)
        if contact is None or contact.notify is None:
            return sending.verdict("failed", "address_missing")
        settings = _mail_settings(self._settings)
        message = render_notice(_words_of(notice, contact.name, contact.notify, self._settings), settings)
        return await sending.end(await send_notice(message, settings, sending.begin))

    def _now(self) -> Moment:
        return Moment(datetime.now(UTC), self._steady())


class _Sending:
    """One try, from the server's go-ahead until its outcome is on the disk."""

    def __init__(self, storage: LocalStorage, outbox: Outbox, notice: Notice, now: Callable[[], Moment]) -> None:
        self._tries = Tries(storage)
        self._crashpoint = storage.crashpoint
        self._outbox = outbox
        self._notice = notice
        self._now = now
        self._is_ours = True
        self.number = notice.since
        self.has_begun = False

    async def begin(self) -> bool:
        """Say and note that the mail goes now; True while it may."""
        self.has_begun = True
        begun = self._now()
        await self._outbox.say(begun_of(self._notice, self.number, begun), "progress")
        self._is_ours = await asyncio.to_thread(self._tries.begin, self._notice, self.number)
        self._crashpoint("mail.begun")
        return self._is_ours and is_in_time(begun, self._now())

    async def end(self, outcome: MailOutcome) -> Verdict:
        """What the try came to, noted where it had begun."""
        if not self._is_ours:
            return await asyncio.to_thread(self._tries.settle, self._notice, self.number)
        own, code = _outcome_of(outcome)
        if not self.has_begun:
            return self.verdict(own, code)
        if own == "sent":
            self._crashpoint("mail.sent")
        noted = await asyncio.to_thread(self._note, own)
        self._crashpoint("mail.recorded")
        return self.verdict(noted, code if noted == own else "interrupted")

    def verdict(self, outcome: NoticeOutcome, code: str | None) -> Verdict:
        """What is known of this try."""
        return Verdict(outcome, code, self.number, is_new=self.has_begun or outcome != "waiting")

    def _note(self, own: NoticeOutcome) -> NoticeOutcome:
        try:
            return self._tries.end(self._notice, self.number, own)
        except PressrunError as error:
            if not error.retriable and not isinstance(error, BatchFolderMissing):
                raise
        # What is certain is said, though the disk cannot hold it now. A try without its end would be in doubt for ever.
        if own == "waiting":
            with suppress(PressrunError):
                self._tries.withdraw(self._notice, self.number)
        return own


def _outcome_of(outcome: MailOutcome) -> tuple[NoticeOutcome, str | None]:
    match outcome:
        case Sent():
            return "sent", None
        case Unknown():
            return "unknown", outcome.code
        case NotSent():
            return ("waiting" if outcome.retriable else "failed"), outcome.code


def _mail_settings(settings: Settings) -> MailSettings:
    password = settings.smtp_password
    return MailSettings(
        host=settings.smtp_host,
        port=settings.smtp_port,
        sender=settings.smtp_from,
        user=settings.smtp_user,
        password=password.get_secret_value() if password else None,
    )


def _words_of(notice: Notice, name: str, recipient: str, settings: Settings) -> BatchNotice:
    event = notice.event
    sealed = event if isinstance(event, BatchSealed) else None
    return BatchNotice(
        notice_id=event.id,
        kind="ready" if sealed else "failed",
        batch_id=event.batch_id,
        name=name,
        total=sealed.total if sealed else 0,
        succeeded=sealed.succeeded if sealed else 0,
        failed=sealed.failed if sealed else 0,
        cancelled=sealed.cancelled if sealed else 0,
        archive=str(settings.archives / sealed.archive[0]) if sealed and sealed.archive else None,
        archive_bytes=sealed.archive_bytes if sealed else None,
        faults=event.faults if isinstance(event, BatchRejected) else (),
        reason=event.error.message if isinstance(event, BatchFailed) else None,
        recipient=recipient,
    )
