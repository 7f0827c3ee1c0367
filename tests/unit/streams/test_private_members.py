"""What our subclasses lean on in Faust is still there, with the signatures they override."""

import importlib.metadata
import inspect

import faust
import pytest
from aiokafka.producer.sender import InitPIDHandler, Sender
from faust.app.base import App
from faust.stores.memory import Store
from faust.tables.manager import TableManager
from faust.tables.recovery import Recovery
from faust.tables.table import Table
from faust.topics import Topic
from faust.transport import producer as faust_producer
from faust.transport.consumer import Consumer, ThreadDelegateConsumer
from faust.transport.drivers import aiokafka as driver

PINNED = {"faust-streaming": "0.15.3", "mode-streaming": "0.7.1", "aiokafka": "0.14.0"}

SIGNATURES = [
    (App, "_new_transport", "(self) -> faust.types.transports.TransportT"),
    (App, "_new_producer_transport", "(self) -> faust.types.transports.TransportT"),
    (Consumer, "_drain_messages", "(self, fetcher: mode.types.services.ServiceT) -> None"),
    (Consumer, "perform_seek", "(self) -> None"),
    (Consumer, "_commit_offsets", None),
    (Consumer, "_new_offset", None),
    (Consumer, "_filter_tps_with_pending_acks", None),
    (Consumer, "on_partitions_revoked", None),
    (Consumer, "ack", None),
    (ThreadDelegateConsumer, "earliest_offsets", None),
    (driver.AIOKafkaConsumerThread, "seek_wait", None),
    (driver.AIOKafkaConsumerThread, "_create_worker_consumer", None),
    (driver.Consumer, "_new_consumer_thread", None),
    (driver.Producer, "_settings_extra", "(self) -> Mapping[str, Any]"),
    (driver.Producer, "_ensure_producer", None),
    (faust_producer.ProducerBuffer, "put", None),
    (faust_producer.ProducerBuffer, "flush", "(self) -> None"),
    (faust_producer.ProducerBuffer, "__post_init__", None),
    (TableManager, "recovery", None),
    (Recovery, "on_recovery_completed", "(self, generation_id: int = 0) -> None"),
    (Table, "on_key_set", "(self, key: ~KT, value: ~VT) -> None"),
    (Table, "on_key_del", "(self, key: ~KT) -> None"),
    (TableManager, "on_rebalance", None),
    (Sender, "_maybe_wait_for_pid", "(self)"),
    (Sender, "_find_coordinator", "(self, coordinator_type, coordinator_key)"),
    (InitPIDHandler, "create_request", "(self)"),
    (Topic, "_compile_decode", "(self) -> None"),
]


@pytest.mark.parametrize(("package", "version"), PINNED.items())
def test_the_private_members_belong_to_pinned_versions(package: str, version: str) -> None:
    assert importlib.metadata.version(package) == version


@pytest.mark.parametrize(("owner", "name", "signature"), SIGNATURES)
def test_a_private_member_is_still_there(owner: type, name: str, signature: str | None) -> None:
    member = inspect.getattr_static(owner, name)

    if signature is not None:
        plain = str(inspect.signature(member)).replace("typing.", "").replace("'", "").replace('"', "")
        assert plain.split(" -> ")[0] == signature.split(" -> ")[0].replace("typing.", "")


def test_the_memory_store_still_keeps_partitions_by_key() -> None:
    store = Store("memory://", faust.App("x", broker="kafka://127.0.0.1:1"), faust.App("y").Table("t"))

    assert store._key_partition == {}
