"""The words of a notice, and the safety of the mail around them."""

from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from html.parser import HTMLParser
from typing import Any

import pytest

from schemas.faults import Fault
from sinks.mail.errors import AddressInvalid, HeaderUnsafe
from sinks.mail.notices import BatchNotice
from sinks.mail.rendering import render_notice
from sinks.mail.settings import MailSettings


def a_fault(number: int = 1) -> Fault:
    return Fault(
        code=f"code_{number}", where=f"place {number}", message=f"Message {number}.", remedy=f"Remedy {number}."
    )


def the_part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert isinstance(part, EmailMessage)
    content: str = part.get_content()
    return content


def both_parts(notice: BatchNotice, settings: MailSettings) -> list[str]:
    message = render_notice(notice, settings)
    return [the_part(message, "plain"), the_part(message, "html")]


def test_the_headers_say_who_to_whom_and_what(notice: BatchNotice, settings: MailSettings) -> None:
    message = render_notice(notice, settings)
    assert message["From"] == "pressrun <noreply@example.com>"
    assert message["To"] == "ann@example.com"
    assert message["Subject"] == "Batch batch-7 is ready"
    assert message["Auto-Submitted"] == "auto-generated"


def test_the_subject_names_neither_the_batch_nor_a_person(notice: BatchNotice, settings: MailSettings) -> None:
    for kind in ("ready", "failed"):
        subject = str(render_notice(replace(notice, kind=kind, name="Ann Smith"), settings)["Subject"])
        assert "Ann" not in subject
        assert "Smith" not in subject


def test_the_same_notice_gives_the_same_bytes(notice: BatchNotice, settings: MailSettings) -> None:
    assert render_notice(notice, settings).as_bytes() == render_notice(notice, settings).as_bytes()


def test_the_message_id_is_that_of_the_notice(notice: BatchNotice, settings: MailSettings) -> None:
    one = render_notice(notice, settings)["Message-ID"]
    same = render_notice(replace(notice, name="other"), settings)["Message-ID"]
    other = render_notice(replace(notice, notice_id="notice-2"), settings)["Message-ID"]
    assert one == same != other
    assert one.endswith("@example.com>")


def test_both_parts_tell_the_counts_the_archive_and_what_to_do(notice: BatchNotice, settings: MailSettings) -> None:
    expected = [
        "Spring letters",
        "batch-7",
        "10,000",
        "9,988",
        "99.9 %",
        "0.1 %",
        "1.43 GB",
        notice.archive,
        "failures.csv",
    ]
    for part in both_parts(notice, settings):
        assert [words for words in expected if words and words not in part] == []


def test_without_failures_there_is_nothing_to_do(notice: BatchNotice, settings: MailSettings) -> None:
    for part in both_parts(replace(notice, failed=0, succeeded=10_000), settings):
        assert "failures.csv" not in part


def test_a_path_is_shown_and_a_web_address_is_linked(notice: BatchNotice, settings: MailSettings) -> None:
    linked = the_part(render_notice(notice, settings), "html")
    assert '<a href="https://files.example.com/batch-7.zip"' in linked
    for place in ("/var/archives/batch-7.zip", "javascript:alert(1)"):
        shown = the_part(render_notice(replace(notice, archive=place), settings), "html")
        assert place in shown
        assert "<a " not in shown


def test_a_batch_without_an_archive_says_so(notice: BatchNotice, settings: MailSettings) -> None:
    for part in both_parts(replace(notice, archive=None, archive_bytes=None), settings):
        assert "There is no archive" in part


def test_a_rejected_batch_lists_its_faults_with_remedies(notice: BatchNotice, settings: MailSettings) -> None:
    faults = tuple(a_fault(number) for number in range(25))
    message = render_notice(replace(notice, kind="failed", faults=faults), settings)
    assert message["Subject"] == "Batch batch-7 failed"
    for part in (the_part(message, "plain"), the_part(message, "html")):
        assert "Message 19." in part
        assert "Remedy 19." in part
        assert "Message 20." not in part
        assert "and 5 more" in part


def test_a_failed_batch_says_why_and_what_next(notice: BatchNotice, settings: MailSettings) -> None:
    for part in both_parts(replace(notice, kind="failed", reason="The design was deleted."), settings):
        assert "The design was deleted." in part
        assert "Submit the batch again" in part


def test_markup_and_templates_in_a_name_stay_text(notice: BatchNotice, settings: MailSettings) -> None:
    name = "<script>alert(1)</script> {{ 7 * 7 }} {% raw %} & \"'"
    plain, html = both_parts(replace(notice, name=name), settings)
    assert name in plain
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7 * 7 }} {% raw %} &amp;" in html


class Links(HTMLParser):
    """Everything a mail reader would fetch or follow."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [(tag, value or "") for name, value in attrs if name in {"src", "href", "background", "srcset"}]
        assert tag not in {"script", "link", "img", "style", "iframe"}


def test_the_html_part_fetches_nothing(notice: BatchNotice, settings: MailSettings) -> None:
    links = Links()
    html = the_part(render_notice(notice, settings), "html")
    links.feed(html)
    assert links.found == [("a", notice.archive)]
    assert "url(" not in html
    assert "@import" not in html


def test_the_bytes_are_seven_bits_short_lines_and_crlf(notice: BatchNotice, settings: MailSettings) -> None:
    odd = replace(
        notice, name="Łódź 👩 " + "x" * 5_000, kind="failed", faults=(a_fault(),), reason=".\r\n.\r\nlone \r and \n"
    )
    data = render_notice(odd, settings).as_bytes(policy=SMTP)
    assert data.isascii()
    assert data.count(b"\n") == data.count(b"\r") == data.count(b"\r\n")
    assert max(map(len, data.split(b"\r\n"))) <= 78
    assert "Łódź 👩" in the_part(message_from_bytes(data, policy=SMTP), "plain")


@pytest.mark.parametrize(
    "bad",
    [
        {"recipient": "ann@example.com\r\nBcc: eve@example.com"},
        {"recipient": "=?utf-8?q?ann=0D=0ABcc=3A?=@example.com"},
        {"batch_id": "b\r\nBcc: eve@example.com"},
        {"batch_id": "=?utf-8?q?b=0D=0ABcc=3A_eve=40example.com?="},
        {"batch_id": "b\u2028Bcc: eve@example.com"},
    ],
)
def test_a_notice_that_would_inject_a_header_is_refused(
    notice: BatchNotice, settings: MailSettings, bad: dict[str, Any]
) -> None:
    with pytest.raises(HeaderUnsafe):
        render_notice(replace(notice, **bad), settings)


def test_a_recipient_that_is_no_address_is_refused(notice: BatchNotice, settings: MailSettings) -> None:
    with pytest.raises(AddressInvalid):
        render_notice(replace(notice, recipient="Ann <ann@example.com>"), settings)


@pytest.mark.parametrize("notice_id", ["n", "n\r\nBcc: eve@example.com", "=?utf-8?q?=0D=0A?="])
def test_a_notice_id_reaches_the_headers_only_as_a_hash(
    notice: BatchNotice, settings: MailSettings, notice_id: str
) -> None:
    data = render_notice(replace(notice, notice_id=notice_id), settings).as_bytes()
    assert b"Bcc" not in data.partition(b"\r\n\r\n")[0]
