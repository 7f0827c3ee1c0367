"""Seals the archive of a completed batch, outside the closer's body, and says so when it is final."""

import asyncio
import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pressrun.domain.batches import MAX_RANGES, TALLY_ABSENT, Say
from pressrun.domain.closings import (
    Closing,
    Effect,
    Holes,
    RemoveSegments,
    Result,
    Waits,
    follow,
    judge,
)
from pressrun.plans import PlanShelf
from pressrun.sealings import FAILED, SEALED, find_end, note_end
from pressrun.secrets import read_secret
from schemas.completions import BatchCompleted
from schemas.errors import PressrunError
from schemas.events import IndexRange
from schemas.results import BatchFailed, BatchSealed
from sinks.archive import Sealed, Sealing, seal_archive
from sinks.errors import BatchFolderMissing, BlobCorrupt, BlobMissing, FlushFailed, SealingRefused, SinkError
from sinks.filesystem import is_there
from sinks.storage import LocalStorage
from streams.outbox import Outbox

__all__ = ["AT_ONCE", "FAILED", "SEALED", "Closer", "clean_up"]

AT_ONCE = 2

_PASSED = {"BatchSealed": "close.after_sealed_said", "ClosingEnded": "close.after_ended_said"}
"""Crash points behind what is said."""


class Closer:
    """Carries out the intents of agents.close: seal, clean up, say; every step bears repetition."""

    def __init__(self, storage: LocalStorage, outbox: Outbox, secrets: Path, *, fsync: bool) -> None:
        self._storage = storage
        self._outbox = outbox
        self._secrets = secrets
        self._fsync = fsync
        self._stopping = threading.Event()
        self._closings: dict[str, Closing] = {}

    def stop(self) -> None:
        """Sealings under way end at their next slice; they are begun anew by whoever comes next."""
        self._stopping.set()

    async def close(self, completed: BatchCompleted, _tries: int) -> float | None:
        """One try at an intent; None when nothing is left to do, else the seconds to wait."""
        known = self._closings.pop(completed.id, None)
        closing = known if known and known.completed == completed else Closing(completed)
        result = await asyncio.to_thread(self._try, closing)
        following = follow(closing, result, _now())
        try:
            await self._carry_out(following.effects)
        except FlushFailed:
            raise
        except SinkError as error:
            following = follow(closing, Waits(error.code), _now())
            await self._carry_out(following.effects)
        if following.closing is None:
            return None
        self._closings[completed.id] = following.closing
        return following.seconds

    async def _carry_out(self, effects: Sequence[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Say):
                await self._outbox.say(effect.event, effect.topic)
                if effect.event.type in _PASSED:
                    self._storage.crashpoint(_PASSED[effect.event.type])
            else:
                await asyncio.to_thread(self._remove, effect)

    def _remove(self, effect: RemoveSegments) -> None:
        self._storage.remove_segments(effect.batch_id, effect.attempt)
        self._storage.sweep_temporaries(effect.batch_id)
        self._storage.sweep_blob_temporaries()
        self._storage.crashpoint("close.segments_removed")

    def _try(self, closing: Closing) -> Result:
        completed = closing.completed
        try:
            return find_end(self._storage, completed.batch_id) or self._seal(closing)
        except FlushFailed:
            # What the disk has is unknown; only a new process may look again.
            raise
        except PressrunError as error:
            result = judge(completed, error, _now())
        return result if isinstance(result, Waits) else self._give_up(result)

    def _seal(self, closing: Closing) -> Result:
        sealing = self._sealing(closing)
        if isinstance(sealing, Waits):
            return sealing
        sealed = seal_archive(sealing, self._storage, stop=self._stopping.is_set, fsync=self._fsync)
        if not isinstance(sealed, Sealed):
            return Holes(tuple(IndexRange(first=first, last=last) for first, last in sealed.ranges[:MAX_RANGES]))
        event = note_end(self._storage, _sealed_event(closing.completed, sealed))
        self._storage.crashpoint("close.noted")
        return event

    def _give_up(self, event: BatchFailed) -> Result:
        try:
            return note_end(self._storage, event)
        except BatchFolderMissing:
            return event
        except FlushFailed:
            raise
        except SinkError as error:
            return Waits(error.code)

    def _has_work(self, completed: BatchCompleted) -> bool:
        """Whether there are segments or an archive; nothing is waited for on behalf of a batch nobody accepted."""
        place = (completed.batch_id, completed.attempt)
        return self._storage.batch_folder(*place) is not None or is_there(self._storage.archive_path(*place))

    def _sealing(self, closing: Closing) -> Sealing | Waits:
        completed = closing.completed
        if not self._has_work(completed):
            raise BatchFolderMissing
        try:
            bitmaps = self._storage.read_blob(completed.tally)
        except (BlobMissing, BlobCorrupt):
            return Waits(TALLY_ABSENT)
        size = (completed.total + 7) // 8
        succeeded, failed, cancelled = bitmaps[:size], bitmaps[size : 2 * size], bitmaps[2 * size :]
        _check_counts(completed, (succeeded, failed, cancelled))
        shelf = PlanShelf(self._storage)
        plan = shelf.plan(completed.plan)
        return Sealing(
            batch_id=completed.batch_id,
            attempt=completed.attempt,
            total=completed.total,
            succeeded=succeeded,
            failed=failed,
            cancelled=cancelled,
            columns=plan.columns,
            cells_of=lambda index: shelf.cells(completed.plan, index),
            password=read_secret(self._secrets, plan.password_secret) if plan.password_secret else None,
            wants_reasons=closing.asked == 0,
        )


def _check_counts(completed: BatchCompleted, bitmaps: Sequence[bytes]) -> None:
    counts = tuple(int.from_bytes(bitmap).bit_count() for bitmap in bitmaps)
    if counts != (completed.succeeded, completed.failed, completed.cancelled):
        raise SealingRefused("The counts are not those of the outcomes.")


def abandon(storage: LocalStorage, event: BatchFailed) -> None:
    """Make it the last word that a batch has failed, unless it was sealed, and remove what was made of it."""
    if isinstance(find_end(storage, event.batch_id), BatchSealed):
        return
    with suppress(BatchFolderMissing):
        note_end(storage, event)
    storage.remove_segments(event.batch_id, event.attempt)


def clean_up(storage: LocalStorage) -> None:
    """Remove what processes that died left: their temporary files, and segments of attempts that have ended."""
    storage.sweep_everything()
    for batch_id, attempt in storage.list_attempts():
        end = find_end(storage, batch_id)
        if end is not None and end.attempt >= attempt:
            storage.remove_segments(batch_id, attempt)


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
        archive_sha256=(sealed.sha256,),
        merkle_root=sealed.merkle_root,
        plan=completed.plan,
    )
