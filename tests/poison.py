"""Poison: the ways in which a record on the log can be bad or strange, as data; each made from a valid record.

Every mutation names what becomes of it: the code it is buried with, or nothing, because it does no harm. What a topic
has no field for is not made from its records.
"""

import json
import pickle
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

Document: TypeAlias = dict[str, Any]
Codec: TypeAlias = Literal["gzip", "snappy", "lz4", "zstd"]

STRANGER = "batch-that-never-was"


class RawName(str):
    """A header's name that a client is to send as these bytes, which are no UTF-8."""

    __slots__ = ()

    def encode(self, *_: object) -> bytes:
        return b"\xff\xfe\x80"


@dataclass(frozen=True)
class Valid:
    """A record agents read without complaint, and what its topic knows of it.

    `number` and `span` are the paths of an integer and of a range of indexes in it; `total` is the size of its batch,
    `late` a record of the same type about a batch that has ended.
    """

    topic: str
    key: bytes
    document: Document
    total: int
    partition: int = 0
    partitions: int = 1
    number: tuple[str | int, ...] = ("attempt",)
    late: Document = field(default_factory=dict)

    @property
    def value(self) -> bytes:
        return as_json(self.document)


@dataclass(frozen=True)
class Bad:
    """A record as it is to be sent, without a `partition` where its key says; `is_aborted`: the transaction is."""

    topic: str
    partition: int | None
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]] = ()
    timestamp: int | None = None
    codec: Codec | None = None
    is_aborted: bool = False


@dataclass(frozen=True)
class Mutation:
    """`buried` is the code on every topic that has no code of its own in `elsewhere`; None: it does no harm."""

    name: str
    make: Callable[[Valid], Bad]
    buried: str | None
    elsewhere: Mapping[str, str | None] = field(default_factory=dict)
    topics: frozenset[str] | None = None

    def expected(self, topic: str) -> str | None:
        """The code of the dead letter it becomes on this topic."""
        return self.elsewhere.get(topic, self.buried)

    def fits(self, valid: Valid) -> bool:
        return self.topics is None or valid.topic in self.topics


