"""Tells someone by mail how a batch ended, at most once: the right to send is a file, whose outcome is another."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from pressrun.doorkeeper import CONTACT
from pressrun.settings import Settings
from schemas.plans import Contact
from schemas.progress import NoticeEnded
from schemas.results import BatchFailed, BatchRejected, BatchSealed
from sinks.errors import BatchFolderMissing
from sinks.mail.errors import MailError
from sinks.mail.notices import BatchNotice
from sinks.mail.outcomes import NotSent, Sent, Unknown
from sinks.mail.rendering import render_notice
from sinks.mail.sending import send_notice
from sinks.mail.settings import MailSettings
from sinks.storage import LocalStorage
from streams.outbox import Outbox

MAILS_AT_ONCE = 4
FIRST_WAIT_SECONDS = 1.0

Told = BatchSealed | BatchRejected | BatchFailed


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of a mail, and whether another try is allowed."""

    outcome: Literal["sent", "failed", "unknown", "waiting"]
    code: str | None = None


class Mailer:
    """Carries out the intents of agents.notify."""

    def __init__(self, storage: LocalStorage, outbox: Outbox, settings: Settings) -> None:
        self._storage = storage
        self._outbox = outbox
        self._settings = settings

    def has_address(self, batch_id: str) -> bool:
        """Whether anyone wants to be told."""
        contact = self._contact(batch_id)
        return contact is not None and contact.notify is not None

    async def tell(self, event: Told, attempt: int) -> float | None:
        """One try; None when it is settled, else the seconds until the next."""
        verdict = await self._deliver(event)
        if verdict.outcome == "waiting" and attempt > 0:
            return FIRST_WAIT_SECONDS * float(2 ** min(attempt, 6))
        ended = NoticeEnded(
            id=f"{event.id}/mail/{verdict.outcome}",
            time=datetime.now(UTC),
            batch_id=event.batch_id,
            notice="mail",
            outcome=verdict.outcome,
            code=verdict.code,
        )
        await self._outbox.say(ended, "progress")
        return FIRST_WAIT_SECONDS if verdict.outcome == "waiting" else None

    async def _deliver(self, event: Told) -> Verdict:
        contact = await asyncio.to_thread(self._contact, event.batch_id)
        if contact is None or contact.notify is None:
            return Verdict("failed", "address_missing")
        try:
            settings = self._mail_settings()
            message = render_notice(_notice(event, contact.name, contact.notify, self._settings), settings)
        except MailError as error:
            return Verdict("failed", error.code)
        try:
            right = await asyncio.to_thread(self._take_right, event)
        except BatchFolderMissing:
            return Verdict("failed", "batch_erased")
        if isinstance(right, Verdict):
            return right
        outcome = await send_notice(message, settings)
        verdict = _verdict(outcome)
        await asyncio.to_thread(self._record, event, right, verdict)
        return verdict

    def _take_right(self, event: Told) -> int | Verdict:
        """The number of this try, or what an earlier one came to: begun and not ended means nobody can know."""
        number = 1
        while not self._storage.put_if_absent(event.batch_id, _note(event, number, "begun"), b"{}"):
            ended = self._storage.read_note(event.batch_id, _note(event, number, "ended"))
            if ended is None:
                return Verdict("unknown", "interrupted")
            outcome = ended.decode()
            if outcome != "waiting":
                return Verdict(outcome)  # type: ignore[arg-type] # written by _record
            number += 1
        return number

    def _record(self, event: Told, number: int, verdict: Verdict) -> None:
        self._storage.put_if_absent(event.batch_id, _note(event, number, "ended"), verdict.outcome.encode())

    def _contact(self, batch_id: str) -> Contact | None:
        note = self._storage.read_note(batch_id, CONTACT)
        return None if note is None else Contact.model_validate_json(note)

    def _mail_settings(self) -> MailSettings:
        password = self._settings.smtp_password
        return MailSettings(
            host=self._settings.smtp_host,
            port=self._settings.smtp_port,
            sender=self._settings.smtp_from,
            user=self._settings.smtp_user,
            password=password.get_secret_value() if password else None,
        )


def _note(event: Told, number: int, state: str) -> str:
    return f"notice-mail-{event.type.lower()}-{number}.{state}"


def _verdict(outcome: Sent | NotSent | Unknown) -> Verdict:
    match outcome:
        case Sent():
            return Verdict("sent")
        case Unknown():
            return Verdict("unknown", outcome.code)
        case NotSent():
            return Verdict("waiting" if outcome.retriable else "failed", outcome.code)


def _notice(event: Told, name: str, recipient: str, settings: Settings) -> BatchNotice:
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
