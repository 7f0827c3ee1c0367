"""Who is to be told that a batch has ended, and the way of a notice that goes by mail."""

import asyncio
from collections.abc import Collection, Mapping

from pressrun.domain.notices import Notice
from pressrun.doorkeeper import CONTACT
from pressrun.settings import Settings
from schemas.notices import NoticeKind
from schemas.plans import Contact
from schemas.results import BatchFailed, BatchRejected, BatchSealed
from sinks.mail.notices import BatchNotice
from sinks.mail.rendering import render_notice
from sinks.mail.sending import send_notice
from sinks.mail.settings import MailSettings
from sinks.outcomes import Delivery, Leave, NotSent
from sinks.storage import LocalStorage


class AddressBook:
    """Who wants to be told; addresses are kept in the batch's folder and nowhere else."""

    def __init__(self, storage: LocalStorage, settings: Settings) -> None:
        self._storage = storage
        self._has_webhook = settings.webhook_url is not None

    def ways(self, batch_id: str) -> Collection[NoticeKind]:
        """By which ways the end of a batch is told; none for a batch nobody submitted or that was erased."""
        contact = self.contact(batch_id)
        if contact is None:
            return ()
        is_there: Mapping[NoticeKind, bool] = {"mail": contact.notify is not None, "webhook": self._has_webhook}
        return [kind for kind, wanted in is_there.items() if wanted]

    def contact(self, batch_id: str) -> Contact | None:
        """What was said at the submission, or None for a batch nobody submitted or that was erased."""
        note = self._storage.read_note(batch_id, CONTACT)
        return None if note is None else Contact.model_validate_json(note)


class ByMail:
    """Implements pressrun.telling.Way."""

    def __init__(self, contacts: AddressBook, settings: Settings) -> None:
        self._contacts = contacts
        self._settings = settings

    async def send(self, notice: Notice, leave: Leave) -> Delivery:
        """Hand it to the mail server; raises MailError before anything is sent."""
        contact = await asyncio.to_thread(self._contacts.contact, notice.event.batch_id)
        if contact is None or contact.notify is None:
            return NotSent("Nobody wants to be told.", retriable=False, code="address_missing")
        settings = _mail_settings(self._settings)
        message = render_notice(_words_of(notice, contact.name, contact.notify, self._settings), settings)
        return await send_notice(message, settings, leave)


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
