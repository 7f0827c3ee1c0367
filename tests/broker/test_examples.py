"""The programs in examples/, which use nothing of ours, understand pressrun and are understood by it."""

import json
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from pressrun.doorkeeper import Doorkeeper
from schemas.decoding import Decoder
from schemas.events import Event
from schemas.faults import Fault
from schemas.progress import BatchProgressed
from schemas.results import BatchAccepted, BatchRejected, BatchSealed
from schemas.submissions import BatchSubmitted, CancelBatch
from schemas.ticks import Tick
from sinks.storage import LocalStorage
from streams.administration import apply_topics
from streams.devbroker import RunningBroker

pytestmark = pytest.mark.broker

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
NOW = datetime(2026, 4, 1, 9, 15, tzinfo=UTC)
LONGEST_RUN_SECONDS = 60.0


@pytest.fixture(scope="module")
def address(broker: RunningBroker) -> str:
    apply_topics(broker.address)
    return broker.address


@pytest.fixture
def recipients(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    path.write_text('url,note\nhttps://example.com/1,"two\nlines"\nhttps://example.com/2,\n', encoding="utf-8")
    return path


@pytest.fixture
def label(tmp_path: Path) -> Path:
    """A design folder without fonts: what the example submission carries, and a picture nobody uses."""
    example = json.loads((ROOT / "schemas" / "examples" / "BatchSubmitted.json").read_bytes())["design"]
    folder = tmp_path / "label"
    (folder / "assets").mkdir(parents=True)
    (folder / "design.json").write_text(json.dumps(example["canvas"]), encoding="utf-8")
    (folder / "page.json").write_text(json.dumps(example["page"]), encoding="utf-8")
    (folder / "assets" / "unused.bin").write_bytes(b"\x00\x01")
    return folder / "design.json"


def a_batch_id() -> str:
    return f"batch-{uuid4().hex}"


def submit(address: str, *options: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, EXAMPLES / "producer_kafka_python.py", "--broker", address, *options]
    return subprocess.run(
        list(map(str, command)), capture_output=True, text=True, check=False, timeout=LONGEST_RUN_SECONDS
    )


def submissions(address: str, batch_id: str) -> list[BatchSubmitted]:
    """What the topic has under the key, read as intake reads it."""
    decoder = Decoder(BatchSubmitted, CancelBatch)
    with reading(address, "submissions") as records:
        values = [record.value for record in records if record.key == batch_id.encode()]
    events = [decoder.decode(value) for value in values]
    return [event for event in events if isinstance(event, BatchSubmitted)]


@contextmanager
def reading(address: str, topic: str) -> Iterator[list[Any]]:
    """All records of a one-partition topic, as of now."""
    consumer = KafkaConsumer(bootstrap_servers=address, group_id=None, auto_offset_reset="earliest")
    try:
        place = TopicPartition(topic, 0)
        consumer.assign([place])
        end = consumer.end_offsets([place])[place]
        records: list[Any] = []
        while consumer.position(place) < end:
            records += [record for found in consumer.poll(timeout_ms=500).values() for record in found]
        yield records
    finally:
        consumer.close()


def say(address: str, *events: Event | Tick) -> None:
    producer = KafkaProducer(bootstrap_servers=address, acks="all")
    for event in events:
        key = event.batch_id.encode() if isinstance(event, Event) else None
        # One partition, so that the order is that of the call.
        producer.send("progress", key=key, value=event.model_dump_json(exclude_none=True).encode(), partition=1)
    producer.flush()
    producer.close()


def follow(address: str, *options: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(EXAMPLES / "consumer_aiokafka.py"), "--broker", address, *options]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=LONGEST_RUN_SECONDS)


def progressed(batch_id: str, succeeded: int) -> BatchProgressed:
    return BatchProgressed(
        id=f"{batch_id}/1/running/{succeeded}",
        time=NOW,
        batch_id=batch_id,
        attempt=1,
        status="running",
        total=3,
        succeeded=succeeded,
        failed=0,
        cancelled=0,
    )


def sealed(batch_id: str, *, failed: int = 0) -> BatchSealed:
    return BatchSealed(
        id=f"{batch_id}/1/sealed",
        time=NOW,
        batch_id=batch_id,
        attempt=1,
        total=3,
        succeeded=3 - failed,
        failed=failed,
        cancelled=0,
        archive=(f"{batch_id}-1.zip",),
        archive_bytes=7,
        plan="0" * 64,
    )


def rejected(batch_id: str) -> BatchRejected:
    fault = Fault(code="list_empty", where="recipients", message="There are no recipients.", remedy="Add some.")
    return BatchRejected(id=f"{batch_id}/rejected", time=NOW, batch_id=batch_id, kind="letters", faults=(fault,))


def test_a_submission_with_a_stored_design_is_read_strictly(address: str, recipients: Path) -> None:
    run = submit(
        address, "--recipients", recipients, "--stored-design", "ab" * 32, "--map", "link=url", "--name", "Labels"
    )

    assert run.returncode == 0, run.stderr
    (event,) = submissions(address, run.stdout.strip())
    assert event.stored_design == "ab" * 32
    assert event.name == "Labels"
    assert event.recipients is not None
    assert event.recipients.mapping == {"link": "url"}
    assert event.recipients.rows[0] == {"url": "https://example.com/1", "note": "two\nlines"}