def as_json(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()


def sent_as(valid: Valid, value: bytes | None) -> Bad:
    return Bad(valid.topic, valid.partition, valid.key, value)


def having(**changes: object) -> Callable[[Valid], Bad]:
    """The record with these fields."""
    return lambda valid: sent_as(valid, as_json(valid.document | changes))


def lacking(name: str) -> Callable[[Valid], Bad]:
    return lambda valid: sent_as(valid, as_json({key: value for key, value in valid.document.items() if key != name}))


def being(value: bytes | None) -> Callable[[Valid], Bad]:
    """These bytes in the record's place."""
    return lambda valid: sent_as(valid, value)


def carried(**changes: Any) -> Callable[[Valid], Bad]:
    """The record itself, sent in another way."""
    return lambda valid: replace(sent_as(valid, valid.value), **changes)


def with_literal(name: str, literal: bytes) -> Callable[[Valid], Bad]:
    """The record with a value no JSON writer would write."""
    mark = "~literal~"

    def make(valid: Valid) -> Bad:
        return sent_as(valid, as_json(valid.document | {name: mark}).replace(b'"~literal~"', literal))

    return make


def numbered(number: object) -> Callable[[Valid], Bad]:
    """The record with this in place of the number its topic knows."""

    def make(valid: Valid) -> Bad:
        document: Any = json.loads(valid.value)
        place = document
        for part in valid.number[:-1]:
            place = place[part]
        place[valid.number[-1]] = valid.total if number == "total" else number
        return sent_as(valid, as_json(document))

    return make


def spanning(first: int, last: int | None) -> Callable[[Valid], Bad]:
    """The record with one range of indexes; None: one past the last index."""

    def make(valid: Valid) -> Bad:
        ranges = [{"first": first, "last": valid.total if last is None else last}]
        name = "ranges" if valid.topic == "dispatch" else "succeeded"
        return sent_as(valid, as_json(valid.document | {name: ranges}))

    return make


def elsewhere(valid: Valid) -> Bad:
    return replace(sent_as(valid, valid.value), partition=(valid.partition + 1) % valid.partitions)


def late(valid: Valid) -> Bad:
    return Bad(valid.topic, None, valid.late["batch_id"].encode(), as_json(valid.late))


def of_nobody(valid: Valid) -> Bad:
    return Bad(valid.topic, None, STRANGER.encode(), as_json(valid.document | {"batch_id": STRANGER}))


ITEMS, RESULTS, DISPATCH = "items-letters", "results", "dispatch"
INDEXED = frozenset({ITEMS, RESULTS, DISPATCH})
RANGED = frozenset({RESULTS, DISPATCH})
NUMBERED = INDEXED | {"completions", "progress"}
KEPT = frozenset({RESULTS, "completions", "progress"})
"""Of several partitions, read by roles that keep a table: a batch has its place there."""

MUTATIONS = (
    Mutation("tombstone", being(None), "empty"),
    Mutation("empty", being(b""), "not_json"),
    Mutation("invalid UTF-8", with_literal("id", b'"\xff\xfe"'), "not_json"),
    Mutation("lone surrogate", with_literal("id", rb'"\ud800"'), "not_json"),
    Mutation("byte order mark", lambda valid: sent_as(valid, b"\xef\xbb\xbf" + valid.value), "not_json"),
    Mutation("truncated", lambda valid: sent_as(valid, valid.value[:-7]), "not_json"),
    Mutation("nested 100,000 deep", being(b'{"type":' * 100_000), "not_json"),
    Mutation("pickle", lambda valid: sent_as(valid, pickle.dumps(valid.document)), "not_json"),
    Mutation("10,000 digits", with_literal("version", b"9" * 10_000), "not_json"),
    Mutation("beyond a float", with_literal("version", b"1e400"), "invalid"),
    Mutation("NaN", with_literal("version", b"NaN"), "invalid"),
    Mutation("array", lambda valid: sent_as(valid, b"[" + valid.value + b"]"), "invalid"),
    Mutation("number", being(b"7"), "invalid"),
    Mutation("string", being(b'"BatchSubmitted"'), "invalid"),
    Mutation("wrong type of a field", having(id={"nested": []}), "invalid"),
    Mutation("wrong time", having(time="yesterday"), "invalid"),
    Mutation("time without a zone", having(time="2026-03-01T12:00:00"), "invalid"),
    Mutation("no type", lacking("type"), "invalid"),
    Mutation("no version", lacking("version"), "invalid"),
    Mutation("no batch", lacking("batch_id"), "invalid"),
    Mutation("batch outside its folder", having(batch_id="../../../etc/passwd"), "invalid"),
    Mutation("unknown type", having(type="BatchEaten"), "unknown_type"),
    Mutation("version 0", having(version=0), "invalid"),
    Mutation("version -1", having(version=-1), "invalid"),
    Mutation("version as text", having(version="1"), "invalid"),
    Mutation("index -1", numbered(-1), "invalid", topics=NUMBERED),
    Mutation("index 2^63", numbered(2**63), "invalid", topics=NUMBERED),
    Mutation("index as text", numbered("7"), "invalid", topics=NUMBERED),
    Mutation("index = total", numbered("total"), "item_unknown", topics=frozenset({ITEMS})),
    Mutation("range reversed", spanning(9, 3), "range_reversed", topics=RANGED),
    Mutation("range past the total", spanning(0, None), "index_outside", topics=RANGED),
    Mutation("all indexes there are", spanning(0, 2**31 - 1), "index_outside", topics=RANGED),
    Mutation("oversized", having(padding="x" * 950_000), "oversized"),
    Mutation("as large as the topic takes", having(padding="x" * 1_040_000), "oversized"),
    Mutation("other partition", elsewhere, None, dict.fromkeys(KEPT, "wrong_partition")),
    Mutation("other key", carried(key=b"\x00\xffnot a batch"), None),
    Mutation("duplicate", carried(), None),
    Mutation("twice the same name", lambda valid: sent_as(valid, b'{"type":"BatchEaten",' + valid.value[1:]), None),
    Mutation("future field", having(added_later={"deep": [[[1]]], "nan": 1e308}), None),
    Mutation("__faust class key", having(__faust={"ns": "os.system"}), None),
    Mutation("late", late, None),
    Mutation("unknown batch", of_nobody, None, topics=INDEXED),
    Mutation("other attempt", having(attempt=998), None, topics=INDEXED),
    Mutation("thousand headers", carried(headers=[(f"h{number}", b"v") for number in range(1_000)]), None),
    Mutation("huge header", carried(headers=[("h" * 100_000, b"v" * 400_000), ("", b"")]), None),
    Mutation("header name of no encoding", carried(headers=[(RawName("raw"), b"v")]), None),
    Mutation("time of the first second", carried(timestamp=1), None),
    Mutation("time of the last", carried(timestamp=2**62), None),
    *(Mutation(f"{codec} record", carried(codec=codec), None) for codec in ("gzip", "snappy", "lz4", "zstd")),
    # Roles read what was not committed too: nobody here uses transactions, and an open one must not block them.
    Mutation("aborted transaction", carried(is_aborted=True), None),
)
