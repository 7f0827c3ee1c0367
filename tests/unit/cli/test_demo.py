"""The demo's pieces; the whole of it runs in tests/broker."""

import smtplib
import stat
import zipfile
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path

import pytest
from typer.testing import Result

from pressrun.demo import DemoFailed, Stage, await_mail, extract_failures, open_stage
from pressrun.mailbox import HOST, open_mailbox
from pressrun.settings import Settings


def a_message(text: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "pressrun@localhost", "you@example.com", "Ready"
    message.set_content(text)
    return message


def test_mail_is_kept_as_one_file_for_each_message(tmp_path: Path) -> None:
    with open_mailbox(tmp_path / "mail") as mailbox:
        for text in ("first", "second"):
            with smtplib.SMTP(HOST, mailbox.port) as client:
                client.send_message(a_message(text))
        kept = mailbox.messages()

    assert [path.name for path in kept] == ["0001.eml", "0002.eml"]
    assert [str(message_from_bytes(path.read_bytes()).get_payload()).strip() for path in kept] == ["first", "second"]


def test_the_message_that_came_last_is_found(tmp_path: Path, settings: Settings) -> None:
    with open_mailbox(tmp_path / "mail") as mailbox:
        (mailbox.folder / "0001.eml").touch()
        with smtplib.SMTP(HOST, mailbox.port) as client:
            client.send_message(a_message("second"))

        assert await_mail(Stage(settings, mailbox), before=1) == mailbox.folder / "0002.eml"


def test_without_a_mailbox_no_mail_is_waited_for(settings: Settings) -> None:
    assert await_mail(Stage(settings, None), before=0) is None


def test_the_table_of_failures_is_put_beside_the_archive_for_its_owner_only(tmp_path: Path) -> None:
    archive = tmp_path / "20260301-120000-abc-1.zip"
    with zipfile.ZipFile(archive, "w") as sealed:
        sealed.writestr("failures.csv", "index,code,message\r\n")

    table = extract_failures(archive, "20260301-120000-abc")

    assert table == tmp_path / "20260301-120000-abc-failures.csv"
    assert table.read_bytes() == b"index,code,message\r\n"
    assert stat.S_IMODE(table.stat().st_mode) == 0o600


def test_a_system_that_does_not_start_is_told_with_its_last_words(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRESSRUN_BROKER_HEAP_MB", "1")

    with pytest.raises(DemoFailed, match="PRESSRUN_BROKER_HEAP_MB"), open_stage(settings, lambda _: None):
        pass


def test_the_demo_needs_an_example(run: Callable[..., Result], tmp_path: Path) -> None:
    result = run("demo", "--data-dir", tmp_path / "demo", "--example", tmp_path / "absent")

    assert result.exit_code == 2
    assert not (tmp_path / "demo" / "broker").exists()
