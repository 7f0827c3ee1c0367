"""Where mail goes and how it is encrypted."""

import pytest

from sinks.mail.errors import AddressInvalid, EncryptionNeeded, HeaderUnsafe
from sinks.mail.settings import Encryption, MailSettings, is_loopback


def some_settings(
    host: str = "mail.example.com", port: int = 587, encryption: Encryption | None = None
) -> MailSettings:
    return MailSettings(host=host, port=port, sender="noreply@example.com", encryption=encryption)


@pytest.mark.parametrize(
    ("host", "port", "encryption"),
    [
        ("mail.example.com", 587, Encryption.STARTTLS),
        ("mail.example.com", 25, Encryption.STARTTLS),
        ("mail.example.com", 465, Encryption.IMPLICIT),
        ("127.0.0.1", 25, Encryption.NONE),
        ("localhost", 25, Encryption.NONE),
        ("192.0.2.1", 25, Encryption.STARTTLS),
    ],
)
def test_mail_is_encrypted_unless_it_stays_here(host: str, port: int, encryption: Encryption) -> None:
    assert some_settings(host, port).encrypted_by is encryption


@pytest.mark.parametrize(
    "host", ["mail.example.com", "10.0.0.1", "192.0.2.1", "localhost.example.com", "127.1", "::2", ""]
)
def test_unencrypted_mail_to_another_machine_is_refused(host: str) -> None:
    with pytest.raises(EncryptionNeeded):
        some_settings(host, encryption=Encryption.NONE)


@pytest.mark.parametrize(
    ("host", "here"), [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("8.8.8.8", False)]
)
def test_loopback_is_told_by_the_address(host: str, *, here: bool) -> None:
    assert is_loopback(host) is here


def test_the_password_is_not_shown() -> None:
    settings = MailSettings(host="127.0.0.1", port=25, sender="a@example.com", user="u", password="canary")
    assert "canary" not in repr(settings)


def test_a_sender_that_is_no_address_is_refused() -> None:
    with pytest.raises(AddressInvalid):
        MailSettings(host="127.0.0.1", port=25, sender="nobody")
    with pytest.raises(HeaderUnsafe):
        MailSettings(host="127.0.0.1", port=25, sender="a@example.com", sender_name="x\r\nBcc: eve@example.com")
