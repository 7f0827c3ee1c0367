"""A list of recipients on its way to a compiled design, as intake goes it, each time in a process without memories."""

import csv
import multiprocessing
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, TypeVar

from benchmarks.invented import COLUMNS, Record
from benchmarks.postcard import a_design
from pressrun.domain.letters import CompiledDesign, DesignSource, Letter, compile_design, read_design
from pressrun.preparation import RowsOfFile, store_rows, wants_of
from sinks.storage import LocalStorage

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A compiled design as it is stored, with the CPU seconds its rows and its compilation took."""

    stored: bytes
    row_seconds: float
    compile_seconds: float
    prefix_size: int


def write_list(path: Path, records: Sequence[Record]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows([record[column] for column in COLUMNS] for record in records)
    return path


def prepare_letters(source: DesignSource, recipients: Path) -> Prepared:
    """Read the design, read, check and store the rows, compile; raises FaultyInput."""
    with tempfile.TemporaryDirectory(dir=recipients.parent) as folder:
        storage = LocalStorage(Path(folder), Path(folder) / "archives")
        started = time.process_time()
        design = read_design(source)
        read = time.process_time()
        with RowsOfFile(recipients).open() as opened:
            profile = store_rows(opened, wants_of(design), {}, storage).profile
        stored = time.process_time()
        compiled = compile_design(design, profile)
        ended = time.process_time()
    return Prepared(compiled.to_bytes(), stored - read, read - started + ended - stored, compiled.prefix_size)


def prepare_postcard(recipients: Path) -> Prepared:
    return prepare_letters(a_design(), recipients)


def open_seconds(stored: bytes, record: Record) -> float:
    """Return the CPU seconds a worker needs from the stored form to its first letter."""
    started = time.process_time()
    letter = CompiledDesign.from_bytes(stored).stamp(record)
    taken = time.process_time() - started
    assert isinstance(letter, Letter)
    return taken


def in_new_process(work: Callable[Arguments, Answer], *arguments: Arguments.args, **named: Arguments.kwargs) -> Answer:
    """Return what the work gives in a process of its own, where nothing is known from before."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(work, *arguments, **named).result()
