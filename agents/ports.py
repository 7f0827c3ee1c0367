"""What agents are given: the App, blocks, a voice, storage; named by what the agents need of them."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeAlias, TypeVar

from pressrun.domain.work import Outcome, Stamper
from schemas.events import Record
from schemas.items import ItemReleased
from schemas.notices import NoticeKind
from schemas.results import BatchAccepted, BatchFailed, BatchRejected
from schemas.submissions import BatchSubmitted

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
    @property
    def is_replayed(self) -> bool: ...
    @property
    def is_old_news(self) -> bool: ...
    def done(self) -> None: ...
    def done_after(self, effect: Any) -> None: ...
    def later(self, reason: str, seconds: float = 1.0) -> None: ...


class StreamApp(Protocol):
    """The App of a role."""

    after_seek: list[Callable[[], None]]
    crashpoint: Callable[[str], None]
    condemn: Callable[[Any], Awaitable[None]]
    pulse: Any
    life: str

    def attach_body(self, topic: str, body: Callable[[Any], Awaitable[None]], *, at_keys: bool = False) -> Any: ...
    def keep_table(self, name: str, partitions: int) -> Any: ...


class Outbox(Protocol):
    """Puts records on their topics."""

    async def begin(self, record: Record, topic: str, partition: int | None = None) -> Any: ...
    async def say(self, record: Record, topic: str, partition: int | None = None) -> None: ...
    async def say_all(self, records: Iterable[tuple[Record, str]]) -> None: ...
    async def release(self, topic: str, partition: int, entries: Sequence[tuple[bytes, bytes]]) -> None: ...
    def home_of(self, batch_id: str) -> int | None: ...
    async def bury(self, record: Any, place: Any, code: str, reason: str, time: datetime) -> None: ...


Clock = Callable[[], datetime]
Steady = Callable[[], float]
"""Seconds of a clock that is never set; elapsed time is measured by it alone."""


class IntentRunner(Protocol[IntentT_contra]):
    """Carries out durable intents outside the body; told anew which there are whenever they may have changed."""

    def wake(self, intents: Mapping[str, IntentT_contra]) -> None: ...


Cleaner = Callable[[BatchFailed], None]
"""Notes that a batch has failed, and removes what was made of it."""


class Rows(Protocol):
    """Canonical rows of stored plans; `partitions` are those of the topic their items go to."""

    partitions: int

    def lines(self, plan: str, first: int, last: int) -> Sequence[bytes]: ...
    def can_run(self, accepted: BatchAccepted) -> bool: ...


Lag = Callable[[], Awaitable[int]]
"""Records that workers and the counter have not got to yet."""


class Bench(Protocol):
    """A plan opened for work."""

    @property
    def stamper(self) -> Stamper: ...
    @property
    def variables(self) -> Sequence[str]: ...
    @property
    def total(self) -> int: ...


class Workshop(Protocol):
    """Opens plans and stores segments; `store` gives None where the batch's folder is gone: it has ended."""

    def open(self, plan: str) -> Bench | None: ...
    def store(self, item: ItemReleased, name: str, outcomes: Sequence[Outcome]) -> int | None: ...


class Blobs(Protocol):
    """Where tallies are kept for the closer."""

    def put_blob(self, data: bytes) -> str: ...


class Contacts(Protocol):
    """Who wants to be told; addresses are kept in the batch's folder, never on the log."""

    def ways(self, batch_id: str) -> Collection[NoticeKind]: ...


Decision: TypeAlias = BatchAccepted | BatchRejected | None
"""None: a repeat of a batch that has ended; nothing is to be said."""


class Doorkeeper(Protocol):
    """Decides about submissions; raises BadRecord for a second, different submission of a known batch."""

    def decide(self, submission: BatchSubmitted) -> Decision: ...
    def knows(self, batch_id: str) -> bool: ...
