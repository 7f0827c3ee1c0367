"""Poison on every topic among the records of batches in flight: what is bad is buried once, what is not is done."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from broker.apps import read_topic
from broker.live import System, a_system, assert_exact
from kafka import KafkaProducer
from poison import DISPATCH, ITEMS, MUTATIONS, Bad, Mutation, Valid
from typer.testing import CliRunner, Result

from pressrun.cli.commands import app
from pressrun.dead_letters import AlreadyReplayed, Buried, DeadLetters, replay
from pressrun.following import BatchStates
from schemas.dead_letters import ORIGIN_HEADER
from streams.header_names import read_any_header_name
from streams.topics import partitions_of

pytestmark = pytest.mark.broker

TOTAL = 750
FAULTY = 9
"""Of these recipients, by the example's own list: 3 in 250."""
Origin = tuple[str, int, int]
"""Topic, partition, offset."""


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    read_any_header_name()
    with a_system(tmp_path_factory.mktemp("poison"), item_delay_ms="100") as running:
        yield running


def documents(system: System, topic: str, kind: str) -> list[tuple[Any, dict[str, Any]]]:
    """The good records of a type, with what they say."""
    found = []
    for record in read_topic(system.address, topic):
        try:
            document = json.loads(record.value or b"null")
        except (ValueError, RecursionError):
            continue
        if isinstance(document, dict) and document.get("type") == kind and "batch_id" in document:
            found.append((record, document))
    return found


def a_valid(system: System, topic: str, kind: str, batch_id: str, ended: str, **known: Any) -> Valid:
    """The first record of a type about the batch, once there is one."""
    by_batch: dict[str, tuple[Any, dict[str, Any]]] = {}

    def look() -> bool:
        by_batch.update({found[1]["batch_id"]: found for found in reversed(documents(system, topic, kind))})
        return batch_id in by_batch

    system.until(look, f"a {kind} of {batch_id}")
    record, document = by_batch[batch_id]
    place = {"partition": record.partition, "partitions": partitions_of(topic)}
    return Valid(topic, record.key, document, TOTAL, **place, late=by_batch[ended][1], **known)


def valid_records(system: System, running: str, ended: str) -> list[Valid]:
    """One of each topic an agent reads; what ends a batch is of the one that has ended."""
    return [
        a_valid(system, "completions", "BatchCompleted", ended, ended),
        a_valid(system, "progress", "BatchSealed", ended, ended),
        a_valid(system, "submissions", "BatchSubmitted", running, ended),
        a_valid(system, ITEMS, "ItemReleased", running, ended, number=("index",)),
        a_valid(system, "results", "ItemsFinished", running, ended, number=("succeeded", 0, "first")),
        a_valid(system, DISPATCH, "ItemsAnswered", running, ended, number=("answered", 0)),
    ]


def about_missing(valid: Valid) -> Valid:
    """On `dispatch` ranges of indexes are said in another type than credits are."""
    if valid.topic != DISPATCH:
        return valid
    asked = {key: valid.document[key] for key in ("version", "id", "time", "batch_id", "attempt")}
    ranges = [{"first": 0, "last": 1}]
    document = {"type": "ItemsMissing", **asked, "ranges": ranges, "asked_by": "scheduler"}
    return Valid(valid.topic, valid.key, document, valid.total)


def put(address: str, records: Sequence[Bad]) -> list[Origin]:
    """Send them as they are; where each lies."""
    plain: Any = KafkaProducer(bootstrap_servers=address, acks="all", max_request_size=1_100_000)
    try:
        sent = [
            plain.send(
                bad.topic,
                partition=bad.partition,
                key=bad.key,
                value=bad.value,
                headers=list(bad.headers),
                timestamp_ms=bad.timestamp,
            )
            for bad in records
        ]
        places = [future.get(timeout=30) for future in sent]
    finally:
        plain.close()
    return [(place.topic, place.partition, place.offset) for place in places]


async def put_specially(address: str, records: Sequence[Bad]) -> list[Origin]:
    """Send each compressed by its codec, or in a transaction that is aborted."""
    places: dict[int, Origin] = {}
    by_codec = sorted(enumerate(records), key=lambda pair: pair[1].codec or "")
    for codec, together in groupby(by_codec, key=lambda pair: pair[1].codec):
        name = None if codec else "poison"
        producer = AIOKafkaProducer(bootstrap_servers=address, compression_type=codec, transactional_id=name)
        async with producer:
            if name:
                await producer.begin_transaction()
            for number, bad in together:
                places[number] = await put_padded(producer, bad)
            if name:
                await producer.abort_transaction()
    return [places[number] for number in range(len(records))]


