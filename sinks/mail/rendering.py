"""Puts a notice into words: one mail with a plain and an HTML part, the same bytes for the same notice."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from hashlib import sha256
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from sinks.mail import phrases
from sinks.mail.headers import safe_address, safe_header
from sinks.mail.notices import BatchNotice
from sinks.mail.settings import MailSettings

_SHOWN_FAULTS = 20
_SUBJECTS = {"ready": "Batch {} is ready", "failed": "Batch {} failed"}


def render_notice(notice: BatchNotice, settings: MailSettings) -> EmailMessage:
    """The mail of a notice, complete but for its date; the subject names the batch by its id only.

    Raises HeaderUnsafe or AddressInvalid.
    """
    message = EmailMessage(policy=SMTP)
    user, _, domain = safe_address(settings.sender, "sender").rpartition("@")
    identity = sha256(notice.notice_id.encode()).hexdigest()
    message["From"] = Address(safe_header(settings.sender_name, "sender's name"), user, domain)
    message["To"] = Address(addr_spec=safe_address(notice.recipient, "recipient"))
    message["Subject"] = _SUBJECTS[notice.kind].format(safe_header(notice.batch_id, "batch id"))
    message["Message-ID"] = f"<{identity[:40]}@{domain}>"
    # RFC 3834: keeps out-of-office answers away.
    message["Auto-Submitted"] = "auto-generated"
    words = _words(notice)
    # Quoted-printable: seven bits, short lines and CRLF, whatever is in the text.
    message.set_content(_render(f"{notice.kind}.txt", words), cte="quoted-printable")
    message.add_alternative(_render(f"{notice.kind}.html", words), subtype="html", cte="quoted-printable")
    message.set_boundary(f"=_{identity[:40]}")
    return message


def _words(notice: BatchNotice) -> dict[str, object]:
    parts = {"succeeded": notice.succeeded, "failed": notice.failed, "cancelled": notice.cancelled}
    return {
        "name": phrases.one_line(notice.name),
        "batch_id": notice.batch_id,
        "total": phrases.count(notice.total),
        "parts": [(label, phrases.count(n), phrases.percentage(n, notice.total)) for label, n in parts.items()],
        "failed": notice.failed,
        "archive": None if notice.archive is None else _archive(notice.archive),
        "link": notice.archive is not None and notice.archive.startswith(("https://", "http://")),
        "size": None if notice.archive_bytes is None else phrases.size(notice.archive_bytes),
        "faults": notice.faults[:_SHOWN_FAULTS],
        "more_faults": max(len(notice.faults) - _SHOWN_FAULTS, 0),
        "reason": notice.reason and phrases.one_line(notice.reason),
    }


def _archive(place: str) -> str:
    return "".join(each if each.isprintable() else "?" for each in place)


def _render(template: str, words: dict[str, object]) -> str:
    return _environment().get_template(template).render(words)


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=lambda name: name is not None and name.endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
