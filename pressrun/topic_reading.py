"""Reads a whole topic from its start to where it ends now, with the synchronous client, outside of every group."""

from collections.abc import Iterator
from typing import Any

from kafka import KafkaConsumer, TopicPartition

POLL_MS = 250


def open_topic(address: str, topic: str) -> Any:
    """A consumer of all partitions, standing at their starts; whoever opens it closes it. Raises KafkaError."""
    consumer = KafkaConsumer(
        bootstrap_servers=address, group_id=None, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    places = [TopicPartition(topic, number) for number in sorted(consumer.partitions_for_topic(topic) or ())]
    consumer.assign(places)
    consumer.seek_to_beginning(*places)
    return consumer


def poll_records(consumer: Any) -> Iterator[Any]:
    """What comes within a quarter of a second, perhaps nothing; raises KafkaError."""
    for records in consumer.poll(timeout_ms=POLL_MS).values():
        yield from records


def read_to_end(consumer: Any) -> Iterator[Any]:
    """Every record from where the consumer stands to the ends of this moment; raises KafkaError."""
    ends = consumer.end_offsets(list(consumer.assignment()))
    while any(consumer.position(place) < end for place, end in ends.items()):
        yield from poll_records(consumer)
