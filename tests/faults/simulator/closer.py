"""The closer as agents.close, pressrun.closing and sinks.archive do it."""

from collections.abc import Generator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from faults.simulator.acting import ActingProcess
from faults.simulator.intake import FAILED, SEALED
from faults.simulator.orders import PLAN
from faults.simulator.processes import Steps, Work
from faults.simulator.verdicts import require

from pressrun.domain.batches import TALLY_ABSENT, Say
from pressrun.domain.closings import (
    Closing,
    Effect,
    Holes,
    Result,
    Waits,
    follow,
    judge,
    note,
    read_intents,
)
from schemas.completions import BatchCompleted, ClosingEnded
from schemas.events import IndexRange, Record
from schemas.results import BatchFailed, BatchSealed
from sinks.bitmaps import bitmap_length, check_partition, to_ranges
from sinks.errors import BatchFolderMissing, BlobMissing, SinkError

if TYPE_CHECKING:
    from faults.simulator.world import World

TEMPORARY = "archive"


class Closer(ActingProcess):
    role = "close"
    topic = "completions"

    def arrive(self) -> None:
        self.closings: dict[str, Closing] = {}
        super().arrive()

    def clone(self, world: "World") -> Self:
        twin = super().clone(world)
        twin.closings = dict(self.closings)
        return twin

    def show_intents(self) -> None:
        self.wake(read_intents(self.table))

    def work(self, events: Sequence[Record]) -> Work:
        ended = set()
        for event in events:
            if isinstance(event, BatchFailed):
                yield from self._abandon(event)
            if isinstance(event, BatchCompleted | ClosingEnded | BatchFailed):
                note(self.table, event)
            if isinstance(event, ClosingEnded):
                ended.add(event.batch_id)
        yield from self.flush()
        self._wake_without(ended)
        self.show_intents()
        return True

    def _abandon(self, event: BatchFailed) -> Steps:
        """A batch that another role found to have failed."""
        storage = self.world.storage
        if isinstance(storage.read_note(event.batch_id, SEALED), BatchSealed):
            return
        with suppress(BatchFolderMissing):
            storage.put_if_absent(event.batch_id, FAILED, event)
        yield "noted"
        storage.remove_segments(event.batch_id)
        yield "removed"

    def _wake_without(self, ended: set[str]) -> None:
        self.wake({name: event for name, event in read_intents(self.table).items() if event.batch_id not in ended})

    def ends_at_cancel(self, name: str) -> bool:
        is_cancelled = name in self.cancelled
        self.cancelled.discard(name)
        return is_cancelled

    def act(self, intent: BatchCompleted, tries: int) -> Generator[str, None, float | None]:  # noqa: ARG002 - as the runner calls it
        known = self.closings.pop(intent.id, None)
        closing = known if known and known.completed == intent else Closing(intent)
        result = yield from self._try(closing)
        following = follow(closing, result, self.world.now().time)
        try:
            yield from self._carry_out(following.effects)
        except SinkError as error:
            following = follow(closing, Waits(error.code), self.world.now().time)
            yield from self._carry_out(following.effects)
        if following.closing is None:
            return None
        self.closings[intent.id] = following.closing
        return following.seconds

    def _carry_out(self, effects: Sequence[Effect]) -> Steps:
        for effect in effects:
            if isinstance(effect, Say):
                yield from self.say(effect.event, effect.topic)
            else:
                self.world.storage.remove_segments(effect.batch_id)
                yield "removed"
                self.world.storage.sweep_temporaries(effect.batch_id)
                yield "swept"

    def _try(self, closing: Closing) -> Generator[str, None, Result]:
        completed, storage = closing.completed, self.world.storage
        for name in (SEALED, FAILED):
            end = storage.read_note(completed.batch_id, name)
            if isinstance(end, BatchSealed | BatchFailed):
                return end
        try:
            return (yield from self._seal(completed))
        except SinkError as error:
            result = judge(completed, error, self.world.now().time)
        return result if isinstance(result, Waits) else (yield from self._note_end(FAILED, result))

    def _note_end(self, name: str, event: BatchSealed | BatchFailed) -> Generator[str, None, Result]:
        storage = self.world.storage
        try:
            storage.put_if_absent(event.batch_id, name, event)
        except BatchFolderMissing:
            return event
        except SinkError as error:
            return Waits(error.code)
        yield "noted"
        noted = storage.read_note(event.batch_id, name)
        assert isinstance(noted, BatchSealed | BatchFailed)
        return noted

    def _seal(self, completed: BatchCompleted) -> Generator[str, None, Result]:
        """As sinks.archive.seal_archive: check the partition, look what is there, link what nobody linked before."""
        storage, batch_id = self.world.storage, completed.batch_id
        if batch_id not in storage.folders and batch_id not in storage.archives:
            raise BatchFolderMissing
        try:
            bitmaps = storage.read_blob(completed.tally)
        except BlobMissing:
            return Waits(TALLY_ABSENT)
        size = bitmap_length(completed.total)
        sets = [bitmaps[at : at + size] for at in (0, size, 2 * size)]
        check_partition(completed.total, *sets)
        if batch_id not in storage.archives:
            wanted = int.from_bytes(sets[0], "little")
            holes = self._holes(batch_id, wanted)
            if holes:
                spans = to_ranges(holes.to_bytes(size, "little"))
                return Holes(tuple(IndexRange(first=first, last=last) for first, last in spans))
            copied = wanted & self._available(batch_id)
            storage.temporaries.add((batch_id, TEMPORARY))
            yield "copied"
            storage.link_archive(batch_id, copied)
            storage.temporaries.discard((batch_id, TEMPORARY))
            yield "linked"
        return (yield from self._note_end(SEALED, _sealed_event(completed, self.world.storage.archives[batch_id])))

    def _holes(self, batch_id: str, wanted: int) -> int:
        """Indexes that succeeded and are in no readable segment."""
        return wanted & ~self._available(batch_id)

    def _available(self, batch_id: str) -> int:
        """What can be read; where the archive is there now, another closer has removed the segments under our hands."""
        try:
            return self.world.storage.available(batch_id)
        except BatchFolderMissing:
            if batch_id in self.world.storage.archives:
                return -1
            raise

    def check_commit(self, events: Sequence[Record]) -> None:
        rows, notes = self.world.log.changelogs[self.seat], self.world.storage.notes
        for event in events:
            if isinstance(event, BatchCompleted) and f"intent/{event.batch_id}/{event.attempt}".encode() not in rows:
                has_ended = (event.batch_id, SEALED) in notes or (event.batch_id, FAILED) in notes
                require(has_ended, "committed_early", event.id, "before its intent was kept")


def _sealed_event(completed: BatchCompleted, bits: int) -> BatchSealed:
    return BatchSealed(
        id=f"{completed.batch_id}/{completed.attempt}/sealed",
        time=completed.time,
        batch_id=completed.batch_id,
        attempt=completed.attempt,
        status="cancelled" if completed.cancelled else "sealed",
        total=completed.total,
        succeeded=completed.succeeded,
        failed=completed.failed,
        cancelled=completed.cancelled,
        archive=(f"{completed.batch_id}-1.zip",),
        archive_bytes=bits.bit_count(),
        plan=PLAN,
    )
