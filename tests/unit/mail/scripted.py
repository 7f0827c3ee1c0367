"""A mail server on real sockets that behaves badly at one stage of its first conversation, and well afterwards."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

STAGES = ("connect", "greeting", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "body", "dot")

BEHAVIOURS = (
    "as usual",
    "slow",
    "4xx",
    "5xx",
    "garbage",
    "no number",
    "strange number",
    "close",
    "reset",
    "hang",
    "half a line, hang",
    "half a line, close",
    "oversized line",
    "endless lines",
    "out of order",
    "twice at once",
    "twice, apart",
)
BENIGN = ("as usual", "slow")
REFUSING = ("4xx", "5xx")

_LINES = {
    "4xx": b"451 4.3.0 <ann@example.com> later\r\n",
    "5xx": b"550 5.1.1 <ann@example.com> no\r\n",
    "garbage": b"\x00\xff\xfe{}\r\n",
    "no number": b"OK\r\n",
    "strange number": b"999 what\r\n",
    "oversized line": b"250-" + b"x" * 50_000 + b"\r\n250 OK\r\n",
    "endless lines": b"250-more\r\n" * 10_000,
}


class _Ends(Exception):
    """The conversation is over."""


@dataclass
class ScriptedServer:
    """`taken` holds every content it may have delivered: all that came whole and was not refused."""

    context: ssl.SSLContext
    stage: str
    behaviour: str
    taken: list[bytes] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    conversations: int = 0
    is_misbehaving: bool = False

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[int]:
        """The port, while it is open."""
        running: set[asyncio.Task[None]] = set()

        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            running.add(task)
            await self._serve(reader, writer)

        server = await asyncio.start_server(accept, "127.0.0.1", 0)
        yield server.sockets[0].getsockname()[1]
        server.close()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.conversations += 1
        self.is_misbehaving = self.conversations == 1
        try:
            with suppress(_Ends, OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                if self.is_misbehaving and self.stage == "connect" and self.behaviour not in BENIGN:
                    await self._end(writer)
                await self._reply(writer, "greeting", b"220 ready\r\n")
                await self._converse(reader, writer)
        finally:
            writer.close()
            with suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        offers = b"250-test\r\n250 STARTTLS\r\n"
        while line := await reader.readline():
            command = line.split(b":")[0].split()[0].decode().upper()
            self.commands.append(command)
            if command == "EHLO":
                await self._reply(writer, "EHLO", offers)
            elif command == "STARTTLS":
                await self._reply(writer, "STARTTLS", b"220 go\r\n")
                await writer.start_tls(self.context)
                offers = b"250-test\r\n250 AUTH PLAIN\r\n"
            elif command == "AUTH":
                await self._reply(writer, "AUTH", b"235 ok\r\n")
            elif command == "DATA":
                await self._reply(writer, "DATA", b"354 go\r\n")
                await self._take(reader, writer)
            else:
                await self._reply(writer, command, b"250 OK\r\n")

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_misbehaving and self.stage == "body":
            await self._reply(writer, "body", b"")
            if self.behaviour not in BENIGN:
                raise _Ends
        content = await reader.readuntil(b"\r\n.\r\n")
        if not (self.is_misbehaving and self.stage == "dot" and self.behaviour in REFUSING):
            self.taken.append(content)
        await self._reply(writer, "dot", b"250 OK\r\n")

    async def _reply(self, writer: asyncio.StreamWriter, stage: str, usual: bytes) -> None:
        behaviour = self.behaviour if self.is_misbehaving and stage == self.stage else "as usual"
        match behaviour:
            case "slow":
                for byte in usual:
                    writer.write(bytes([byte]))
                    await writer.drain()
                    await asyncio.sleep(0)
            case "close" | "reset" | "hang":
                await self._end(writer)
            case "half a line, hang" | "half a line, close":
                writer.write(usual[:2] or b"25")
                await writer.drain()
                await self._end(writer)
            case "out of order":
                writer.write(b"354 go\r\n" if usual != b"354 go\r\n" else b"250 OK\r\n")
            case "twice at once":
                writer.write(usual + b"250 OK\r\n")
            case "twice, apart":
                writer.write(usual)
                await writer.drain()
                await asyncio.sleep(0.02)
                writer.write(usual)
            case _:
                writer.write(_LINES.get(behaviour, usual))
        await writer.drain()

    async def _end(self, writer: asyncio.StreamWriter) -> None:
        if self.behaviour.endswith("hang"):
            await asyncio.Event().wait()
        if self.behaviour == "reset":
            writer.transport.abort()
        raise _Ends
