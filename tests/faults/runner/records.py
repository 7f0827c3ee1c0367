"""The records of a run, read whole from its topics: what the oracles judge by."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from broker.apps import read_topic
from kafka.errors import KafkaError

from pressrun.following import BatchStates
from schemas.batches import BatchState
from schemas.errors import PressrunError

REPLAYED = "fault-replayed"
"""Header of records a scenario has put on the log again: nobody's word but the runner's."""


@dataclass(frozen=True, slots=True)
class Said:
    """One record of ours; `at` is when the broker appended it, seconds since the epoch."""

    at: float
    partition: int
    offset: int
    body: dict[str, Any]
    is_replayed: bool


def read_said(address: str, topic: str) -> list[Said]:
    """Every record of a topic that can be read, partition by partition in its order; raises KafkaError."""
    return [said for record in read_topic(address, topic) if (said := _said(record)) is not None]


def _said(record: Any) -> Said | None:
    try:
        body = orjson.loads(record.value)
    except (orjson.JSONDecodeError, TypeError):
        return None
    if not isinstance(body, dict):
        return None
    replayed = any(name == REPLAYED for name, _ in record.headers or ())
    return Said(record.timestamp / 1000, record.partition, record.offset, body, replayed)


def results_of(address: str, batch_id: str) -> Sequence[Said]:
    """What workers have said about a batch so far; nothing while the broker cannot be asked."""
    try:
        said = read_said(address, "results")
    except (KafkaError, TypeError):
        return ()
    return [one for one in said if one.body.get("type") == "ItemsFinished" and one.body["batch_id"] == batch_id]


def states_now(address: str) -> dict[str, BatchState]:
    """The last state of each batch; nothing while the broker cannot be asked."""
    try:
        with BatchStates(address) as states:
            return dict(states.read_to_end())
    except PressrunError:
        return {}
