"""Seconds until the counter has its rows again: read from its changelog, and worked out anew from all results.

    python -m benchmarks.rebuild [--results 1000000]

One batch, one record for each item: the most records a batch can have. The counter alone runs, as `pressrun work
aggregate`, against a broker of its own. `counted` is the baseline: the same records counted for the first time.
"""

import argparse
import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from aiokafka import AIOKafkaProducer
from kafka import KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient

from pressrun.domain.schedules import plan_layout
from pressrun.readiness import is_ready
from schemas.results import BatchAccepted
from streams.administration import apply_topics, group_lag
from streams.devbroker import BrokerSettings, start_broker, stop_broker
from streams.fences import partition_of
from streams.producer import send_entries
from streams.tables import MARKER
from streams.topics import partitions_of

BATCH = "rebuild-benchmark"
CHANGELOG = "pressrun-aggregate-tallies-changelog"
LOOK_SECONDS = 0.1
RECORDS_AT_ONCE = 20_000


def main() -> None:
    """Print the three figures, one a line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--results", type=int, default=1_000_000)
    results = parser.parse_args().results
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        broker = BrokerSettings(home / "broker", None)
        address = start_broker(broker).address
        try:
            apply_topics(address)
            asyncio.run(say_results(address, results))
            report("counted", results, measure_count(home, address))
            report("read from the changelog", results, measure_recovery(home, address))
            lose_changelog(address)
            report("worked out anew", results, measure_replay(home, address))
        finally:
            stop_broker(broker)


def report(what: str, results: int, seconds: float) -> None:
    sys.stdout.write(f"{what:<24} {results:>9,} results {seconds:8.1f} s {results / seconds:>10,.0f}/s\n")


async def say_results(address: str, results: int) -> None:
    """All but the last item are answered, so that the batch stays open."""
    producer = AIOKafkaProducer(bootstrap_servers=address, max_batch_size=256 * 1024)
    await producer.start()
    home = partition_of(BATCH, partitions_of("results"))
    now = datetime.now(UTC)
    accepted = BatchAccepted(
        id=f"{BATCH}/accepted",
        time=now,
        batch_id=BATCH,
        attempt=1,
        kind="letters",
        name="",
        priority="normal",
        total=results + 1,
        plan="ab" * 32,
        layout=plan_layout(results + 1, partitions_of("items-letters"), 0),
        submitted_at=now,
    )
    await producer.send_and_wait("results", accepted.model_dump_json().encode(), BATCH.encode(), home)
    head = b'{"type":"ItemsFinished","version":1,"time":"%b","batch_id":"%b","attempt":1,' % (
        now.isoformat().encode(),
        BATCH.encode(),
    )
    for start in range(0, results, RECORDS_AT_ONCE):
        entries = [
            (BATCH.encode(), head + b'"id":"%d","succeeded":[{"first":%d,"last":%d}]}' % (index, index, index))
            for index in range(start, min(start + RECORDS_AT_ONCE, results))
        ]
        await asyncio.gather(*await send_entries(producer, "results", home, entries))
    await producer.stop()


def measure_count(home: Path, address: str) -> float:
    with counting(home, address):
        return seconds_until(lambda: not sum(group_lag(address, "pressrun-aggregate", "results").values()))


def measure_recovery(home: Path, address: str) -> float:
    with counting(home, address) as process:
        return seconds_until(lambda: is_ready(home, "aggregate", 0, process.pid))


def measure_replay(home: Path, address: str) -> float:
    """The marker row is the first that is written behind a replay."""
    with counting(home, address):
        return seconds_until(lambda: has_marker(address))


@contextmanager
def counting(home: Path, address: str) -> Iterator["subprocess.Popen[bytes]"]:
    """The counter, killed at the end: what it had in hand is not missed."""
    environment = {**os.environ, "PRESSRUN_DATA_DIR": str(home), "PRESSRUN_BROKER": address}
    command = [sys.executable, "-m", "pressrun", "work", "aggregate"]
    with (home / "aggregate.out").open("ab") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def seconds_until(condition: Callable[[], bool]) -> float:
    started = time.perf_counter()
    while not condition():
        time.sleep(LOOK_SECONDS)
    return time.perf_counter() - started


def lose_changelog(address: str) -> None:
    admin = KafkaAdminClient(bootstrap_servers=address)
    try:
        admin.delete_topics([CHANGELOG])
        seconds_until(lambda: CHANGELOG not in admin.list_topics())
    finally:
        admin.close()
    apply_topics(address)


def has_marker(address: str) -> bool:
    place = TopicPartition(CHANGELOG, partition_of(BATCH, partitions_of("results")))
    consumer = KafkaConsumer(bootstrap_servers=address, group_id=None, auto_offset_reset="earliest")
    try:
        consumer.assign([place])
        end = consumer.end_offsets([place])[place]
        found = False
        while consumer.position(place) < end and not found:
            batches = consumer.poll(timeout_ms=200).values()
            found = any(record.key.startswith(MARKER) for records in batches for record in records)
        return found
    finally:
        consumer.close()


if __name__ == "__main__":
    main()