def test_a_submission_that_carries_its_design_is_accepted(
    address: str, recipients: Path, label: Path, tmp_path: Path
) -> None:
    run = submit(address, "--recipients", recipients, "--design", label, "--map", "link=url")

    assert run.returncode == 0, run.stderr
    (event,) = submissions(address, run.stdout.strip())
    assert event.design is not None
    assert set(event.design.assets) == {"assets/unused.bin"}
    storage = LocalStorage(tmp_path / "home", tmp_path / "archives")
    doorkeeper = Doorkeeper(storage, tmp_path, partitions=8, batch_threshold=100, reserve_mb=0)
    decision = doorkeeper.decide(event)
    assert isinstance(decision, BatchAccepted)
    assert decision.total == 2


def test_the_same_batch_may_be_published_twice(address: str, recipients: Path) -> None:
    batch_id = a_batch_id()
    options = ("--recipients", recipients, "--stored-design", "ab" * 32, "--batch-id", batch_id)

    assert [submit(address, *options).returncode for _ in range(2)] == [0, 0]

    first, second = submissions(address, batch_id)
    assert first.model_dump(exclude={"time"}) == second.model_dump(exclude={"time"})


def test_a_design_too_large_for_a_record_is_refused_before_it_is_sent(address: str, recipients: Path) -> None:
    run = submit(address, "--recipients", recipients, "--design", EXAMPLES / "postcard" / "design.json")

    assert run.returncode == 2
    assert "900000 are carried" in run.stderr
    assert run.stdout == ""


@pytest.mark.parametrize("content", ["", "url\n", "url,note\nonly one cell\n", "url\none,two\n"])
def test_a_list_that_is_no_list_is_refused(address: str, tmp_path: Path, content: str) -> None:
    (tmp_path / "bad.csv").write_text(content, encoding="utf-8")

    run = submit(address, "--recipients", tmp_path / "bad.csv", "--stored-design", "ab" * 32)

    assert run.returncode == 2
    assert run.stderr.startswith("cannot be submitted: ")


def test_a_batch_without_a_broker_is_not_said_to_be_submitted(recipients: Path) -> None:
    run = submit("127.0.0.1:9", "--recipients", recipients, "--stored-design", "ab" * 32)

    assert run.returncode == 1
    assert run.stdout == ""
    assert run.stderr.startswith("not acknowledged: ")


def test_a_consumer_prints_a_batch_until_it_has_ended(address: str) -> None:
    batch_id, other = a_batch_id(), a_batch_id()
    say(
        address,
        Tick(id="tick/progress/1/0/0", time=NOW),
        progressed(batch_id, 1),
        progressed(other, 2),
        progressed(batch_id, 2),
        sealed(batch_id),
        sealed(other),
    )

    run = follow(address, "--batch", batch_id, "--until-ended")

    assert run.returncode == 0, run.stderr
    lines = run.stdout.splitlines()
    assert [line.split()[2] for line in lines] == ["BatchProgressed", "BatchProgressed", "BatchSealed"]
    assert all(batch_id in line for line in lines)
    assert "1/3 (0 failed, 0 cancelled)" in lines[0]


@pytest.mark.parametrize(
    ("ending", "code"), [(lambda batch_id: sealed(batch_id, failed=1), 3), (rejected, 1)], ids=["failures", "rejected"]
)
def test_a_consumers_exit_code_tells_how_the_batch_ended(address: str, ending: Any, code: int) -> None:
    batch_id = a_batch_id()
    say(address, ending(batch_id))

    assert follow(address, "--batch", batch_id, "--until-ended").returncode == code


def test_a_consumer_without_a_broker_says_so() -> None:
    run = follow("127.0.0.1:9", "--batch", "batch-of-nobody", "--until-ended")

    assert run.returncode == 1
    assert "cannot be read" in run.stderr


def test_a_consumer_of_all_batches_prints_what_comes_after_its_start(address: str) -> None:
    batch_id = a_batch_id()
    command = [sys.executable, str(EXAMPLES / "consumer_aiokafka.py"), "--broker", address]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            # Only what comes after its start is printed, and nothing says when that is: so it is said until it is.
            line = ""
            for count in range(50):
                say(address, progressed(batch_id, count % 3))
                if line := _line_within(process, seconds=0.5):
                    break
        finally:
            process.terminate()

    assert batch_id in line


@pytest.mark.parametrize("program", ["producer_kafka_python.py", "consumer_aiokafka.py"])
def test_an_example_imports_nothing_of_ours(program: str) -> None:
    words = (EXAMPLES / program).read_text(encoding="utf-8").split()
    imported = {word.split(".")[0] for before, word in pairwise(words) if before in {"from", "import"}}

    assert imported.isdisjoint({"pressrun", "schemas", "streams", "sinks", "agents"})


def _line_within(process: "subprocess.Popen[str]", *, seconds: float) -> str:
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], seconds)
    return process.stdout.readline() if ready else ""
