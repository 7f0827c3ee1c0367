"""A header name that is no UTF-8 is shown with backslashes by both clients, and stops neither."""

import struct
from typing import Any

import pytest
from kafka.record.default_records import DefaultRecordBatchBuilder
from kafka.record.memory_records import MemoryRecords
from poison import RawName

from streams.header_names import TolerantRecords, read_any_header_name

SHOWN = r"\xff\xfe\x80"


def a_batch(*names: str, first_offset: int = 0) -> bytes:
    """A record per header name, as a broker stores them."""
    builder = DefaultRecordBatchBuilder(2, 0, 0, -1, -1, -1, 1 << 20)
    for number, name in enumerate(names):
        builder.append(number, 0, b"key", b"value", [(name, b"v")])
    built = bytearray(builder.build())
    struct.pack_into(">q", built, 0, first_offset)
    return bytes(built)


def read_by_aiokafka(data: bytes) -> list[Any]:
    records = TolerantRecords(data)
    found = []
    while records.has_next():
        batch = records.next_batch()
        assert batch.validate_crc()
        found += list(batch)
    return found


def read_by_kafka_python(data: bytes) -> list[Any]:
    read_any_header_name()
    records = MemoryRecords(data)
    found = []
    while records.has_next():
        found += list(records.next_batch())
    return found


@pytest.mark.parametrize("read", [read_by_aiokafka, read_by_kafka_python])
def test_every_record_is_read_whatever_its_header_is_called(read: Any) -> None:
    data = (
        a_batch("plain") + a_batch("plain", RawName("raw"), "plain", first_offset=1) + a_batch("plain", first_offset=4)
    )

    records = read(data)

    assert [record.offset for record in records] == [0, 1, 2, 3, 4]
    assert [record.headers[0][0] for record in records] == ["plain", "plain", SHOWN, "plain", "plain"]
    assert {(record.key, record.value, record.headers[0][1]) for record in records} == {(b"key", b"value", b"v")}


def test_a_fetch_cut_off_in_its_last_batch_is_read_up_to_there() -> None:
    data = a_batch("plain") + a_batch(RawName("raw"), first_offset=1)[:-5]

    assert [record.offset for record in read_by_aiokafka(data)] == [0]


def test_the_attributes_of_a_batch_are_its_own() -> None:
    (batch,) = [TolerantRecords(a_batch(RawName("raw"), "plain", first_offset=7)).next_batch()]

    assert (batch.base_offset, batch.next_offset, batch.is_control_batch) == (7, 9, False)
