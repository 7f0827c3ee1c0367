"""Letters a second on one core, what they weigh and what compiling costs, with other engines in the same run.

    python -m benchmarks.letters [--recipients 2000] [--seconds 1] [--rounds 5] [--json]

All engines draw the same postcard and take turns; each figure is the median of its turns. "A CPU second" counts only
what the engine's processes ran, so it holds on a machine that others use too; the ratios are made of it. Letters of
ours come with their CRC-32 and SHA-256, the others without.
"""

import argparse
import hashlib
import json
import os
import platform
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import segno

from benchmarks.batches import MIXED, Batch, joining, measure_first_letters, prepare_batches, size_of, yardstick
from benchmarks.hand_made import make_by_hand
from benchmarks.intake import in_new_process, open_seconds, prepare_postcard, write_list
from benchmarks.invented import invent_recipients
from benchmarks.plain_chromium import open_chromium
from benchmarks.plain_reportlab import open_reportlab
from benchmarks.plain_typst import open_typst
from benchmarks.rounds import Engine, Pace, median_seconds, pin_to_one_core, run_rounds
from benchmarks.tables import Cell, Table
from pressrun.domain.letters import RENDERER_VERSION
from pressrun.domain.letters.symbols.qr import open_drawer

MANY = 100_000
SAMPLE = 24
COMPARED_CODES = 404


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for on the command line, and a folder for this run's files."""

    recipients: int
    seconds: float
    rounds: int
    folder: Path


def measure_letters(asked: Asked, batches: Sequence[Batch], missing: dict[str, str], open_until: ExitStack) -> Table:
    """Return the pace of ours and of the other engines, which run until the stack is closed."""
    mixed = batches[0]
    engines = [batch.engine() for batch in batches]
    engines += [joining(mixed), yardstick(mixed), *open_reportlab(mixed.records)]
    others = {
        "typst": open_typst(mixed.records, asked.folder),
        "Chromium": open_chromium(mixed.records, asked.folder, open_until),
    }
    missing |= {name: other for name, other in others.items() if isinstance(other, str)}
    engines += [other for other in others.values() if isinstance(other, Engine)]
    paces = run_rounds(engines, asked.rounds, asked.seconds)
    firsts = {f"{batch.name}, no word known": measure_first_letters(batch, asked.rounds) for batch in batches}
    rows = {name: _row(pace, paces[MIXED]) for name, pace in (paces | firsts).items()}
    ordered = dict(sorted(rows.items(), key=lambda row: (not row[0].startswith(MIXED), -float(row[1][2]))))
    columns = ("a second", "best", "a CPU second", "CPU µs", "bytes", "stamp is faster by")
    return Table("letters on one core", columns, ordered, missing)


def measure_bytes(batches: Sequence[Batch]) -> Table:
    rows: dict[str, Sequence[Cell]] = {}
    for batch in batches:
        tails = [len(letter.tail) for letter in batch.letters()]
        rows[batch.name] = (batch.prepared.prefix_size, round(statistics.fmean(tails)), max(tails))
    return Table("bytes of a letter", ("shared", "own, mean", "own, most"), rows, {})


