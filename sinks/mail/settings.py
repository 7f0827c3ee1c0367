"""Where and as whom notices are mailed."""

from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address

from sinks.mail.errors import EncryptionNeeded
from sinks.mail.headers import safe_address, safe_header

_IMPLICIT_TLS_PORT = 465


class Encryption(StrEnum):
    """How the connection to the mail server is encrypted; certificates are always checked."""

    STARTTLS = "starttls"
    IMPLICIT = "implicit"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class MailSettings:
    """The mail server and the sender of notices; timeouts are in seconds.

    Without `encryption` it is implicit on port 465, none on loopback, and STARTTLS everywhere else. `ca_file` adds the
    certificate authority of a server of one's own. Raises HeaderUnsafe, AddressInvalid or EncryptionNeeded.
    """

    host: str
    port: int
    sender: str
    sender_name: str = "pressrun"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    encryption: Encryption | None = None
    ca_file: str | None = None
    step_timeout: float = 30.0
    # RFC 5321 section 4.5.3.2.6 asks for ten minutes; each early hang-up would leave a notice of unknown fate.
    reply_timeout: float = 600.0

    def __post_init__(self) -> None:
        safe_header(self.host, "mail server")
        safe_header(self.sender_name, "sender's name")
        safe_address(self.sender, "sender")
        if self.encrypted_by is Encryption.NONE and not is_loopback(self.host):
            raise EncryptionNeeded("Mail leaves this machine only encrypted: choose STARTTLS or implicit TLS.")

    @property
    def encrypted_by(self) -> Encryption:
        """What applies, chosen or by default."""
        if self.encryption is not None:
            return self.encryption
        if self.port == _IMPLICIT_TLS_PORT:
            return Encryption.IMPLICIT
        return Encryption.NONE if is_loopback(self.host) else Encryption.STARTTLS


def is_loopback(host: str) -> bool:
    """Whether a host is this machine: an address of 127.0.0.0/8 or ::1, or `localhost`.

    A resolver may send `localhost` elsewhere, so the address connected to is checked as well.
    """
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
