"""Why there is no broker.

StreamError
├── NoEngine          nothing on this machine can run a broker; names everything that was tried
├── BrokerFailed      an engine was there, the broker did not become usable; what was started has been stopped
├── DirectoryTaken    the directory holds the data of another engine's broker
└── PortTaken         a remembered port is now used by another program
EngineRefused         one engine's reason, collected into NoEngine
"""

from collections.abc import Sequence
from typing import ClassVar

from streams.errors import StreamError


class EngineRefused(StreamError):
    """One way of getting a broker does not serve on this machine."""

    code: ClassVar[str] = "engine_refused"

    def __init__(self, engine: str, reason: str, remedy: str) -> None:
        self.engine, self.reason, self.remedy = engine, reason, remedy
        super().__init__(f"{engine}: {reason}. {remedy}")


class NoEngine(StreamError):
    """Nothing on this machine can run a Kafka broker."""

    code: ClassVar[str] = "no_broker_engine"

    def __init__(self, refusals: Sequence[EngineRefused]) -> None:
        self.refusals = tuple(refusals)
        lines = [f"  {refusal}" for refusal in self.refusals]
        super().__init__(
            "\n".join(
                [
                    "No Kafka broker can be started here. Tried:",
                    *lines,
                    "Or name a broker that already runs by its address (host:port).",
                ],
            ),
        )


class BrokerFailed(StreamError):
    """The broker was started and did not become usable."""

    code: ClassVar[str] = "broker_failed"
    retriable: ClassVar[bool] = True


class DirectoryTaken(StreamError):
    """The broker directory belongs to a broker of another engine."""

    code: ClassVar[str] = "broker_directory_taken"


class PortTaken(StreamError):
    """A port this broker has to come back on is used by another program."""

    code: ClassVar[str] = "broker_port_taken"
    retriable: ClassVar[bool] = True
