"""A worker as agents.render and pressrun.workshop do it."""

from collections.abc import Sequence
from itertools import groupby

from faults.simulator.log import Entry
from faults.simulator.orders import KILLS, VARIABLES, Stamps, bits_of
from faults.simulator.processes import Process, Steps, Work
from faults.simulator.verdicts import Killed, require

from pressrun.domain.setbacks import blocked
from pressrun.domain.work import Made, Outcome, finished, give_up, make_letter
from schemas.events import Record
from schemas.items import ItemReleased
from sinks.errors import BatchFolderMissing, SegmentRefused, StorageFull
from streams.suspects import NOBODY, Suspicion

STAMPS = Stamps()


class Worker(Process):
    role = "render"
    topic = "items-letters"
    keeps_table = False
    cuts_at_keys = True

    def arrive(self) -> None:
        """What was in hand when this seat's worker ended comes again record by record."""
        self.suspicion = self.world.suspects.get(self.seat, NOBODY)
        self.is_condemned = False

    def body(self) -> Steps:
        """The block is noted before the work on it, and the note taken back behind it (streams.app)."""
        length, suspicion = len(self.take_block()), self._suspicion()
        noted = Suspicion(self.position, self.position + length - 1, suspicion.tries + 1)
        self.world.suspects[self.seat] = noted
        self.is_condemned = suspicion.is_condemned
        yield "suspected"
        yield from super().body()
        if self.world.suspects.get(self.seat) is noted:
            del self.world.suspects[self.seat]

    def take_block(self) -> Sequence[Entry]:
        entries = super().take_block()
        return entries[:1] if self.position in self.suspicion else entries

    def _suspicion(self) -> Suspicion:
        return self.suspicion if self.position in self.suspicion else NOBODY

    def work(self, events: Sequence[Record]) -> Work:
        items = [event for event in events if isinstance(event, ItemReleased)]
        try:
            for _, group in groupby(items, key=lambda item: (item.batch_id, item.attempt, item.plan, item.repair)):
                yield from self._finish(list({item.index: item for item in group}.values()))
        except StorageFull as error:
            first, now = items[0], self.world.now()
            yield from self.say(blocked(first.batch_id, first.attempt, error.code, now.time), "results")
            return False
        return True

    def _finish(self, items: Sequence[ItemReleased]) -> Steps:
        outcomes = [self._make(item) for item in items]
        yield "made"
        storage, first = self.world.storage, items[0]
        if first.batch_id not in storage.folders:
            return
        name = self._name(items)
        try:
            made = [outcome.index for outcome in outcomes if isinstance(outcome, Made)]
            if len(set(made)) < len(made):
                raise SegmentRefused
            yield from storage.write_segment(first.batch_id, name, bits_of(made))
        except BatchFolderMissing:
            return
        yield "stored"
        yield from self.say(finished(first, outcomes, name, 1, self.world.now().time), "results")

    def _name(self, items: Sequence[ItemReleased]) -> str:
        return f"{items[0].index:07d}-{items[-1].index:07d}-p{self.seat.partition}-o{self.position}-e{self.epoch}"

    def _make(self, item: ItemReleased) -> Outcome:
        if self.is_condemned:
            bits = self.world.condemned.get(item.batch_id, 0)
            self.world.condemned[item.batch_id] = bits | 1 << item.index
            return give_up(STAMPS, VARIABLES, item)
        if item.values[0] == KILLS:
            raise Killed
        return make_letter(STAMPS, VARIABLES, item)

    def check_commit(self, events: Sequence[Record]) -> None:
        for event in events:
            if isinstance(event, ItemReleased) and event.batch_id in self.world.storage.folders:
                is_reported = self.world.reported.get(event.batch_id, 0) >> event.index & 1
                require(is_reported, "committed_early", event.id, "before its result was said")
