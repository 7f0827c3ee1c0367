"""Mail servers on loopback: aiosmtpd for what a server takes, a scripted one for every way in which it breaks off."""

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from mailserver import FreePortController

from sinks.mail.notices import BatchNotice
from sinks.mail.settings import MailSettings


@dataclass
class Mailbox:
    """What a server has taken: sender, recipients, content."""

    taken: list[tuple[str, list[str], bytes]] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.taken.append((envelope.mail_from, list(envelope.rcpt_tos), envelope.original_content))
        return "250 OK"


@dataclass(frozen=True)
class Certificate:
    """A self-signed certificate for 127.0.0.1, and a server's context with it."""

    file: Path
    context: ssl.SSLContext


@dataclass
class Script:
    """What a server does at each stage instead of going on: answer, `cut` the connection or keep `silent`."""

    actions: dict[str, str]
    heard: list[str] = field(default_factory=list)
    contents: list[bytes] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                if await self._answer(writer, "greeting", "220 ready"):
                    await self._converse(reader, writer)
        finally:
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            command = line.split(b":")[0].split()[0].decode().upper()
            self.heard.append(command)
            if not await self._answer(writer, command, "354 go" if command == "DATA" else "250 OK"):
                return
            if command == "DATA" and "DATA" not in self.actions:
                self.contents.append(await reader.readuntil(b"\r\n.\r\n"))
                if not await self._answer(writer, "dot", "250 OK"):
                    return

    async def _answer(self, writer: asyncio.StreamWriter, stage: str, usual: str) -> bool:
        action = self.actions.get(stage, usual)
        if action == "silent":
            await asyncio.Event().wait()
        if action == "cut":
            return False
        writer.write(f"{action}\r\n".encode())
        await writer.drain()
        return True


Serve = Callable[..., int]
Play = Callable[[Script], Awaitable[int]]


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def serve(mailbox: Mailbox) -> Iterator[Serve]:
    """Starts a real server with aiosmtpd's own options and gives its port."""
    with ExitStack() as started:

        def start(**options: Any) -> int:
            controller = FreePortController(mailbox, hostname="127.0.0.1", **options)
            controller.start()
            started.callback(controller.stop)
            port: int = controller.port
            return port

        yield start


@pytest.fixture
def script_of() -> Callable[..., Script]:
    """A server that does as usual but at the stages named."""
    return lambda actions=None: Script(actions or {})


@pytest.fixture
async def play() -> AsyncIterator[Play]:
    """Starts a scripted server and gives its port."""
    conversations: list[asyncio.Task[None]] = []
    servers: list[asyncio.Server] = []

    async def start(script: Script) -> int:
        def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            conversations.append(asyncio.create_task(script.serve(reader, writer)))

        servers.append(await asyncio.start_server(accept, "127.0.0.1", 0))
        port: int = servers[-1].sockets[0].getsockname()[1]
        return port

    yield start
    for server in servers:
        server.close()
    for conversation in conversations:
        conversation.cancel()
    await asyncio.gather(*conversations, return_exceptions=True)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    folder = tmp_path_factory.mktemp("certificate")
    key, file = folder / "key.pem", folder / "certificate.pem"
    wanted = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(key), "-out", str(file)]
    subprocess.run([*made, *wanted], check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file, key)
    return Certificate(file, context)


@pytest.fixture
def settings() -> MailSettings:
    return MailSettings(host="127.0.0.1", port=25, sender="noreply@example.com", step_timeout=5.0, reply_timeout=5.0)


@pytest.fixture
def notice() -> BatchNotice:
    return BatchNotice(
        notice_id="notice-1",
        kind="ready",
        batch_id="batch-7",
        name="Spring letters",
        total=10_000,
        succeeded=9_988,
        failed=10,
        cancelled=2,
        archive="https://files.example.com/batch-7.zip",
        archive_bytes=1_432_000_000,
        faults=(),
        reason=None,
        recipient="ann@example.com",
    )
