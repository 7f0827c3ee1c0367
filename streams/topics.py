"""The catalogue: every topic, what travels on it, who writes and reads it, and how long it is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

MINUTE_MS = 60 * 1000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
# The longest batch, the longest outage and the time to look into it; expiry under a slow reader is silent.
INPUT_RETENTION_MS = 14 * DAY_MS
FOR_EVER = -1
# Kafka's own default, 1 MiB and its overhead of 12 bytes, said here because producers and fetches are sized by it.
MAX_MESSAGE_BYTES = 1_048_588


@dataclass(frozen=True, slots=True)
class Topic:
    """`retention_ms` is FOR_EVER for compacted topics, which keep the last record of every key.

    `public` topics are a contract with other systems. `flushed` ones are forced to disk at every append where there
    is only one replica: Kafka acknowledges from the page cache, and after a power loss an accepted batch would be gone.
    """

    name: str
    key: str
    partitions: int
    cleanup: Literal["delete", "compact"]
    retention_ms: int
    carries: str
    written_by: tuple[str, ...]
    read_by: tuple[str, ...]
    public: bool = False
    flushed: bool = False


def _stream(
    name: str,
    *,
    partitions: int,
    carries: str,
    written_by: tuple[str, ...],
    read_by: tuple[str, ...],
    key: str = "batch id",
    public: bool = False,
    flushed: bool = False,
) -> Topic:
    return Topic(name, key, partitions, "delete", INPUT_RETENTION_MS, carries, written_by, read_by, public, flushed)


def _changelog(agent: str, table: str, *, key: str, partitions: int, carries: str) -> Topic:
    """A Faust table's log; its partition count is that of the one topic its agent reads."""
    name = f"pressrun-{agent}-{table}-changelog"
    return Topic(name, key, partitions, "compact", FOR_EVER, carries, (agent,), (agent,))


CATALOGUE: tuple[Topic, ...] = (
    _stream(
        "submissions",
        partitions=1,
        carries="batches handed in and commands about them",
        written_by=("producers", "api", "cli"),
        read_by=("intake",),
        public=True,
        flushed=True,
    ),
    _stream(
        "dispatch",
        partitions=1,
        carries="accepted batches, commands, credits, and the scheduler's own continuations",
        written_by=("intake", "explode", "aggregate", "close"),
        read_by=("explode",),
    ),
    _stream(
        "items-letters",
        key="batch id, attempt and first index of the piece",
        partitions=8,
        carries="one letter to render per record; partitions are chosen by runs of indexes",
        written_by=("explode",),
        read_by=("render",),
    ),
    _stream(
        "results",
        partitions=4,
        carries="outcomes of items by ranges, and what happened to their batch",
        written_by=("intake", "explode", "render", "aggregate", "close"),
        read_by=("aggregate",),
    ),
    _stream(
        "progress",
        partitions=4,
        carries="every change of a batch's state and counts, and what becomes of notices",
        written_by=("aggregate", "notify", "intake"),
        read_by=("notify", "consumers"),
        public=True,
    ),
    _stream(
        "completions",
        partitions=4,
        carries="batches whose every item has an outcome",
        written_by=("aggregate", "close"),
        read_by=("close",),
    ),
    Topic(
        "batches",
        "batch id",
        4,
        "compact",
        FOR_EVER,
        "the last state of each batch",
        ("aggregate",),
        ("api", "cli", "consumers"),
        public=True,
    ),
    _stream(
        "dead-letters",
        partitions=1,
        key="the record's own",
        carries="records that cannot be read, with topic, partition, offset and reason",
        written_by=("intake", "explode", "render", "aggregate", "close", "notify"),
        read_by=("people",),
    ),
    _changelog(
        "aggregate",
        "tallies",
        key="batch id, attempt and index // 1024",
        partitions=4,
        carries="which indexes have been answered, as bitmaps",
    ),
    _changelog("explode", "schedule", key="batch id", partitions=1, carries="what has been released of each batch"),
    _changelog("close", "closings", key="batch id", partitions=4, carries="archives being made"),
    _changelog("notify", "notices", key="batch id", partitions=4, carries="mails and webhooks: meant, begun, settled"),
)


def partitions_of(name: str) -> int:
    """How many partitions the catalogue gives a topic."""
    return next(topic.partitions for topic in CATALOGUE if topic.name == name)


def topic_settings(topic: Topic, *, replicas: int, min_insync: int) -> Mapping[str, str]:
    """The topic-level settings Kafka is told, by Kafka's names; `replicas` is the replication factor."""
    settings = {
        "cleanup.policy": topic.cleanup,
        "max.message.bytes": str(MAX_MESSAGE_BYTES),
        # Whatever a producer compresses with is unpacked once, here: not every client can read every codec, and no
        # megabyte becomes a gigabyte in a worker.
        "compression.type": "uncompressed",
        # With a producer's clock a month slow its records would be deleted at once.
        "message.timestamp.type": "LogAppendTime",
        "min.insync.replicas": str(min_insync),
    }
    if topic.flushed and replicas == 1:
        settings["flush.messages"] = "1"
    return settings | (_COMPACTED if topic.cleanup == "compact" else _kept_for(topic.retention_ms))


# The active segment is never compacted, so it is closed hourly; a reader has ten minutes to see every value and
# seven days to see that a key was removed.
_COMPACTED = {
    "segment.ms": str(HOUR_MS),
    "min.compaction.lag.ms": str(10 * MINUTE_MS),
    "delete.retention.ms": str(7 * DAY_MS),
}


def _kept_for(retention_ms: int) -> dict[str, str]:
    """Only closed segments expire: daily ones keep what people submitted one day longer than promised, not seven."""
    return {"retention.ms": str(retention_ms), "retention.bytes": "-1", "segment.ms": str(DAY_MS)}
