"""Follows pressrun's public topic `progress` with nothing but aiokafka, and prints what happens to batches.

    python consumer_aiokafka.py --broker 127.0.0.1:9092
    python consumer_aiokafka.py --broker 127.0.0.1:9092 --batch ID --until-ended

Exit code with --until-ended: 0 every item succeeded, 3 some did not, 1 the batch did not complete. 1 also where the
broker cannot be reached or an event is newer than this program.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import AsyncIterator
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

TOPIC = "progress"
KNOWN_VERSION = 1
ENDINGS = ("BatchSealed", "BatchRejected", "BatchFailed")


class NewerVersionError(Exception):
    """The event is of a version this program does not know."""


def main() -> int:
    """Print events until told to stop."""
    arguments = parse_arguments()
    try:
        return asyncio.run(follow(arguments))
    except KafkaError as error:
        print(f"the broker at {arguments.broker} cannot be read: {error!r}", file=sys.stderr)
    except NewerVersionError as error:
        print(f"{error}: update this program", file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    return 1


def parse_arguments() -> argparse.Namespace:
    """What is asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--broker", required=True, help="host:port")
    parser.add_argument("--batch", metavar="ID", help="print this batch only, from its beginning")
    parser.add_argument("--until-ended", action="store_true", help="end when the batch has ended; needs --batch")
    arguments = parser.parse_args()
    if arguments.until_ended and not arguments.batch:
        parser.error("--until-ended needs --batch")
    return arguments


async def follow(arguments: argparse.Namespace) -> int:
    """Print each event on a line; the exit code when the batch has ended."""
    async for event in read_events(arguments.broker, arguments.batch):
        print(describe(event), flush=True)
        if arguments.until_ended and event["type"] in ENDINGS:
            return exit_code(event)
    return 0


async def read_events(broker: str, batch_id: str | None) -> AsyncIterator[dict[str, Any]]:
    """Events of one batch from its beginning, or of all batches from now on; raises KafkaError, NewerVersionError."""
    # Without a group nothing is committed: every run of this program sees the whole topic it asks for.
    consumer = AIOKafkaConsumer(
        TOPIC, bootstrap_servers=broker, group_id=None, auto_offset_reset="earliest" if batch_id else "latest"
    )
    await consumer.start()
    try:
        async for record in consumer:
            event = json.loads(record.value)
            # Fields and types this program does not know are no concern of it; a newer version of one it knows is.
            if event["version"] > KNOWN_VERSION:
                raise NewerVersionError(f"{event['type']} has version {event['version']}")
            if "batch_id" in event and batch_id in (None, event["batch_id"]):
                yield event
    finally:
        await consumer.stop()


def describe(event: dict[str, Any]) -> str:
    """Counts are absolute, so a repeated event prints the same line again and misleads nobody."""
    line = f"{event['time']} {event['batch_id']} {event['type']}"
    if "total" in event:
        answered = event["succeeded"] + event["failed"] + event["cancelled"]
        line += f" {answered}/{event['total']} ({event['failed']} failed, {event['cancelled']} cancelled)"
    details = [f"{name} {event[name]}" for name in ("status", "blocked", "notice", "outcome") if event.get(name)]
    faults = [fault["message"] for fault in event.get("faults", [])]
    return " ".join([line, *details, *faults])


def exit_code(event: dict[str, Any]) -> int:
    """How the batch ended."""
    if event["type"] != "BatchSealed":
        return 1
    return 0 if event["succeeded"] == event["total"] else 3


if __name__ == "__main__":
    sys.exit(main())
