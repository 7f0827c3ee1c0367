"""What is certain after a mail was handed to a server: sent, not sent, or unknown."""

from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult

from sinks.mail import sending
from sinks.mail.errors import HeaderUnsafe
from sinks.mail.notices import BatchNotice
from sinks.mail.rendering import render_notice
from sinks.mail.sending import send_notice
from sinks.mail.settings import Encryption, MailSettings
from sinks.outcomes import NotSent, Sent, Unknown


@pytest.fixture
def message(notice: BatchNotice, settings: MailSettings) -> EmailMessage:
    return render_notice(notice, settings)


def the_parts(message: EmailMessage) -> list[tuple[str, str]]:
    return [(part.get_content_type(), with_lf(part)) for part in message.iter_parts()]


def with_lf(part: MIMEPart) -> str:
    content: str = part.get_content()
    return content.replace("\r\n", "\n")


async def test_a_mail_arrives_with_both_parts_as_written(
    serve: Any, mailbox: Any, message: EmailMessage, settings: MailSettings
) -> None:
    assert await send_notice(message, replace(settings, port=serve())) == Sent()
    ((sender, recipients, content),) = mailbox.taken
    assert (sender, recipients) == ("noreply@example.com", ["ann@example.com"])
    received = message_from_bytes(content, policy=SMTP)
    assert received["Date"] is not None
    assert received["Message-ID"] == message["Message-ID"]
    assert the_parts(received) == the_parts(message)


async def test_lines_of_dots_arrive_as_written(
    serve: Any, mailbox: Any, message: EmailMessage, settings: MailSettings
) -> None:
    text = ".\r\n..\r\n.x\r\nMAIL FROM:<eve@example.com>\r\n"
    message.clear_content()
    message.set_content(text, cte="7bit")
    assert await send_notice(message, replace(settings, port=serve())) == Sent()
    received = message_from_bytes(mailbox.taken[0][2], policy=SMTP)
    assert with_lf(received) == text.replace("\r\n", "\n")
    assert len(mailbox.taken) == 1


async def test_a_lone_line_feed_before_a_dot_cannot_end_the_mail(
    play: Any, script_of: Any, message: EmailMessage, settings: MailSettings
) -> None:
    script = script_of()
    message.set_payload("one\n.\nMAIL FROM:<eve@example.com>\r.\r\ntwo")
    assert await send_notice(message, replace(settings, port=await play(script))) == Sent()
    (content,) = script.contents
    assert content.count(b"\n") == content.count(b"\r") == content.count(b"\r\n")
    assert content.endswith(b"one\r\n..\r\nMAIL FROM:<eve@example.com>\r\n..\r\ntwo\r\n.\r\n")


@pytest.mark.parametrize("stage", ["greeting", "MAIL", "RCPT", "DATA", "dot"])
@pytest.mark.parametrize(("code", "retriable"), [(421, True), (451, True), (550, False), (554, False)])
async def test_an_error_reply_means_not_sent(
    play: Any, script_of: Any, message: EmailMessage, settings: MailSettings, stage: str, code: int, *, retriable: bool
) -> None:
    script = script_of({stage: f"{code} {code // 100}.1.1 <ann@example.com> no"})
    outcome = await send_notice(message, replace(settings, port=await play(script)))
    reason = f"The mail server refused with {code} {code // 100}.1.1."
    assert outcome == NotSent(reason, retriable=retriable, code="mail_refused")


