"""Who is told in a run: a mail server that counts mails by the batch their subject names, a receiver of webhooks."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from typing import Any

from mailserver import FreePortController
from webhookserver import Receiver


class Mailbox:
    """What was accepted: mails as batch id to how often, webhooks as they came."""

    def __init__(self, receiver: Receiver) -> None:
        self.accepted: Counter[str] = Counter()
        self.port = 0
        self.receiver = receiver

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        _, batch_id, *_ = str(message_from_bytes(envelope.content)["Subject"]).split()
        self.accepted[batch_id] += 1
        return "250 OK"


@contextmanager
def an_open_mailbox() -> Iterator[Mailbox]:
    with Receiver() as receiver:
        mailbox = Mailbox(receiver)
        controller = FreePortController(mailbox, hostname="127.0.0.1")
        controller.start()
        mailbox.port = controller.port
        try:
            yield mailbox
        finally:
            controller.stop()
