"""A real mail server on loopback, on whichever port is free."""

import asyncio

from aiosmtpd.controller import Controller


class FreePortController(Controller):  # type: ignore[misc] # aiosmtpd has no types
    """A threaded aiosmtpd server; `port` is known once it has started."""

    async def _create_server(self) -> asyncio.Server:
        server: asyncio.Server = await self.loop.create_server(
            self._factory_invoker, "127.0.0.1", 0, ssl=self.ssl_context
        )
        self.port = server.sockets[0].getsockname()[1]
        return server
