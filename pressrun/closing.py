"""Seals the archive of a completed batch, outside the closer's body, and says so when it is final."""

import asyncio
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from agents.reading import blocked, failed
from pressrun.domain.batches import MAX_RANGES
from pressrun.plans import PlanShelf
from pressrun.secrets import read_secret
from schemas.completions import BatchCompleted, ClosingEnded
from schemas.dispatch import ItemsMissing
from schemas.errors import PressrunError
from schemas.events import IndexRange
from schemas.results import BatchSealed
from sinks.archive import Holes, Sealed, Sealing, seal_archive
from sinks.errors import FlushFailed
from sinks.storage import LocalStorage
from streams.outbox import Outbox

SEALED = "sealed.json"
"""Note in a batch's folder: the last word for every role; with it the batch is never run or announced again."""

AT_ONCE = 2
RETRY_SECONDS = 1.0
REPAIR_SECONDS = 30.0


class Closer:
    """Carries out the intents of agents.close: seal, say, clean up; every step bears repetition."""

    def __init__(self, storage: LocalStorage, outbox: Outbox, secrets: Path, *, fsync: bool) -> None:
        self._storage = storage
        self._outbox = outbox
        self._secrets = secrets
        self._fsync = fsync
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Sealings under way end at their next slice; they are begun anew by whoever comes next."""
        self._stopping.set()

    async def close(self, completed: BatchCompleted, attempt: int) -> float | None:
        """One try at an intent; None when nothing is left to do, else the seconds to wait."""
        try:
            sealed = await asyncio.to_thread(self._seal, completed)
        except FlushFailed:
            # What the disk has is unknown; only a new process may look again.
            raise
        except PressrunError as error:
            if not error.retriable:
                await self._fail(completed, error)
                return None
            await self._say_blocked(completed, error.code)
            return RETRY_SECONDS
        if isinstance(sealed, Holes):
            await self._ask_for_repair(completed, sealed)
            return REPAIR_SECONDS * float(2**attempt)
        await self._outbox.say(sealed, "results")
        await self._end(completed)
        return None

    def _seal(self, completed: BatchCompleted) -> BatchSealed | Holes:
        batch_id, attempt = completed.batch_id, completed.attempt
        note = self._storage.read_note(batch_id, SEALED)
        if note is None:
            result = seal_archive(
                self._sealing(completed), self._storage, stop=self._stopping.is_set, fsync=self._fsync
            )
            if isinstance(result, Holes):
                return result
            event = _sealed_event(completed, result)
            self._storage.put_if_absent(batch_id, SEALED, event.model_dump_json().encode())
            note = self._storage.read_note(batch_id, SEALED)
        assert note is not None
        self._storage.remove_segments(batch_id, attempt)
        self._storage.sweep_temporaries(batch_id)
        return BatchSealed.model_validate_json(note)

    def _sealing(self, completed: BatchCompleted) -> Sealing:
        shelf = PlanShelf(self._storage)
        plan = shelf.plan(completed.plan)
        size = (completed.total + 7) // 8
        bitmaps = self._storage.read_blob(completed.tally)
        return Sealing(
            batch_id=completed.batch_id,
            attempt=completed.attempt,
            total=completed.total,
            succeeded=bitmaps[:size],
            failed=bitmaps[size : 2 * size],
            cancelled=bitmaps[2 * size :],
            columns=plan.columns,
            cells_of=lambda index: shelf.cells(completed.plan, index),
            password=read_secret(self._secrets, plan.password_secret) if plan.password_secret else None,
        )

    async def _ask_for_repair(self, completed: BatchCompleted, holes: Holes) -> None:
        ranges = tuple(IndexRange(first=first, last=last) for first, last in holes.ranges[:MAX_RANGES])
        missing = ItemsMissing(
            id=f"{completed.id}/holes",
            time=_now(),
            batch_id=completed.batch_id,
            attempt=completed.attempt,
            ranges=ranges,
            asked_by="closer",
        )
        await self._outbox.say(missing, "dispatch")

    async def _say_blocked(self, completed: BatchCompleted, reason: str) -> None:
        event = blocked(completed.batch_id, completed.attempt, reason, _now)
        await self._outbox.say(event, "results")

    async def _fail(self, completed: BatchCompleted, error: PressrunError) -> None:
        failed_event = failed(completed.batch_id, completed.attempt, "archive", error, _now)
        await self._outbox.say(failed_event, "results")
        await self._end(completed)

    async def _end(self, completed: BatchCompleted) -> None:
        ended = ClosingEnded(
            id=f"{completed.batch_id}/{completed.attempt}/closing-ended",
            time=_now(),
            batch_id=completed.batch_id,
            attempt=completed.attempt,
        )
        await self._outbox.say(ended, "completions")


def _now() -> datetime:
    return datetime.now(UTC)


def _sealed_event(completed: BatchCompleted, sealed: Sealed) -> BatchSealed:
    status: Literal["sealed", "cancelled"] = "cancelled" if completed.cancelled else "sealed"
    return BatchSealed(
        id=f"{completed.batch_id}/{completed.attempt}/sealed",
        time=_now(),
        batch_id=completed.batch_id,
        attempt=completed.attempt,
        status=status,
        total=completed.total,
        succeeded=completed.succeeded,
        failed=completed.failed,
        cancelled=completed.cancelled,
        archive=(sealed.path.name,),
        archive_bytes=sealed.size,
        plan=completed.plan,
    )
