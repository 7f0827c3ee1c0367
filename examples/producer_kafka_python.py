"""Hands a batch to pressrun with nothing but kafka-python: publishes BatchSubmitted and waits for the broker.

    python producer_kafka_python.py --broker 127.0.0.1:9092 --recipients list.csv --stored-design DIGEST
    python producer_kafka_python.py --broker 127.0.0.1:9092 --recipients list.csv --design design/design.json

DIGEST is what `pressrun letters store --design DIR` prints. A design carried along brings its `page.json`, its
`assets/` and its `fonts/fonts.json`; the whole record may have 900,000 bytes, which is enough for a small design.
Exit code: 0 the broker has it, 1 the broker did not acknowledge, 2 something is wrong with what was given.
"""

import argparse
import base64
import csv
import io
import json
import secrets
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kafka import KafkaProducer
from kafka.errors import KafkaError

TOPIC = "submissions"
LARGEST_RECORD = 900_000
ACKNOWLEDGED_WITHIN = 30.0


def main() -> int:
    """Publish one batch and print its id."""
    arguments = parse_arguments()
    try:
        event = describe_batch(arguments)
    except (OSError, ValueError, KeyError) as error:
        print(f"cannot be submitted: {error}", file=sys.stderr)
        return 2
    value = json.dumps(event, ensure_ascii=False).encode()
    if len(value) > LARGEST_RECORD:
        print(f"the record has {len(value)} bytes, {LARGEST_RECORD} are carried: store the design", file=sys.stderr)
        return 2
    try:
        publish(arguments.broker, event["batch_id"], value)
    except KafkaError as error:
        # It may have arrived all the same: the same batch id and content may be published again, and count once.
        print(f"not acknowledged: {error!r}", file=sys.stderr)
        return 1
    print(event["batch_id"])
    return 0


def parse_arguments() -> argparse.Namespace:
    """What is asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--broker", required=True, help="host:port")
    parser.add_argument("--recipients", required=True, type=Path, help="CSV with a header, or a JSON list of objects")
    parser.add_argument("--map", action="append", default=[], metavar="VARIABLE=COLUMN", help="where names differ")
    design = parser.add_mutually_exclusive_group(required=True)
    design.add_argument("--stored-design", metavar="DIGEST", help="printed by `pressrun letters store`")
    design.add_argument("--design", type=Path, metavar="FILE", help="design.json, carried along")
    parser.add_argument("--name", default="", help="what people call the batch")
    parser.add_argument("--notify", metavar="EMAIL", help="who is told when it has ended")
    parser.add_argument("--batch-id", default=new_batch_id(), help="give the same one to publish the same batch again")
    return parser.parse_args()


def new_batch_id() -> str:
    """Sortable by time, and not to be guessed."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(5)}"


def describe_batch(arguments: argparse.Namespace) -> dict[str, Any]:
    """The event BatchSubmitted; docs/events.md describes every field."""
    event: dict[str, Any] = {
        "type": "BatchSubmitted",
        "version": 1,
        "id": f"{arguments.batch_id}/submitted",
        "time": datetime.now(UTC).isoformat(),
        "batch_id": arguments.batch_id,
        "kind": "letters",
        "name": arguments.name,
        "recipients": {
            "rows": read_recipients(arguments.recipients),
            "mapping": dict(pair.split("=", 1) for pair in arguments.map),
        },
    }
    if arguments.notify:
        event["notify"] = arguments.notify
    if arguments.stored_design:
        return event | {"stored_design": arguments.stored_design}
    return event | {"design": read_design(arguments.design)}


def read_recipients(path: Path) -> list[dict[str, Any]]:
    """One object per recipient; raises ValueError where there are none, or a row is not as wide as the header."""
    text = path.read_text(encoding="utf-8-sig")
    rows = json.loads(text) if path.suffix == ".json" else list(csv.DictReader(io.StringIO(text, newline="")))
    if not rows:
        raise ValueError(f"{path.name} has no recipients")
    for number, row in enumerate(rows, 1):
        if None in row or None in row.values():
            raise ValueError(f"row {number} of {path.name} has more or fewer cells than the header")
    return list(rows)


def read_design(path: Path) -> dict[str, Any]:
    """The canvas with everything it needs: page, pictures by the `src` it uses, fonts."""
    folder, fonts = path.parent, path.parent / "fonts" / "fonts.json"
    design: dict[str, Any] = {"canvas": json.loads(path.read_bytes())}
    if (folder / "page.json").is_file():
        design["page"] = json.loads((folder / "page.json").read_bytes())
    assets = sorted(file for file in (folder / "assets").rglob("*") if file.is_file())
    design["assets"] = {file.relative_to(folder).as_posix(): in_base64(file) for file in assets}
    faces = json.loads(fonts.read_bytes()) if fonts.is_file() else []
    design["fonts"] = [
        {key: face[key] for key in ("family", "weight", "style")} | {"data": in_base64(fonts.parent / face["file"])}
        for face in faces
    ]
    return design


def in_base64(path: Path) -> str:
    """A file as JSON can carry it."""
    return base64.b64encode(path.read_bytes()).decode()


def publish(broker: str, batch_id: str, value: bytes) -> None:
    """Key is the batch id, so that everything about a batch keeps its order; raises KafkaError."""
    producer = KafkaProducer(bootstrap_servers=broker, bootstrap_timeout_ms=10_000, acks="all", enable_idempotence=True)
    try:
        producer.send(TOPIC, key=batch_id.encode(), value=value).get(timeout=ACKNOWLEDGED_WITHIN)
    finally:
        producer.close(timeout=5)


if __name__ == "__main__":
    sys.exit(main())
