"""The errors of mail: what is refused before a server is asked.

MailError (a SinkError)
├── HeaderUnsafe      a value that could become a header of its own, or be decoded into one
├── AddressInvalid    not one plain mail address
└── EncryptionNeeded  mail would cross a network unencrypted
"""

from typing import ClassVar

from sinks.errors import SinkError


class MailError(SinkError):
    """A notice cannot be mailed."""

    code: ClassVar[str] = "mail_failed"


class HeaderUnsafe(MailError):
    """A header value contains what a header may not contain."""

    code: ClassVar[str] = "header_unsafe"


class AddressInvalid(MailError):
    """This is not one plain mail address."""

    code: ClassVar[str] = "address_invalid"


class EncryptionNeeded(MailError):
    """Mail leaves this machine only encrypted."""

    code: ClassVar[str] = "encryption_needed"