def measure_size(batch: Batch) -> Table:
    """Return whole letters beside the smallest that can be made by hand, over a sample of the list."""
    sample = [batch.records[index] for index in range(0, len(batch.records), max(1, len(batch.records) // SAMPLE))]
    ours = statistics.fmean(size_of(batch.compiled.stamp(record)) for record in sample)
    # The fonts of a batch are the same in each of its letters; one letter's own weigh less, and differ in each.
    shared = statistics.fmean(len(make_by_hand(record, batch.records)) for record in sample[:3])
    alone = statistics.fmean(len(make_by_hand(record, [record])) for record in sample)
    rows = {
        MIXED: (round(ours), 0.0),
        "by hand, fonts for the batch": (round(shared), (ours / shared - 1) * 100),
        "by hand, fonts for the one letter": (round(alone), (ours / alone - 1) * 100),
    }
    return Table("whole PDF", ("bytes", "stamp is larger by %"), rows, {})


def measure_compiling(asked: Asked) -> Table:
    """Return what intake of a list costs, in a new process each time."""
    rows: dict[str, Sequence[Cell]] = {}
    for total in (asked.recipients, MANY):
        for varied in (False, True):
            recipients = write_list(asked.folder / "list.csv", invent_recipients(total, varied_links=varied))
            times = 3 if total < MANY else 1
            done = [in_new_process(prepare_postcard, recipients) for _ in range(times)]
            record = invent_recipients(1)[0]
            opened = statistics.median(in_new_process(open_seconds, done[0].stored, record) for _ in range(times))
            name = f"{total:,} recipients, {'links of 20 to 120 bytes' if varied else 'links of 60 bytes'}"
            compiling = statistics.median(one.compile_seconds for one in done)
            reading = statistics.median(one.row_seconds for one in done)
            rows[name] = (compiling, reading, compiling + reading, opened, len(done[0].stored))
    columns = ("compile", "rows", "both", "stored to 1st letter", "stored bytes")
    return Table("CPU seconds of intake", columns, rows, {})


def measure_codes(asked: Asked) -> Table:
    """Return the QR codes alone; raises ValueError for a code that is not segno's with the same mask."""
    one_length = [record["link"].encode() for record in invent_recipients(asked.recipients)]
    all_lengths = [record["link"].encode() for record in invent_recipients(asked.recipients, varied_links=True)]
    compared = [*one_length[: COMPARED_CODES // 2], *all_lengths[: COMPARED_CODES // 2]]
    drawers = {len(content): open_drawer(content) for content in compared}
    if any(drawers[len(content)](content) != _reference(content) for content in compared):
        raise ValueError("a QR code differs from segno's with the same mask")

    def draw(lot: Sequence[bytes]) -> int:
        for content in lot:
            drawers[len(content)](content)
        return 0

    engines = [
        Engine("table, 60 bytes", draw, one_length, 1_000),
        Engine("table, 20 to 120 bytes", draw, all_lengths, 1_000),
        Engine("segno, the same mask", _draw_with_segno, one_length),
    ]
    paces = run_rounds(engines, asked.rounds, asked.seconds)
    first = paces[engines[0].name].per_cpu_second
    rows = {
        name: (pace.median, pace.best, pace.per_cpu_second, first / pace.per_cpu_second) for name, pace in paces.items()
    }
    columns = ("a second", "best", "a CPU second", "the first is faster by")
    return Table(f"QR codes ({len(compared)} equal segno's)", columns, rows, {})


def _row(pace: Pace, ours: Pace) -> tuple[Cell, ...]:
    cpu = pace.per_cpu_second
    return pace.median, pace.best, cpu, 1e6 / cpu, round(pace.size), ours.per_cpu_second / cpu


def _draw_with_segno(lot: Sequence[bytes]) -> int:
    for content in lot:
        segno.make_qr(content, error="m", mode="byte", mask=3, boost_error=False)
    return 0


def _reference(content: bytes) -> int:
    """Return segno's symbol in the form of ours: rows from the top, each filled up to whole bytes."""
    rows = segno.make_qr(content, error="m", mode="byte", mask=3, boost_error=False).matrix
    stride = (len(rows) + 7) // 8 * 8
    return int("".join("".join(map(str, row)).ljust(stride, "0") for row in rows), 2)


def _machine(pinned: str) -> dict[str, str]:
    model = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), model)
    return {
        "processor": f"{model}, {os.cpu_count()} cores, {pinned}",
        "python": platform.python_version(),
        "renderer": RENDERER_VERSION,
        # A machine that is busy elsewhere shows here first.
        "sha256_mb_a_second": f"{32 / median_seconds(lambda: hashlib.sha256(bytes(32 << 20)), 3):,.0f}",
    }


def measure(asked: Asked) -> Iterator[Table]:
    with ExitStack() as open_until:
        batches, missing = prepare_batches(asked.recipients, asked.folder)
        yield measure_letters(asked, batches, missing, open_until)
    yield measure_bytes(batches)
    yield measure_size(batches[0])
    yield measure_codes(asked)
    yield measure_compiling(asked)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipients", type=int, default=2_000)
    parser.add_argument("--seconds", type=float, default=1.0, help="of an engine's turn")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of tables")
    options = parser.parse_args()
    machine = _machine(pin_to_one_core())
    if not options.json:
        print(*(f"{name}: {value}" for name, value in machine.items()), sep="\n")
    tables = []
    with tempfile.TemporaryDirectory(prefix="pressrun-letters-") as folder:
        for table in measure(Asked(options.recipients, options.seconds, options.rounds, Path(folder))):
            tables.append(table.as_record())
            if not options.json:
                print("", *table.as_lines(), sep="\n", flush=True)
    if options.json:
        print(json.dumps({"machine": machine, "tables": tables}, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
