"""Batches that are handed in: rows nobody shares, what each has to become, and submitting until it is accepted."""

import csv
import shutil
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from broker.live import POSTCARD
from faults.runner.reference import Outcomes, stamp_reference
from faults.runner.waiting import Stuck

from pressrun.bootstrap import open_storage
from pressrun.designs import read_design_folder
from pressrun.preparation import Order, RowsOfFile, prepare
from pressrun.submitting import Publisher, new_batch_id
from schemas.errors import PressrunError
from schemas.events import Event
from schemas.plans import Plan
from schemas.submissions import BatchSubmitted, CancelBatch

if TYPE_CHECKING:
    from faults.runner.arena import Arena

PLANTED_EVERY = 97
"""Every so many rows lack a value they need: `failed` is their only right outcome."""

PUBLISH_SECONDS = 180.0
WHOLE = frozenset({"sealed"})


@dataclass(frozen=True, slots=True)
class Handed:
    """A batch, what an undisturbed run of its rows makes of it, and the ends it may come to."""

    submission: BatchSubmitted
    plan: Plan
    outcomes: Outcomes
    ends: frozenset[str] = WHOLE
    """Statuses; `failed:<code>` is the status failed, for that reason."""

    @property
    def batch_id(self) -> str:
        return self.submission.batch_id


def prepare_batch(
    arena: "Arena",
    total: int,
    *,
    notify: bool = True,
    ends: Collection[str] = WHOLE,
    values: Mapping[int, str] | None = None,
    expected: Mapping[int, str] | None = None,
    own_design: bool = False,
) -> Handed:
    """Store the plan and work out what has to come of it; nothing is said on the log yet.

    `values` puts a first name in place of an index's own, `expected` names the codes with which indexes have to fail
    besides the planted ones. With `own_design` no other batch shares a blob with this one.
    """
    batch_id = new_batch_id()
    settings, storage = arena.system.settings, open_storage(arena.system.settings)
    rows = write_rows(arena.directory / "lists" / f"{batch_id}.csv", batch_id, total, values or {})
    design = a_design_of_its_own(arena.directory / "designs" / batch_id) if own_design else POSTCARD
    order = Order(read_design_folder(design), RowsOfFile(rows), {})
    digest, plan = prepare(order, storage, reserve_mb=settings.disk_reserve_mb)
    submission = BatchSubmitted(
        id=f"{batch_id}/submitted",
        time=datetime.now(UTC),
        batch_id=batch_id,
        kind="letters",
        name="fault run",
        notify="ann@example.com" if notify else None,
        plan=digest,
    )
    outcomes = stamp_reference(storage, digest) | {index: f"failed:{code}" for index, code in (expected or {}).items()}
    return Handed(submission, plan, outcomes, frozenset(ends))


def hand_in(arena: "Arena", handed: Handed, *, within: float = PUBLISH_SECONDS) -> Handed:
    """Submit, again and again with the same id until the broker has it."""
    publish_until_taken(arena, handed.submission, within=within)
    arena.handed.append(handed)
    return handed


def cancel(arena: "Arena", handed: Handed) -> None:
    now = datetime.now(UTC)
    event = CancelBatch(id=f"{handed.batch_id}/cancel/{now.timestamp():.3f}", time=now, batch_id=handed.batch_id)
    publish_until_taken(arena, event)


def publish_until_taken(arena: "Arena", event: Event, *, within: float = PUBLISH_SECONDS) -> None:
    """As often as it takes; raises Stuck."""
    deadline = time.monotonic() + within
    while True:
        try:
            with Publisher(arena.system.address) as publisher:
                publisher.publish(event)
        except PressrunError as error:
            if time.monotonic() > deadline:
                raise Stuck(f"{event.id} was never taken: {error}") from error
            time.sleep(0.2)
        else:
            return


def write_rows(path: Path, batch_id: str, total: int, values: Mapping[int, str]) -> Path:
    """The example's recipients over and over, each with a code of its own, so that a swapped letter is another one."""
    with (POSTCARD / "recipients.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    first_name, code = header.index("first_name"), header.index("code")
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for index in range(total):
            row = list(rows[index % len(rows)])
            row[code] = f"{batch_id[-6:].upper()}-{index:06d}"
            row[first_name] = values.get(index, "" if index % PLANTED_EVERY == PLANTED_EVERY - 1 else row[first_name])
            writer.writerow(row)
    return path


def a_design_of_its_own(folder: Path) -> Path:
    """A copy of the example with another background, so that its compiled form is another blob."""
    shutil.copytree(POSTCARD, folder)
    canvas = folder / "design.json"
    text = canvas.read_text(encoding="utf-8")
    changed = text.replace('"background": "#fdf9f3"', f'"background": "#{folder.name[-6:]}"')
    assert changed != text, "the example has another background by now"
    canvas.write_text(changed, encoding="utf-8")
    return folder
