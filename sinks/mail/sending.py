"""Sends one mail by SMTP and says what is certain of it afterwards."""

import asyncio
import re
from contextlib import suppress
from copy import deepcopy
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import formatdate
from ssl import SSLError

from aiosmtplib import (
    SMTP,
    SMTPConnectError,
    SMTPDataError,
    SMTPException,
    SMTPResponseException,
    SMTPServerDisconnected,
)
from aiosmtplib.protocol import SMTPProtocol

from sinks.mail.headers import safe_address, safe_header
from sinks.mail.settings import Encryption, MailSettings, is_loopback
from sinks.outcomes import Delivery, Leave, NotSent, Sent, Unknown, granted

_GO_AHEAD = 354
_OUT_OF_TURN = 0
_LINE_END = re.compile(rb"\r\n|\r|\n")
_LINE_OF_DOT = re.compile(rb"^\.", re.MULTILINE)
_ENHANCED_CODE = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")


_CLOSING_TIMEOUT = 1.0


class _NotEncrypted(Exception):
    """The connection could not be encrypted, or does not lead to this machine."""


_FAILURES = (SMTPException, OSError, TimeoutError, _NotEncrypted)


async def send_notice(message: EmailMessage, settings: MailSettings, leave: Leave = granted) -> Delivery:
    """Hand one mail to the server, once, without retries; nothing is sent before the connection is encrypted.

    `leave` is asked at the last moment at which nothing has been sent. Raises HeaderUnsafe or AddressInvalid before
    connecting, and what `leave` raises; everything the server or network does is an outcome.
    """
    recipient = safe_address(str(message["To"]), "recipient")
    content = _content(message)
    server = _server(settings)
    try:
        await server.connect()
    except _FAILURES as error:
        # connect() has begun to close what it opened; one turn of the loop ends it.
        await asyncio.sleep(0)
        return _not_sent(error)
    connection = server.protocol
    try:
        return await _converse(server, settings, recipient, content, leave)
    finally:
        server.close()
        await _closed(connection)


async def _converse(server: SMTP, settings: MailSettings, recipient: str, content: bytes, leave: Leave) -> Delivery:
    try:
        await _prepare(server, settings, recipient)
    except _FAILURES as error:
        return _not_sent(error)
    if not await leave():
        # Closed without its final dot the mail is none (RFC 5321 section 4.1.1.10).
        return NotSent("The right to send the mail was not given.", retriable=True, code="mail_withheld")
    return await _deliver(server, content, settings.reply_timeout)


async def _closed(connection: SMTPProtocol | None) -> None:
    """Wait until a connection is closed, over TLS an exchange with the server, but not for long."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_CLOSING_TIMEOUT):
            # aiosmtplib offers nothing to wait for.
            while connection is not None and connection.transport is not None:  # noqa: ASYNC110
                await asyncio.sleep(_CLOSING_TIMEOUT / 100)


def _content(message: EmailMessage) -> bytes:
    """The bytes after DATA: dated, CRLF only, dots doubled, with the final dot."""
    for name, value in message.items():
        safe_header(str(value), f"header {name}")
    dated = deepcopy(message)
    if "Date" not in dated:
        dated["Date"] = formatdate(localtime=False)
    lines = _LINE_END.sub(b"\r\n", dated.as_bytes(policy=SMTP_POLICY)).removesuffix(b"\r\n") + b"\r\n"
    return _LINE_OF_DOT.sub(b"..", lines) + b".\r\n"


def _server(settings: MailSettings) -> SMTP:
    return SMTP(
        hostname=settings.host,
        port=settings.port,
        # Without it aiosmtplib asks the resolver for this machine's name, which can take seconds.
        local_hostname=safe_address(settings.sender, "sender").rpartition("@")[2],
        timeout=settings.step_timeout,
        use_tls=settings.encrypted_by is Encryption.IMPLICIT,
        start_tls=False,
        cert_bundle=settings.ca_file,
    )


async def _prepare(server: SMTP, settings: MailSettings, recipient: str) -> None:
    """Everything up to the server's go-ahead for the content; whatever fails here, nothing has been sent."""
    await _secure(server, settings)
    if settings.user is not None:
        await server.login(settings.user, settings.password or "")
    await server.mail(safe_address(settings.sender, "sender"))
    await server.rcpt(recipient)
    reply = await server.execute_command(b"DATA")
    if reply.code != _GO_AHEAD:
        raise SMTPDataError(reply.code, reply.message)
    if server.protocol is None or server.protocol._buffer:  # noqa: SLF001 - aiosmtplib keeps it for the next reply
        # What came along with the go-ahead would be taken for the answer to the content.
        raise SMTPDataError(_OUT_OF_TURN, "")


async def _secure(server: SMTP, settings: MailSettings) -> None:
    if settings.encrypted_by is Encryption.STARTTLS:
        try:
            await server.starttls()
        except (SMTPException, SSLError) as error:
            raise _NotEncrypted from error
    elif settings.encrypted_by is Encryption.NONE:
        peer, *_ = server.get_transport_info("peername")
        if not is_loopback(peer):
            raise _NotEncrypted


async def _deliver(server: SMTP, content: bytes, reply_timeout: float) -> Delivery:
    connection = server.protocol
    if connection is None:
        return _not_sent(SMTPServerDisconnected("The connection was lost."))
    try:
        # Not server.data(): it does not tell a connection lost before the content from one lost after it.
        connection.write(content)
    except SMTPServerDisconnected as error:
        return _not_sent(error)
    try:
        reply = await connection.read_response(timeout=reply_timeout)
    except (SMTPException, OSError, TimeoutError):
        return Unknown("The mail was handed over and the server did not say whether it took it.", "mail_unanswered")
    with suppress(SMTPException):
        # Its answer is not waited for: the outcome is known, and a cancelled wait would lose it.
        connection.write(b"QUIT\r\n")
    return _judged(reply.code, reply.message)


def _judged(code: int, text: str) -> Delivery:
    if 200 <= code < 300:
        return Sent()
    if 400 <= code < 600:
        return _refused(code, text)
    reason = f"The mail was handed over and the server answered {code}, which means nothing there."
    return Unknown(reason, "mail_unanswered")


def _not_sent(error: Exception) -> NotSent:
    if isinstance(error, _NotEncrypted) or isinstance(error.__cause__, SSLError):
        reason = "The connection to the mail server could not be encrypted, or its certificate is not trusted."
        return NotSent(reason, retriable=True, code="mail_not_encrypted")
    if isinstance(error, SMTPResponseException):
        return _refused(error.code, error.message)
    if isinstance(error, SMTPConnectError):
        return NotSent("The mail server cannot be reached.", retriable=True, code="mail_unreachable")
    if isinstance(error, OSError | TimeoutError):
        reason = "The connection to the mail server broke before the mail was handed over."
        return NotSent(reason, retriable=True, code="mail_interrupted")
    return NotSent("The mail server offers no login that we can use.", retriable=False, code="mail_refused")


def _refused(code: int, text: str) -> NotSent:
    if not 400 <= code < 600:
        return NotSent("The mail server gave an answer out of turn.", retriable=True, code="mail_refused")
    # The rest of the server's text stays out: it tends to repeat the address.
    enhanced = _ENHANCED_CODE.match(text)
    shown = f"{code} {enhanced[0]}" if enhanced else str(code)
    return NotSent(f"The mail server refused with {shown}.", retriable=code < 500, code="mail_refused")
