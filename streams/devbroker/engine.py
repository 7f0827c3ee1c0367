"""The shape every way of running a broker has."""

from collections.abc import Callable
from dataclasses import dataclass

from streams.devbroker.identity import Identity
from streams.devbroker.settings import BrokerSettings, EngineName, Log, RunningBroker


@dataclass(frozen=True, slots=True)
class Engine:
    """`start` takes what the directory remembers (None at first) and returns only a usable broker.

    It raises EngineRefused when it does not serve on this machine, with nothing left behind, and BrokerFailed when
    it does but the broker did not come up. `find` says whether the broker runs, `stop` whether it had to be stopped.
    """

    name: EngineName
    start: Callable[[BrokerSettings, Identity | None, Log], RunningBroker]
    find: Callable[[BrokerSettings, Identity], RunningBroker | None]
    stop: Callable[[BrokerSettings, Identity], bool]