@pytest.mark.parametrize("stage", ["greeting", "EHLO", "MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("action", ["cut", "silent", "nonsense"])
async def test_a_server_that_breaks_off_before_the_content_means_not_sent(
    play: Any, script_of: Any, message: EmailMessage, settings: MailSettings, stage: str, action: str
) -> None:
    script = script_of({stage: action})
    outcome = await send_notice(message, replace(settings, port=await play(script), step_timeout=0.2))
    assert isinstance(outcome, NotSent)
    assert outcome.retriable
    assert script.contents == []


@pytest.mark.parametrize("action", ["cut", "silent", "nonsense", "354 again", "999 what"])
async def test_a_server_that_breaks_off_after_the_final_dot_leaves_it_unknown(
    play: Any, script_of: Any, message: EmailMessage, settings: MailSettings, action: str
) -> None:
    script = script_of({"dot": action})
    outcome = await send_notice(message, replace(settings, port=await play(script), reply_timeout=0.2))
    assert isinstance(outcome, Unknown)
    assert len(script.contents) == 1


async def test_a_server_that_cuts_after_it_took_the_mail_changes_nothing(
    play: Any, script_of: Any, message: EmailMessage, settings: MailSettings
) -> None:
    script = script_of({"QUIT": "cut"})
    assert await send_notice(message, replace(settings, port=await play(script))) == Sent()


async def test_nobody_listening_means_not_sent(
    message: EmailMessage, settings: MailSettings, unused_tcp_port: int
) -> None:
    outcome = await send_notice(message, replace(settings, port=unused_tcp_port))
    assert outcome == NotSent("The mail server cannot be reached.", retriable=True, code="mail_unreachable")


async def test_starttls_is_used_before_anything_is_said(
    serve: Any, mailbox: Any, certificate: Any, message: EmailMessage, settings: MailSettings
) -> None:
    port = serve(tls_context=certificate.context, require_starttls=True)
    safe = replace(settings, port=port, encryption=Encryption.STARTTLS, ca_file=str(certificate.file))
    assert await send_notice(message, safe) == Sent()
    assert len(mailbox.taken) == 1


async def test_a_server_without_starttls_hears_nothing_of_the_mail(
    play: Any, script_of: Any, message: EmailMessage, settings: MailSettings
) -> None:
    script = script_of()
    safe = replace(settings, port=await play(script), encryption=Encryption.STARTTLS)
    outcome = await send_notice(message, safe)
    assert isinstance(outcome, NotSent)
    assert (outcome.code, outcome.retriable) == ("mail_not_encrypted", True)
    assert not {"MAIL", "RCPT", "DATA"}.intersection(script.heard)


async def test_a_certificate_nobody_vouches_for_means_not_sent(
    serve: Any, mailbox: Any, certificate: Any, message: EmailMessage, settings: MailSettings
) -> None:
    port = serve(tls_context=certificate.context, require_starttls=True)
    outcome = await send_notice(message, replace(settings, port=port, encryption=Encryption.STARTTLS))
    assert isinstance(outcome, NotSent)
    assert outcome.code == "mail_not_encrypted"
    assert mailbox.taken == []


async def test_implicit_tls_checks_the_certificate_too(
    serve: Any, mailbox: Any, certificate: Any, message: EmailMessage, settings: MailSettings
) -> None:
    safe = replace(settings, port=serve(ssl_context=certificate.context), encryption=Encryption.IMPLICIT)
    refused = await send_notice(message, safe)
    assert isinstance(refused, NotSent)
    assert refused.code == "mail_not_encrypted"
    assert await send_notice(message, replace(safe, ca_file=str(certificate.file))) == Sent()
    assert len(mailbox.taken) == 1


async def test_a_loopback_name_that_leads_elsewhere_is_not_trusted(settings: MailSettings) -> None:
    class ElsewhereServer:
        def get_transport_info(self, _key: str) -> tuple[str, int]:
            return ("192.0.2.1", 25)

    with pytest.raises(sending._NotEncrypted):
        await sending._secure(ElsewhereServer(), replace(settings, host="localhost"))  # type: ignore[arg-type] # all that is asked of it


@pytest.mark.parametrize(("password", "sent"), [("right", True), ("wrong", False)])
async def test_the_login_decides(
    serve: Any,
    certificate: Any,
    message: EmailMessage,
    settings: MailSettings,
    password: str,
    *,
    sent: bool,
) -> None:
    def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (b"ann", b"right"), handled=False)

    port = serve(tls_context=certificate.context, authenticator=authenticate, auth_required=True)
    safe = replace(settings, port=port, encryption=Encryption.STARTTLS, ca_file=str(certificate.file))
    outcome = await send_notice(message, replace(safe, user="ann", password=password))
    refused = NotSent("The mail server refused with 535 5.7.8.", retriable=False, code="mail_refused")
    assert outcome == (Sent() if sent else refused)


async def test_a_server_without_logins_means_not_sent(
    play: Any, script_of: Any, message: EmailMessage, settings: MailSettings
) -> None:
    outcome = await send_notice(message, replace(settings, port=await play(script_of()), user="ann", password="x"))
    assert isinstance(outcome, NotSent)
    assert not outcome.retriable


async def test_a_message_with_an_unsafe_header_is_refused_before_connecting(
    message: EmailMessage, settings: MailSettings, unused_tcp_port: int
) -> None:
    message["X-Note"] = "=?utf-8?q?x=0D=0ABcc=3A_eve=40example.com?="
    with pytest.raises(HeaderUnsafe):
        await send_notice(message, replace(settings, port=unused_tcp_port))
