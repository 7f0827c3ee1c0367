"""Carries out durable intents outside of agents' bodies: a few at a time, again after a while where it must wait."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Generic, TypeVar

IntentT = TypeVar("IntentT")


class IntentRunner(Generic[IntentT]):
    """Runs `act` on each intent until it says the intent is done with, or the intent is gone.

    `act` returns None when done, or the seconds after which to try again; what it does must bear repetition.
    """

    def __init__(
        self,
        act: Callable[[IntentT, int], Awaitable[float | None]],
        *,
        at_once: int,
        first: Callable[[IntentT], Any],
        end_process: Callable[[BaseException], None],
    ) -> None:
        self._act = act
        self._first = first
        self._end_process = end_process
        self._places = at_once
        self._intents: dict[str, IntentT] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._asleep: set[str] = set()
        self._done: set[str] = set()
        self._changed = asyncio.Event()

    def wake(self, intents: Mapping[str, IntentT]) -> None:
        """These are the intents now; those gone are stopped, those new are begun as there is room."""
        self._intents = dict(intents)
        self._done &= intents.keys()
        for name in self._running.keys() - intents.keys():
            self._running[name].cancel()
        self._fill()

    @property
    def is_busy(self) -> bool:
        return bool(self._intents.keys() - self._done)

    def _fill(self) -> None:
        waiting = self._intents.keys() - self._running.keys() - self._done
        for name in sorted(waiting, key=lambda name: self._first(self._intents[name])):
            if self._is_full:
                return
            self._running[name] = asyncio.create_task(self._run(name, self._intents[name]))

    @property
    def _is_full(self) -> bool:
        """Whether every place is taken; who sleeps takes none."""
        return len(self._running.keys() - self._asleep) >= self._places

    async def _run(self, name: str, intent: IntentT) -> None:
        try:
            await self._repeat(name, intent)
            self._done.add(name)
        except asyncio.CancelledError:
            pass
        except Exception as error:  # noqa: BLE001 - anything unforeseen ends the process, uncommitted
            self._done.add(name)
            self._end_process(error)
        finally:
            self._running.pop(name, None)
            self._asleep.discard(name)
            self._changed.set()
            self._fill()

    async def _repeat(self, name: str, intent: IntentT) -> None:
        attempt = 0
        while (seconds := await self._act(intent, attempt)) is not None:
            attempt += 1
            self._asleep.add(name)
            self._changed.set()
            self._fill()
            await asyncio.sleep(seconds)
            while self._is_full:
                self._changed.clear()
                await self._changed.wait()
            self._asleep.discard(name)