async def put_padded(producer: AIOKafkaProducer, bad: Bad) -> Origin:
    """A record so long that compressing it is worth while; a shorter one would be sent plain."""
    headers = [("padding", b"x" * 1_000)]
    place = await producer.send_and_wait(bad.topic, bad.value, bad.key, partition=bad.partition, headers=headers)
    return place.topic, place.partition, place.offset


def put_all(address: str, records: Sequence[Bad]) -> list[Origin]:
    """Where each lies, in their order."""
    special = [bad for bad in records if bad.codec or bad.is_aborted]
    places = iter(put(address, [bad for bad in records if bad not in special]))
    specially = iter(asyncio.run(put_specially(address, special)))
    return [next(specially if bad in special else places) for bad in records]


def letters_of(system: System) -> list[Buried]:
    with DeadLetters(system.address) as letters:
        return list(letters.read_to_end().letters.values())


def origin_of(buried: Buried) -> Origin:
    return buried.letter.topic, buried.letter.partition, buried.letter.offset


def all_poison(valids: Sequence[Valid]) -> list[tuple[Mutation, Bad]]:
    """Every mutation of every record it can be made from; topics alternate, so that it lies among other records."""
    return [
        (mutation, mutation.make(about_missing(valid) if mutation.name.startswith(("range", "all indexes")) else valid))
        for mutation in MUTATIONS
        for valid in valids
        if mutation.fits(valid)
    ]


def test_every_poison_is_buried_once_and_the_batches_beside_it_are_exact(system: System) -> None:
    ended = system.submit(40)
    undisturbed = system.wait_until_sealed(ended)
    pids = {process.pid for process in system.role_processes()}
    running = system.submit(TOTAL)

    poison = all_poison(valid_records(system, running, ended))
    places = put_all(system.address, [bad for _, bad in poison])
    assert status_of(system, running) == "running"
    after = system.submit(40)

    state, state_after = system.wait_until_sealed(running), system.wait_until_sealed(after)
    wanted = {
        place: (mutation.name, code)
        for (mutation, bad), place in zip(poison, places, strict=True)
        if (code := mutation.expected(bad.topic)) is not None
    }
    system.until(lambda: {origin_of(buried) for buried in letters_of(system)} >= wanted.keys(), "all is buried")
    names = dict(zip(places, (mutation.name for mutation, _ in poison), strict=True))
    buried = [one for one in letters_of(system) if one.letter.topic != "dead-letters"]
    found = {origin_of(one): (names.get(origin_of(one), "not poison of ours"), one.letter.code) for one in buried}
    assert found == wanted
    assert len(buried) == len(found)
    assert {process.pid for process in system.role_processes()} == pids
    assert_exact(system, state, TOTAL)
    assert_exact(system, state_after, 40)
    assert (state.failed, state_after.failed) == (FAULTY, undisturbed.failed)


def test_no_reason_holds_a_value(system: System) -> None:
    canary = "Ann-Example-Main-Street-5"
    document = {"type": "BatchSubmitted", "version": 1, "id": "i", "time": "2026-03-01T12:00:00Z"}
    rest = {"batch_id": "batch-0001", "kind": "letters", "recipients": {"rows": [], "mapping": {canary * 9_000: 1}}}
    value = json.dumps(document | rest).encode()

    (place,) = put(system.address, [Bad("submissions", 0, canary.encode(), value)])

    letter = until_buried(system, place)
    assert letter.letter.reason.startswith("recipients.mapping.…: ")
    assert canary not in run("dead-letters", "list", system=system).stdout
    assert canary not in run("dead-letters", "show", letter.offset, system=system).stdout
    assert canary in run("dead-letters", "show", letter.offset, "--raw", system=system).stdout


def test_people_are_told_of_batches_and_dead_letters_whatever_lies_on_their_topics(system: System) -> None:
    batch_id = system.submit(3)
    state = system.wait_until_sealed(batch_id)
    record, document = documents(system, "batches", "BatchState")[-1]
    valid = Valid("batches", record.key, document, 3, record.partition, partitions_of("batches"), late=document)
    before = len(letters_of(system))

    # A compacted topic refuses records without a key, so those never come to be there.
    bad = [mutation.make(valid) for mutation in MUTATIONS if mutation.topics is None]
    put_all(system.address, [one for one in bad if one.key is not None and one.value is not None])
    put_all(system.address, [Bad("dead-letters", 0, one.key, one.value, one.headers, codec=one.codec) for one in bad])
    put(system.address, [Bad("dead-letters", 0, b"k", b"v", [("dead-letter", b"{"), ("replay", b"\xff")])])

    assert json.loads(run("show", batch_id, "--json", system=system).stdout)["status"] == state.status
    assert batch_id in run("batches", system=system).stdout
    assert len(json.loads(run("dead-letters", "list", "--json", "--limit", 10_000, system=system).stdout)) == before


