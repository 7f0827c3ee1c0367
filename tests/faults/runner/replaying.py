"""The log played again: the last third of every topic a role reads, shuffled, twice."""

import random
from typing import Any

from broker.apps import read_topic
from faults.runner.arena import Arena
from faults.runner.damage import a_moving_batch
from faults.runner.faultlog import require
from faults.runner.records import REPLAYED
from kafka import KafkaProducer

from streams.topology import ROLES

TIMES = 2
HEADER = (REPLAYED, b"1")


def replay(arena: Arena) -> None:
    """While a batch moves. Changelogs and `batches` are left out: compacted, each last record is its key's value."""
    choices = arena.choices("replay")
    a_moving_batch(arena, arena.sizes.small * 2)
    for topic in [role.reads for role in ROLES]:
        last_third = _last_third(read_topic(arena.system.address, topic))
        for _ in range(TIMES):
            _append(arena.system.address, topic, last_third, choices)
            arena.log.note("replay of a topic", f"{len(last_third)} of {topic}")


def _last_third(records: list[Any]) -> list[Any]:
    by_age = sorted(records, key=lambda record: (record.timestamp, record.partition, record.offset))
    return by_age[len(by_age) * 2 // 3 :]


def _append(address: str, topic: str, records: list[Any], choices: random.Random) -> None:
    """Each to its own partition, marked by a header as nobody's word but ours."""
    shuffled = choices.sample(records, len(records))
    producer: Any = KafkaProducer(bootstrap_servers=address, acks="all")
    try:
        sent = [
            producer.send(
                topic,
                partition=record.partition,
                key=record.key,
                value=record.value,
                headers=[*(record.headers or ()), HEADER],
            )
            for record in shuffled
        ]
        taken = sum(future.get(timeout=60).offset >= 0 for future in sent)
    finally:
        producer.close()
    require(taken == len(records) > 0, f"{len(records)} records of {topic} are on the log again")
