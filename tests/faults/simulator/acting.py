"""Processes that also carry out intents, outside of their bodies, as pressrun.intents does."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from faults.simulator.processes import Process, Steps

if TYPE_CHECKING:
    from faults.simulator.world import World


class Waiting(NamedTuple):
    """An intent between two tries."""

    tries: int
    until: float


class ActingProcess(Process):
    """Its intents are what its rows say; which of them are done with is known in memory only."""

    def arrive(self) -> None:
        self.waiting: dict[str, Waiting] = {}
        self.cancelled: set[str] = set()
        self.show_intents()

    def clone(self, world: "World") -> Self:
        twin = super().clone(world)
        twin.waiting, twin.cancelled = dict(self.waiting), set(self.cancelled)
        return twin

    def show_intents(self) -> None:
        raise NotImplementedError

    def wake(self, intents: Mapping[str, Any]) -> None:
        """These are the intents now; what is known of those gone is forgotten, and their tries are cancelled."""
        self.intents = dict(intents)
        self.cancelled |= self.acting - intents.keys()
        self.done &= intents.keys()
        self.waiting = {name: waiting for name, waiting in self.waiting.items() if name in intents}

    def ready_intent(self) -> str | None:
        """The next to be tried."""
        for name in self.intents:
            if name not in self.done and name not in self.acting:
                waiting = self.waiting.get(name)
                if waiting is None or waiting.until <= self.world.seconds:
                    return name
        return None

    def try_intent(self, name: str) -> Steps:
        """One try: done with, or again later."""
        waiting = self.waiting.get(name, Waiting(0, 0.0))
        seconds = yield from self.act(self.intents[name], waiting.tries)
        if name in self.cancelled:
            self.cancelled.discard(name)
        elif seconds is None:
            self.done.add(name)
        elif name in self.intents:
            self.waiting[name] = Waiting(waiting.tries + 1, self.world.seconds + seconds)

    def act(self, intent: Any, tries: int) -> Any:
        """Steps that end with None when the intent is done with, else with the seconds until the next try."""
        raise NotImplementedError