def test_a_repaired_record_is_published_once_and_its_batch_is_done(system: System) -> None:
    first_id = system.submit(3)
    submitted = next(
        said for _, said in documents(system, "submissions", "BatchSubmitted") if said["batch_id"] == first_id
    )
    batch_id = f"repaired-{first_id}"
    good = submitted | {"batch_id": batch_id, "id": batch_id}
    (place,) = put(system.address, [Bad("submissions", 0, batch_id.encode(), json.dumps(good | {"kind": 7}).encode())])
    letter = until_buried(system, place)
    repaired = system.directory / "repaired.json"
    repaired.write_text(json.dumps(good), encoding="utf-8")

    first = run("dead-letters", "replay", letter.offset, "--file", repaired, system=system)
    second = run("dead-letters", "replay", letter.offset, "--file", repaired, system=system)

    assert first.exit_code == 0, first.stderr
    assert second.exit_code == 1
    assert second.stderr.startswith("already_replayed: ")
    state = system.wait_until_sealed(batch_id)
    assert_exact(system, state, state.total or 0)
    replayed = [
        record for record in read_topic(system.address, "submissions") if dict(record.headers).get(ORIGIN_HEADER)
    ]
    assert [(record.key, dict(record.headers)[ORIGIN_HEADER]) for record in replayed] == [
        (batch_id.encode(), f"dead-letters/0/{letter.offset}".encode())
    ]
    (told,) = (one for one in letters_of(system) if one.offset == letter.offset)
    assert told.state == "replayed"


def test_a_record_replayed_as_it_was_is_buried_anew_and_one_too_large_comes_from_its_origin(system: System) -> None:
    value = b"{" + b" " * 950_000
    (place,) = put(system.address, [Bad("submissions", 0, b"key", value)])
    letter = until_buried(system, place)
    assert letter.letter.left_out == len(value) + len(b"key")

    replay(system.address, letter.offset)

    system.until(lambda: len(oversized_of(system, len(value))) == 2, "it is buried again")
    with DeadLetters(system.address) as letters:
        again = oversized_of(system, len(value))[-1]
        assert letters.record_of(again).value == value
    with pytest.raises(AlreadyReplayed):
        replay(system.address, letter.offset)
    replay(system.address, letter.offset, again=True)
    system.until(lambda: len(oversized_of(system, len(value))) == 3, "and again, when that is wanted")


def test_a_role_that_would_bury_everything_stops_and_the_batch_is_done_when_a_person_lets_it_go_on(
    tmp_path: Path,
) -> None:
    flooded = System(tmp_path / "flooded")
    try:
        flooded.start()
        put(flooded.address, [Bad(ITEMS, number % 8, b"k%d" % number, b"{") for number in range(1_000)])
        batch_id = flooded.submit(250)
        flooded.until(lambda: documents(flooded, ITEMS, "ItemReleased"), "items are out")

        flooded.until(lambda: not flooded.processes("render"), "every renderer has stopped")
        # Of a block of nothing else, 512 records at most, half is buried before it is too much.
        assert len(letters_of(flooded)) <= 2 * 256
        assert len(flooded.processes("aggregate")) == 1
        assert "bad records" in (flooded.directory / "up.log").read_text()
        assert status_of(flooded, batch_id) == "running"

        flooded.stop()
        flooded.environment["PRESSRUN_DEAD_LETTER_SHARE"] = "1"
        flooded.start()
        state = flooded.wait_until_sealed(batch_id)
        assert_exact(flooded, state, 250)
        assert state.failed == FAULTY // 3
        flooded.until(lambda: len({origin_of(one) for one in letters_of(flooded)}) == 1_000, "all is buried")
        flooded.stop()
    finally:
        flooded.abandon()


def status_of(system: System, batch_id: str) -> str:
    with BatchStates(system.address) as states:
        return states.read_to_end()[batch_id].status


def until_buried(system: System, place: Origin) -> Buried:
    system.until(lambda: place in map(origin_of, letters_of(system)), f"{place} is buried")
    return next(one for one in letters_of(system) if origin_of(one) == place)


def oversized_of(system: System, size: int) -> list[Buried]:
    return [one for one in letters_of(system) if one.letter.left_out == size + len(b"key")]


def run(*arguments: object, system: System) -> Result:
    """A command line in this process, about the system."""
    return CliRunner().invoke(
        app, [str(argument) for argument in arguments], env={"PRESSRUN_DATA_DIR": str(system.directory)}
    )
