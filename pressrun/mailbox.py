"""A mail server on loopback that keeps what it is sent as files: the demo's stand-in for a real one."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where to send mail, and the folder of the messages: `0001.eml`, `0002.eml`, …"""

    port: int
    folder: Path

    def messages(self) -> list[Path]:
        return sorted(self.folder.glob("*.eml"))


def is_available() -> bool:
    """Whether the server's library is installed; it is one of the development dependencies."""
    return find_spec("aiosmtpd") is not None


@contextmanager
def open_mailbox(folder: Path) -> Iterator[Mailbox]:
    """Take mail until closed; needs aiosmtpd."""
    from aiosmtpd.controller import Controller  # noqa: PLC0415 - only installed for development

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    mailbox = Mailbox(_free_port(), folder)
    server = Controller(_Keeper(mailbox), hostname=HOST, port=mailbox.port)
    server.start()
    try:
        yield mailbox
    finally:
        server.stop()


class _Keeper:
    """Answers aiosmtpd's events."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        number = len(self._mailbox.messages()) + 1
        draft = self._mailbox.folder / f"{number:04}.part"
        draft.write_bytes(envelope.content)
        draft.rename(draft.with_suffix(".eml"))
        return "250 kept"


def _free_port() -> int:
    """The library cannot choose one itself: it connects to the port it was told."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
