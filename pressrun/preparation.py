"""Intake's work: looks at a design and a list, finds every fault before anything is produced, and stores a plan."""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO, TypeAlias

from pressrun.designs import pack_design
from pressrun.domain.errors import FaultyInput
from pressrun.domain.letters import Design, DesignSource, Profile, compile_design, read_design
from pressrun.domain.recipients.canonical import Canonicaliser
from pressrun.domain.recipients.dialect import detect_dialect
from pressrun.domain.recipients.header import read_header
from pressrun.domain.recipients.inline import rows_of_objects
from pressrun.domain.recipients.mapping import Want, map_columns
from pressrun.domain.recipients.rows import ListRow, read_rows
from pressrun.settings import MIB
from schemas.faults import Fault
from schemas.plans import Plan
from sinks.storage import LocalStorage

HEAD_BYTES = 256 * 1024
READ_BYTES = 256 * 1024
DISK_FACTOR = 1.1
"""A tenth for all that is neither segments nor the archive, which exist side by side while a batch is sealed."""

SHARED_BY = 32
"""Letters of the smallest segments: they hold what all letters share once, unless a password hides that."""

ENTRY_OVERHEAD = 400
"""Bytes an archive entry adds to its artifact: headers, directory, its line in the manifest."""

List: TypeAlias = tuple[tuple[str, ...], Iterator[ListRow]]


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be prepared."""

    design: DesignSource
    rows: "RowsOfFile | RowsOfObjects"
    mapping: Mapping[str, str]
    password_secret: str | None = None


@dataclass(frozen=True, slots=True)
class RowsOfFile:
    """A CSV file."""

    path: Path

    @contextmanager
    def open(self) -> Iterator[List]:
        """Header and rows; raises FaultyInput for a file that is no list."""
        try:
            file = self.path.open("rb")
        except OSError as error:
            message = f"{self.path.name} cannot be read: {error.strerror}"
            remedy = "Name a file that is there and may be read."
            fault = Fault(code="file_unreadable", where="--recipients", message=message, remedy=remedy)
            raise FaultyInput([fault]) from None
        with file:
            yield _read_list(file)


@dataclass(frozen=True, slots=True)
class RowsOfObjects:
    """Recipients carried inside a submission."""

    objects: Sequence[Mapping[str, object]]

    @contextmanager
    def open(self) -> Iterator[List]:
        """Header and rows; raises FaultyInput when there are none."""
        yield rows_of_objects(self.objects)


def prepare(order: Order, storage: LocalStorage, *, reserve_mb: int) -> tuple[str, Plan]:
    """Digest and plan; raises FaultyInput with every fault found in the design and the list, and storage's errors."""
    faults: list[Fault] = []
    design: Design | None = None
    try:
        design = read_design(order.design)
    except FaultyInput as error:
        faults += error.faults
    try:
        with order.rows.open() as opened:
            if design is not None:
                return _plan(order, design, opened, storage, reserve_mb)
    except FaultyInput as error:
        faults += error.faults
    raise FaultyInput(faults)


@dataclass(frozen=True, slots=True)
class StoredRows:
    """Canonical rows of a list, stored, and what was seen in them."""

    digest: str
    offsets: tuple[int, ...]
    checksums: tuple[int, ...]
    total: int
    columns: tuple[str, ...]
    mapping: Mapping[str, str]
    profile: Profile


def store_rows(opened: List, wants: Sequence[Want], mapping: Mapping[str, str], storage: LocalStorage) -> StoredRows:
    """Read a list to its end; raises FaultyInput, and storage's errors."""
    header, rows = opened
    columns = map_columns(header, wants, mapping)
    canonical = Canonicaliser(header, wants, columns)
    offsets, checksums = [], []
    with storage.blob_writer() as writer:
        for block in canonical.feed(rows):
            offsets.append(writer.write(block))
            checksums.append(zlib.crc32(block))
        offsets.append(writer.write(b""))
    return StoredRows(
        digest=writer.digest,
        offsets=tuple(offsets),
        checksums=tuple(checksums),
        total=canonical.total,
        columns=header,
        mapping={name: header[column] for name, column in columns.items()},
        profile=profile_of(canonical),
    )


def wants_of(design: Design) -> list[Want]:
    """What a design asks of a list; of the names of pictures only those it has are worth knowing."""
    assets = frozenset(design.assets)
    return [
        Want(variable.name, variable.default is None, assets if variable.kind == "image" else frozenset())
        for variable in design.variables
    ]


def profile_of(canonical: Canonicaliser) -> Profile:
    """What the rows gone through so far mean for compiling."""
    return Profile(canonical.characters, canonical.rare, canonical.gathered, canonical.spoken)


def _plan(order: Order, design: Design, opened: List, storage: LocalStorage, reserve_mb: int) -> tuple[str, Plan]:
    wants = wants_of(design)
    rows = store_rows(opened, wants, order.mapping, storage)
    compiled = compile_design(design, rows.profile)
    own, shared = compiled.typical_tail_size + ENTRY_OVERHEAD, compiled.prefix_size
    output = rows.total * (own + shared)
    segments = rows.total * (own + (shared // SHARED_BY if order.password_secret is None else shared))
    _check_disk(output + segments, storage, reserve_mb)
    plan = Plan(
        kind="letters",
        total=rows.total,
        rows=rows.digest,
        row_offsets=rows.offsets,
        row_checksums=rows.checksums,
        columns=rows.columns,
        variables=tuple(want.name for want in wants),
        design=storage.put_blob(pack_design(order.design)),
        compiled=storage.put_blob(compiled.to_bytes()),
        renderer_version=compiled.renderer_version,
        mapping=dict(rows.mapping),
        output_bytes=output,
        password_secret=order.password_secret,
    )
    return store_plan(plan, storage), plan


def store_plan(plan: Plan, storage: LocalStorage) -> str:
    """The digest by which items and submissions name the plan."""
    return storage.put_blob(plan.model_dump_json().encode())


def _read_list(file: BinaryIO) -> List:
    head = file.read(HEAD_BYTES)
    dialect = detect_dialect(head, whole=len(head) < HEAD_BYTES)
    blocks = chain([head], iter(lambda: file.read(READ_BYTES), b""))
    return read_header(read_rows(blocks, dialect))


def _check_disk(size: int, storage: LocalStorage, reserve_mb: int) -> None:
    needed = int(size * DISK_FACTOR) + reserve_mb * MIB
    free = storage.free_bytes()
    if needed > free:
        message = f"the batch needs about {needed // MIB + 1} MiB of disk while it runs; {free // MIB} MiB are free"
        remedy = "Free some disk, or submit the list in parts."
        raise FaultyInput([Fault(code="disk_too_small", where="disk", message=message, remedy=remedy)])
