"""What agents are given: the App, blocks, a voice, storage; named by what the agents need of them."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from schemas.events import Record

IntentT_contra = TypeVar("IntentT_contra", contravariant=True)


class Carrier(Protocol):
    """A record as it was fetched."""

    @property
    def offset(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...


class Block(Protocol):
    """Records of one partition, worked through as one; ends by one of the three."""

    @property
    def records(self) -> Sequence[Any]: ...
    @property
    def place(self) -> Any: ...
    @property
    def first(self) -> int: ...
    def done(self) -> None: ...
    def done_after(self, effect: Any) -> None: ...
    def later(self, reason: str, seconds: float = 1.0) -> None: ...


class StreamApp(Protocol):
    """The App of a role."""

    after_seek: list[Callable[[], None]]

    def attach_body(self, topic: str, body: Callable[[Any], Awaitable[None]], *, at_keys: bool = False) -> Any: ...
    def keep_table(self, name: str, partitions: int) -> Any: ...


class Outbox(Protocol):
    """Puts records on their topics."""

    async def begin(self, record: Record, topic: str, partition: int | None = None) -> Any: ...
    async def say(self, record: Record, topic: str, partition: int | None = None) -> None: ...
    async def say_all(self, records: Iterable[tuple[Record, str]]) -> None: ...
    async def release(self, topic: str, partition: int, entries: Sequence[tuple[bytes, bytes]]) -> None: ...
    async def bury(self, record: Any, place: Any, code: str, reason: str, time: datetime) -> None: ...


Clock = Callable[[], datetime]


class IntentRunner(Protocol[IntentT_contra]):
    """Carries out durable intents outside the body; told anew which there are whenever they may have changed."""

    def wake(self, intents: Mapping[str, IntentT_contra]) -> None: ...
