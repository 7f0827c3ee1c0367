"""A real mail server on loopback, on whichever port is free."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class FreePortController(Controller):  # type: ignore[misc] # aiosmtpd has no types
    """A threaded aiosmtpd server; `port` is known once it has started."""

    async def _create_server(self) -> asyncio.Server:
        server: asyncio.Server = await self.loop.create_server(
            self._factory_invoker, "127.0.0.1", 0, ssl=self.ssl_context
        )
        self.port = server.sockets[0].getsockname()[1]
        return server


@dataclass
class Mailbox:
    """Takes mail, or refuses it as told; `look` is called at the moment it does."""

    taken: list[bytes] = field(default_factory=list)
    answer: str = "250 OK"
    look: Callable[[], None] = lambda: None

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        assert server
        assert session
        self.look()
        if self.answer.startswith("250"):
            self.taken.append(envelope.original_content or b"")
        return self.answer
