"""Bytes of a record are an event, a bad record with its reason, or from a newer version."""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from schemas.decoding import MAX_RECORD_BYTES, BadRecord, Decoder, decode_one
from schemas.events import IndexRange
from schemas.items import ItemReleased
from schemas.results import ItemsCancelled, ItemsFinished
from schemas.submissions import BatchSubmitted

READERS: list[Callable[[bytes | None], object]] = [
    Decoder(ItemsFinished, ItemsCancelled).decode,
    lambda value: decode_one(ItemsFinished, value),
]


def a_result(**changes: Any) -> bytes:
    event = {
        "type": "ItemsFinished",
        "version": 1,
        "id": "spring-cards/1/0000000-0000009-p2-o0",
        "time": "2026-04-01T09:15:00Z",
        "batch_id": "spring-cards",
        "attempt": 1,
        "succeeded": [{"first": 0, "last": 9}],
    }
    return json.dumps(event | changes).encode()


@pytest.fixture(params=READERS, ids=["decoder", "fast way"])
def read(request: pytest.FixtureRequest) -> Callable[[bytes | None], object]:
    reader: Callable[[bytes | None], object] = request.param
    return reader


def refusal_of(read: Callable[[bytes | None], object], value: bytes | None) -> BadRecord:
    with pytest.raises(BadRecord) as refusal:
        read(value)
    return refusal.value


def test_a_good_record_is_its_event(read: Callable[[bytes | None], object]) -> None:
    event = read(a_result())

    assert isinstance(event, ItemsFinished)
    assert event.succeeded == (IndexRange(first=0, last=9),)


def test_a_record_without_a_value_is_bad(read: Callable[[bytes | None], object]) -> None:
    assert refusal_of(read, None).reason_code == "empty"


@pytest.mark.parametrize("value", [b"", b"{", b"\xff\xfe", b"\x80\x04\x95pickle", a_result()[:-1]])
def test_bytes_that_are_no_json_are_bad(read: Callable[[bytes | None], object], value: bytes) -> None:
    assert refusal_of(read, value).reason_code == "not_json"


@pytest.mark.parametrize("value", [b"[]", b'"text"', b"null", b"7"])
def test_json_that_is_no_object_is_bad(read: Callable[[bytes | None], object], value: bytes) -> None:
    assert refusal_of(read, value).reason_code == "invalid"


def test_a_record_over_the_limit_is_bad_before_it_is_read(read: Callable[[bytes | None], object]) -> None:
    refusal = refusal_of(read, a_result(padding="x" * MAX_RECORD_BYTES))

    assert refusal.reason_code == "oversized"


def test_a_record_of_exactly_the_limit_is_read(read: Callable[[bytes | None], object]) -> None:
    room = MAX_RECORD_BYTES - len(a_result(padding=""))

    assert read(a_result(padding="x" * room)) is not None


def test_a_type_nobody_reads_here_is_bad(read: Callable[[bytes | None], object]) -> None:
    assert refusal_of(read, a_result(type="BatchEaten")).reason_code == "unknown_type"


def test_a_type_that_is_someone_elses_is_passed_over() -> None:
    assert Decoder(ItemsFinished, ignored=("BatchEaten",)).decode(a_result(type="BatchEaten")) is None


@pytest.mark.parametrize("index", [-1, 2**31, 2**63, "7", 7.5, None, True])
def test_an_index_that_cannot_be_is_bad(read: Callable[[bytes | None], object], index: object) -> None:
    value = a_result(failures=[{"index": index, "code": "value_missing"}])

    refusal = refusal_of(read, value)

    assert refusal.reason_code == "invalid"
    assert str(refusal).startswith("failures.0.index:")


@pytest.mark.parametrize("batch_id", ["", "short", "Has-Capitals", "../../etc/passwd", "a" * 65, "batch.with.dots"])
def test_a_batch_id_that_could_leave_its_folder_is_bad(read: Callable[[bytes | None], object], batch_id: str) -> None:
    assert refusal_of(read, a_result(batch_id=batch_id)).reason_code == "invalid"


def test_the_reason_names_the_field_and_never_the_value(read: Callable[[bytes | None], object]) -> None:
    refusal = refusal_of(read, a_result(size="Ann Example, 5 Main Street"))

    assert "size" in str(refusal)
    assert "Ann" not in str(refusal)


def test_a_value_of_a_recipient_is_not_in_the_reason() -> None:
    item = {
        "type": "ItemReleased",
        "version": 1,
        "id": "spring-cards/1/0",
        "time": "2026-04-01T09:15:00Z",
        "batch_id": "spring-cards",
        "attempt": 1,
        "index": 0,
        "plan": "0" * 64,
        "values": ["Ann Example", 5],
    }

    with pytest.raises(BadRecord) as refusal:
        decode_one(ItemReleased, json.dumps(item).encode())

    assert str(refusal.value).startswith("values.1:")
    assert "Ann" not in str(refusal.value)


@pytest.mark.parametrize("version", [0, -1, "1", 1.5, None])
def test_a_version_that_never_was_is_bad(read: Callable[[bytes | None], object], version: object) -> None:
    assert refusal_of(read, a_result(version=version)).reason_code == "invalid"


@pytest.mark.parametrize("field", ["type", "version"])
def test_no_default_stands_in_for_an_envelope_that_is_not_there(
    read: Callable[[bytes | None], object], field: str
) -> None:
    document = json.loads(a_result())
    del document[field]

    assert refusal_of(read, json.dumps(document).encode()).reason_code == "invalid"


def test_a_time_without_a_zone_is_bad(read: Callable[[bytes | None], object]) -> None:
    refusal = refusal_of(read, a_result(time="2026-04-01T09:15:00"))

    assert str(refusal).startswith("time: ")


def test_names_out_of_the_record_are_neither_in_the_reason_nor_make_it_long() -> None:
    column = "Ann Example " * 30_000
    submission = {
        "type": "BatchSubmitted",
        "version": 1,
        "id": "spring-cards/submitted",
        "time": "2026-04-01T09:15:00Z",
        "batch_id": "spring-cards",
        "kind": "letters",
        "recipients": {"rows": [], "mapping": {column: 5}},
    }

    with pytest.raises(BadRecord) as refusal:
        Decoder(BatchSubmitted).decode(json.dumps(submission).encode())

    assert str(refusal.value) == "recipients.mapping.…: Input should be a valid string"


@given(st.binary(max_size=300))
def test_whatever_the_bytes_are_they_are_an_event_or_a_bad_record(value: bytes) -> None:
    with pytest.raises(BadRecord):
        decode_one(ItemReleased, value)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3)))
@example("00000000")
def test_whatever_stands_in_a_field_nothing_but_bad_records_is_raised(value: object) -> None:
    for field in ("type", "id", "time", "batch_id", "attempt", "succeeded", "failures", "segment", "size"):
        batch_id = value if field == "batch_id" else "spring-cards"
        with suppress(BadRecord):
            assert decode_one(ItemsFinished, a_result(**{field: value})).batch_id == batch_id
