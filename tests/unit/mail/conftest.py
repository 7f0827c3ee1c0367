"""Mail servers on loopback: aiosmtpd for what a server takes, a scripted one for every way in which it breaks off."""

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP as AcceptingServer

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
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            if await self._answer(writer, "greeting", "220 ready"):
                await self._converse(reader, writer)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

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


Listen = Callable[[Callable[[], asyncio.BaseProtocol]], Awaitable[int]]


@pytest.fixture
async def listen() -> AsyncIterator[Listen]:
    """Listens on a free port of 127.0.0.1 and closes all connections afterwards."""
    servers: list[asyncio.AbstractServer] = []
    transports: list[asyncio.BaseTransport] = []
    loop = asyncio.get_running_loop()

    async def start(factory: Callable[[], asyncio.BaseProtocol]) -> int:
        def remembered() -> asyncio.BaseProtocol:
            protocol = factory()
            made = protocol.connection_made

            def connection_made(transport: asyncio.BaseTransport) -> None:
                transports.append(transport)
                made(transport)

            protocol.connection_made = connection_made  # type: ignore[method-assign] # a wrapper of one instance
            return protocol

        server = await loop.create_server(remembered, "127.0.0.1", 0)
        servers.append(server)
        port: int = server.sockets[0].getsockname()[1]
        return port

    yield start
    for server in servers:
        server.close()
    for transport in transports:
        transport.close()
