"""Notices an acknowledgement that never comes: the broker answers everyone, and one producer waits for ever.

Seen with aiokafka 0.14 when a broker whose log disk was full ended and came back: a record batch that was to be sent
again stayed behind, and with it all that followed. Waiting for a broker that is away is right, however long it takes;
waiting beside one that answers is not, and only a new process helps.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

from streams.errors import AcknowledgementLost

LOOK_SECONDS = 5.0
PATIENCE_SECONDS = 30.0
"""So old an acknowledgement has to be before the broker is asked, and so long it has to go on answering."""
PROBE_MS = 3_000


class Acknowledgements:
    """The acknowledgements that are waited for, and since when."""

    def __init__(self) -> None:
        self._since: dict[asyncio.Future[Any], float] = {}
        self._answering_since: float | None = None

    def expect(self, future: "asyncio.Future[Any]") -> None:
        """This one is to come."""
        if not future.done():
            self._since[future] = time.monotonic()
            future.add_done_callback(self._forget)

    def _forget(self, future: "asyncio.Future[Any]") -> None:
        self._since.pop(future, None)

    @property
    def is_overdue(self) -> bool:
        """Whether the oldest has been waited for so long that it is worth a look."""
        oldest = next(iter(self._since.values()), None)
        return oldest is not None and time.monotonic() - oldest > PATIENCE_SECONDS

    async def look(self, answers: Callable[[], Awaitable[bool]]) -> None:
        """Raises AcknowledgementLost where the broker has gone on answering beside one that is overdue."""
        if not self.is_overdue or not await answers():
            self._answering_since = None
            return
        now = time.monotonic()
        self._answering_since = self._answering_since or now
        if now - self._answering_since > PATIENCE_SECONDS:
            raise AcknowledgementLost

    async def watch(self, answers: Callable[[], Awaitable[bool]], end: Callable[[BaseException], None]) -> None:
        """Look every five seconds, for as long as this loop turns; `end` is called where one is lost."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.look(answers)
            except AcknowledgementLost as error:
                end(error)
                return


async def broker_answers(servers: Any) -> bool:
    """Whether a new connection gets an answer within seconds."""
    client = AIOKafkaClient(bootstrap_servers=servers, request_timeout_ms=PROBE_MS)
    try:
        await asyncio.wait_for(client.bootstrap(), PROBE_MS / 1000)
    except (KafkaError, OSError, TimeoutError):
        return False
    finally:
        await client.close()
    return True
