"""The counter as agents.aggregate does it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

from faults.simulator.orders import bits_of
from faults.simulator.processes import Process, Steps, Work
from faults.simulator.verdicts import Broken

from pressrun.domain.batches import Keep, Say
from pressrun.domain.counting import Counted, count
from pressrun.domain.ledger import Ledger
from pressrun.domain.tally import Row
from schemas.events import Record
from schemas.results import ItemsFinished
from sinks.errors import StorageFull

if TYPE_CHECKING:
    from faults.simulator.world import World


class Counter(Process):
    role = "aggregate"
    topic = "results"

    def arrive(self) -> None:
        self.ledger = Ledger(self.table)
        self.world.tick(self)

    def clone(self, world: "World") -> Self:
        twin = super().clone(world)
        twin.ledger = Ledger(twin.table)
        twin.ledger._in_use = dict(self.ledger._in_use)
        return twin

    @property
    def is_busy(self) -> bool:
        return self.ledger.is_busy

    def work(self, events: Sequence[Record]) -> Work:
        counted = self._count(events)
        if self.is_replaying:
            yield from self._store(counted)
            return True
        try:
            for effect in counted.effects:
                if isinstance(effect, Keep):
                    self.world.storage.put_blob(effect.blob)
                    yield "kept"
        except StorageFull:
            return False
        yield from self.say_all((effect.event, effect.topic) for effect in counted.effects if isinstance(effect, Say))
        for _, refusal in counted.refused:
            yield from self.bury(refusal.code)
        yield from self._store(counted)
        if not self.is_old_news:
            yield from self.say_all((shown.event, shown.topic) for shown in counted.shown)
        return True

    def _store(self, counted: Counted) -> Steps:
        for batch in counted.batches:
            self.ledger.store(batch)
        yield from self.flush()

    def _count(self, events: Sequence[Record]) -> Counted:
        return count(self.ledger, events, self.world.now())

    def check_commit(self, events: Sequence[Record]) -> None:
        rows = self.world.log.changelogs[self.seat]
        for event in events:
            if isinstance(event, ItemsFinished):
                row = rows.get(f"row/{event.batch_id}/{event.attempt}/0".encode())
                head = rows.get(f"head/{event.batch_id}".encode(), b"")
                if row is None and any(word in head for word in _ENDED):
                    continue
                indexes = bits_of(index for span in event.succeeded for index in range(span.first, span.last + 1))
                indexes |= bits_of(failure.index for failure in event.failures)
                if row is None or indexes & ~Row.from_bytes(row).answered:
                    raise Broken("committed_early", f"{event.id} before it was counted")


_ENDED = (b'"status":"sealed"', b'"status":"cancelled"', b'"status":"failed"', b'"status":"rejected"')
