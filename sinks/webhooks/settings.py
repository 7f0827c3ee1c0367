"""Where webhooks go and what they are signed with; imports no web client, for every command reads settings."""

import base64
import binascii
from dataclasses import dataclass, field
from typing import ClassVar
from urllib.parse import urlsplit

from sinks.errors import SinkError
from sinks.mail.settings import is_loopback

SECRET_PREFIX = "whsec_"  # noqa: S105 - how the standard's secrets begin
SECRET_BYTES = range(24, 65)
"""How long a secret may be, as the standard has it."""
TIMEOUT_SECONDS = 15.0


class WebhookRefused(SinkError):
    """Webhooks cannot be sent to this place, or not with this secret."""

    code: ClassVar[str] = "webhook_refused_here"


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """Where webhooks go and the key they are signed with; raises WebhookRefused.

    A receiver elsewhere is reached by HTTPS only. `secret` is `whsec_` and 24 to 64 bytes in Base64.
    """

    url: str = field(repr=False)
    secret: str = field(repr=False)
    timeout: float = TIMEOUT_SECONDS

    def __post_init__(self) -> None:
        check_address(self.url)
        read_key(self.secret)


def check_address(url: str) -> None:
    """Raise WebhookRefused, without the address, for anything but https:// and a host, or http:// on this machine."""
    try:
        address = urlsplit(url)
        host, port = address.hostname or "", address.port
    except ValueError as error:
        raise WebhookRefused("this is no address of a web server") from error
    if address.scheme not in {"https", "http"} or not host or port == 0:
        raise WebhookRefused("a webhook goes to https:// and a host")
    if address.scheme == "http" and not is_loopback(host):
        raise WebhookRefused("a webhook leaves this machine only encrypted: use https://")
    if address.username is not None or address.password is not None:
        raise WebhookRefused("a name or password in the address would be in logs: the signature is enough")


def read_key(secret: str) -> bytes:
    """The key of a secret; raises WebhookRefused, and never shows it."""
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        raise WebhookRefused("the secret is not whsec_ and Base64") from error
    if len(key) not in SECRET_BYTES:
        raise WebhookRefused(f"the secret holds {len(key)} bytes; 24 to 64 are needed")
    return key
