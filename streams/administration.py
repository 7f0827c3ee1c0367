"""Asking and telling a cluster: its topics against the catalogue, a group's lag, who its brokers are.

StreamError
├── ClusterUnavailable   no answer, or one that says: later
└── ClusterRefused       an answer that says no
"""

import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

from kafka import TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient
from kafka.errors import KafkaError, TopicAlreadyExistsError, for_code
from kafka.protocol.consumer import OffsetSpec

from streams.errors import StreamError
from streams.topics import CATALOGUE, Topic, topic_settings

CONNECT_LIMIT_S = 15.0
UNKNOWN_TOPIC = 3


class ClusterUnavailable(StreamError):
    """The Kafka cluster cannot be reached now."""

    code: ClassVar[str] = "cluster_unavailable"
    retriable: ClassVar[bool] = True


class ClusterRefused(StreamError):
    """The Kafka cluster does not do what it was asked."""

    code: ClassVar[str] = "cluster_refused"


@dataclass(frozen=True, slots=True)
class Replication:
    """How often each partition is kept, and how many copies must have a record before it is acknowledged."""

    factor: int
    min_insync: int


@dataclass(frozen=True, slots=True)
class TopicState:
    """A topic as it is: `replicas` is the smallest replication factor of its partitions."""

    name: str
    partitions: int
    replicas: int
    settings: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing about an existing topic that is not as the catalogue wants it; never changed by us."""

    topic: str
    setting: str
    wanted: str
    found: str


@dataclass(frozen=True, slots=True)
class TopicReport:
    """Names of topics made now and of topics that were there, and what differs in the latter."""

    created: tuple[str, ...]
    differing: tuple[Difference, ...]
    present: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClusterSummary:
    """`version` is the newest release whose calls the cluster speaks, as far as our client knows releases."""

    cluster_id: str
    brokers: tuple[str, ...]
    version: str


class _AdminClient(KafkaAdminClient):
    """Closed also when it cannot connect: the original would leave its thread and sockets behind."""

    def __init__(self, **settings: Any) -> None:
        self._closed = False
        try:
            super().__init__(**settings)
        except BaseException:
            self.close()
            raise


@contextmanager
def connect(address: str, *, within_s: float = CONNECT_LIMIT_S) -> Iterator[KafkaAdminClient]:
    """An admin client of `host:port[,host:port]`; its errors leave as ClusterUnavailable or ClusterRefused."""
    servers = address.split(",")
    # The client leaves a socket open for each connection that is refused, so it is only made when one will not be.
    if not any(_is_listening(server) for server in servers):
        raise ClusterUnavailable(f"Kafka at {address}: nothing answers there")
    limit_ms = int(within_s * 1000)
    try:
        with _AdminClient(
            bootstrap_servers=servers,
            bootstrap_timeout_ms=limit_ms,
            request_timeout_ms=limit_ms,
        ) as admin:
            yield admin
    except KafkaError as error:
        kind = ClusterUnavailable if error.retriable else ClusterRefused
        raise kind(f"Kafka at {address}: {error}") from error


def apply_topics(
    address: str,
    *,
    replication: Replication | None = None,
    topics: Sequence[Topic] = CATALOGUE,
) -> TopicReport:
    """Create the topics that are missing and say what differs in the others; nothing is changed or deleted.

    Without a `replication` it is 3 with 2 in sync on three brokers or more, else 1. Raises ClusterUnavailable, and
    ClusterRefused naming each topic that could not be made.
    """
    with connect(address) as admin:
        replication = replication or _replication_for(len(_brokers(admin)))
        found = {state.name: state for state in _topic_states(admin, [topic.name for topic in topics])}
        created = _create(admin, [topic for topic in topics if topic.name not in found], replication)
    present = [topic for topic in topics if topic.name not in created]
    differing = [
        difference
        for topic in present
        if topic.name in found
        for difference in _differences(topic, found[topic.name], replication)
    ]
    return TopicReport(created, tuple(differing), tuple(topic.name for topic in present))


def missing_topics(address: str, *, topics: Sequence[Topic] = CATALOGUE) -> tuple[str, ...]:
    """Names of catalogue topics the cluster does not have. Raises ClusterUnavailable."""
    with connect(address) as admin:
        there = set(admin.list_topics())
    return tuple(topic.name for topic in topics if topic.name not in there)


def describe_topics(address: str, names: Sequence[str]) -> tuple[TopicState, ...]:
    """The topics of these names that exist, with all their settings. Raises ClusterUnavailable."""
    with connect(address) as admin:
        return _topic_states(admin, names)


def group_lag(address: str, group: str, topic: str) -> Mapping[int, int]:
    """Records of each partition the group has not committed yet; without a commit all that the log still has.

    Raises ClusterRefused when there is no such topic.
    """
    with connect(address) as admin:
        partitions = _partitions(admin, topic)
        starts = admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.EARLIEST))
        committed = admin.list_group_offsets({group: partitions})[group]
        # Asked last, so that no lag comes out smaller than it was.
        ends = admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.LATEST))
    return {
        # No commit is offset -1, and a commit may be older than what retention has left.
        place.partition: ends[place].offset - max(committed[place].offset, starts[place].offset)
        for place in partitions
    }


def cluster_summary(address: str) -> ClusterSummary:
    """Who answers at this address. Raises ClusterUnavailable."""
    with connect(address) as admin:
        cluster = admin.describe_cluster()
        version = admin._manager.broker_version  # noqa: SLF001 - the client infers it and has no public way to say it
    brokers = sorted((broker["host"], broker["port"]) for broker in cluster["brokers"])
    return ClusterSummary(
        cluster_id=cluster["cluster_id"],
        brokers=tuple(f"{host}:{port}" for host, port in brokers),
        version=".".join(map(str, version)),
    )


def _is_listening(server: str) -> bool:
    """Whether `host:port` takes connections; what cannot be read or resolved does not."""
    host, _, port = server.strip().rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=1.0).close()
    except (OSError, ValueError, OverflowError):
        return False
    return True


def _replication_for(brokers: int) -> Replication:
    return Replication(3, 2) if brokers >= 3 else Replication(1, 1)


def _brokers(admin: KafkaAdminClient) -> Sequence[Mapping[str, Any]]:
    brokers: Sequence[Mapping[str, Any]] = admin.describe_cluster()["brokers"]
    return brokers


def _topic_states(admin: KafkaAdminClient, names: Sequence[str]) -> tuple[TopicState, ...]:
    known = [topic for topic in admin.describe_topics(list(names)) if topic["error_code"] != UNKNOWN_TOPIC]
    if not known:
        return ()
    resources = [ConfigResource(ConfigResourceType.TOPIC, topic["name"]) for topic in known]
    settings = admin.describe_configs(resources, config_filter="all")["topic"]
    return tuple(_topic_state(topic, settings[topic["name"]]) for topic in known)


def _topic_state(topic: Mapping[str, Any], settings: Mapping[str, Mapping[str, Any]]) -> TopicState:
    return TopicState(
        name=topic["name"],
        partitions=len(topic["partitions"]),
        replicas=min((len(partition["replica_nodes"]) for partition in topic["partitions"]), default=0),
        settings={name: str(setting["value"]) for name, setting in settings.items()},
    )


def _create(admin: KafkaAdminClient, topics: Sequence[Topic], replication: Replication) -> tuple[str, ...]:
    """Names of the topics this call made; one that somebody else made meanwhile is not among them."""
    if not topics:
        return ()
    answer = admin.create_topics(
        {topic.name: _creation(topic, replication) for topic in topics},
        raise_errors=False,
    )
    errors = {made["name"]: for_code(made["error_code"]) for made in answer["topics"]}
    refused = {name: error for name, error in errors.items() if error.errno not in {0, TopicAlreadyExistsError.errno}}
    if refused:
        reasons = "; ".join(f"{name}: {error.description}" for name, error in sorted(refused.items()))
        raise ClusterRefused(f"Topics could not be created: {reasons}")
    admin.wait_for_topics([topic.name for topic in topics])
    return tuple(topic.name for topic in topics if errors[topic.name].errno == 0)


def _creation(topic: Topic, replication: Replication) -> Mapping[str, Any]:
    return {
        "num_partitions": topic.partitions,
        "replication_factor": replication.factor,
        "configs": topic_settings(topic, replicas=replication.factor, min_insync=replication.min_insync),
    }


def _differences(topic: Topic, state: TopicState, replication: Replication) -> Iterator[Difference]:
    wanted = {"partitions": str(topic.partitions), "replicas": str(replication.factor)}
    wanted |= topic_settings(topic, replicas=replication.factor, min_insync=replication.min_insync)
    found = {"partitions": str(state.partitions), "replicas": str(state.replicas)} | dict(state.settings)
    for setting, value in wanted.items():
        if found.get(setting) != value:
            yield Difference(topic.name, setting, value, found.get(setting, "unset"))


def _partitions(admin: KafkaAdminClient, topic: str) -> list[TopicPartition]:
    found = admin.describe_topics([topic])[0]
    if found["error_code"] != 0:
        raise ClusterRefused(f"Topic {topic}: {for_code(found['error_code']).description}")
    return [TopicPartition(topic, partition["partition_index"]) for partition in found["partitions"]]
