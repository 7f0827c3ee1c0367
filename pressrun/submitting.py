"""Hands batches in: publishes submissions and commands with the synchronous client, acknowledged or an error."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, ClassVar, Self

from kafka import KafkaProducer
from kafka.errors import KafkaError

from pressrun.preparation import Order, prepare
from pressrun.settings import Settings
from schemas.decoding import MAX_RECORD_BYTES
from schemas.errors import PressrunError
from schemas.events import Event, Priority
from schemas.plans import Plan
from schemas.submissions import BatchSubmitted, CancelBatch
from sinks.storage import LocalStorage

PUBLISH_SECONDS = 30


class NotPublished(PressrunError):
    """The broker did not acknowledge the record: it may or may not have it; the same batch may be submitted again."""

    code: ClassVar[str] = "not_published"
    retriable: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class Request:
    """What a person asks for besides the work itself."""

    name: str = ""
    notify: str | None = None
    priority: Priority | None = None


def new_batch_id() -> str:
    """Sortable by time, and not to be guessed."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(5)}"


def submit_letters(
    order: Order, request: Request, *, storage: LocalStorage, settings: Settings, address: str
) -> tuple[BatchSubmitted, Plan]:
    """Look at everything, store the plan, publish; raises FaultyInput, NotPublished and storage's errors."""
    digest, plan = prepare(order, storage, reserve_mb=settings.disk_reserve_mb)
    batch_id = new_batch_id()
    submission = BatchSubmitted(
        id=f"{batch_id}/submitted",
        time=datetime.now(UTC),
        batch_id=batch_id,
        kind="letters",
        name=request.name,
        priority=request.priority,
        notify=request.notify,
        password_secret=order.password_secret,
        plan=digest,
    )
    publish(submission, address)
    return submission, plan


def cancel_batch(batch_id: str, address: str) -> None:
    """Ask for no more of the batch to be released."""
    now = datetime.now(UTC)
    publish(CancelBatch(id=f"{batch_id}/cancel/{now.timestamp():.3f}", time=now, batch_id=batch_id), address)


def publish(event: Event, address: str) -> None:
    """Put one submission or command on the log; raises NotPublished."""
    with Publisher(address) as publisher:
        publisher.publish(event)


class Publisher:
    """Puts submissions and commands on the log and waits for each acknowledgement."""

    def __init__(self, address: str) -> None:
        self._address = address
        with self._broker_errors():
            self._producer: Any = KafkaProducer(bootstrap_servers=address, acks="all", enable_idempotence=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._producer.close(timeout=5)

    def publish(self, event: Event) -> None:
        """Returns when the broker has it; raises NotPublished."""
        value = event.model_dump_json(exclude_none=True).encode()
        if len(value) > MAX_RECORD_BYTES:
            raise NotPublished(f"the record has {len(value)} bytes; at most {MAX_RECORD_BYTES} are carried")
        with self._broker_errors():
            sent = self._producer.send("submissions", key=event.batch_id.encode(), value=value)
            sent.get(timeout=PUBLISH_SECONDS)

    @contextmanager
    def _broker_errors(self) -> Iterator[None]:
        try:
            yield
        except KafkaError as error:
            message = f"the broker at {self._address} did not take the record: {type(error).__name__}"
            raise NotPublished(message) from error
