"""Reads the state of batches from the compacted `batches` topic: the one source of `show`, `batches` and `watch`."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, ClassVar, Self

from kafka.errors import KafkaError

from pressrun.domain.batches import ENDED
from pressrun.topic_reading import open_topic, poll_records, read_to_end
from schemas.batches import BatchState
from schemas.decoding import BadRecord, decode_one
from schemas.errors import PressrunError

TOPIC = "batches"


class StatesUnreadable(PressrunError):
    """The broker cannot be read: see `pressrun doctor`."""

    code: ClassVar[str] = "states_unreadable"
    retriable: ClassVar[bool] = True


class BatchStates:
    """The last state of every batch, and those that follow."""

    def __init__(self, address: str) -> None:
        with _broker_errors():
            self._consumer = open_topic(address, TOPIC)
        self.states: dict[str, BatchState] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._consumer.close()

    def read_to_end(self) -> dict[str, BatchState]:
        """All states as of now."""
        with _broker_errors():
            self._take(read_to_end(self._consumer))
        return self.states

    def follow(self, batch_id: str) -> Iterator[BatchState | None]:
        """Every new state of the batch until it has ended; None four times a second while nothing is new."""
        last: BatchState | None = None
        while last is None or last.status not in ENDED:
            with _broker_errors():
                self._take(poll_records(self._consumer))
            state = self.states.get(batch_id)
            yield None if state is last else state
            last = state

    def _take(self, records: Iterable[Any]) -> None:
        for record in records:
            try:
                state = decode_one(BatchState, record.value)
            except BadRecord:
                # Someone else's record on a public topic is not ours to judge here.
                continue
            self.states[state.batch_id] = state


def held_by(state: BatchState) -> str:
    """Why an open batch does not move: `blocked: disk`, `waiting: window`; empty while nothing holds it."""
    if state.blocked:
        return f"blocked: {state.blocked}"
    return f"waiting: {state.waiting}" if state.waiting else ""


@contextmanager
def _broker_errors() -> Iterator[None]:
    try:
        yield
    except KafkaError as error:
        raise StatesUnreadable(
            f"blocked: broker: it does not answer ({type(error).__name__}); batches go on by themselves when it does"
        ) from error
