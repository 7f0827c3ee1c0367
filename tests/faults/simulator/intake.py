"""Intake as agents.intake and pressrun.doorkeeper do it."""

from collections.abc import Sequence

from faults.simulator.notifier import ways_of
from faults.simulator.orders import CONTACT, decision_on, reception_of
from faults.simulator.processes import Process, Steps, Work
from faults.simulator.verdicts import Broken

from schemas.events import Record
from schemas.results import BatchAccepted, BatchRejected
from schemas.submissions import BatchSubmitted, CancelBatch, ResendNotice, SettleNotice
from sinks.errors import StorageFull

REJECTED = "rejected.json"
SEALED = "sealed.json"
FAILED = "failed.json"


class Intake(Process):
    role = "intake"
    topic = "submissions"
    keeps_table = False

    def work(self, events: Sequence[Record]) -> Work:
        try:
            for event in events:
                yield from self._admit(event)
        except StorageFull:
            return False
        return True

    def _admit(self, event: Record) -> Steps:
        if isinstance(event, BatchSubmitted):
            yield from self._decide(event)
        elif isinstance(event, CancelBatch):
            if self.world.storage.read_note(event.batch_id, CONTACT) is None:
                yield from self.bury("unknown_batch")
            else:
                yield from self.say(event, "dispatch")
        elif isinstance(event, ResendNotice | SettleNotice):
            if event.notice not in ways_of(self.world, event.batch_id):
                yield from self.bury("unknown_notice")
            else:
                yield from self.say(event, "progress")

    def _decide(self, event: BatchSubmitted) -> Steps:
        order, storage = self.world.orders[event.batch_id], self.world.storage
        yield from self.say(reception_of(order), "results")
        if storage.read_note(event.batch_id, SEALED) is not None:
            return
        if storage.read_note(event.batch_id, REJECTED) is None:
            storage.create_batch_folder(event.batch_id)
            yield "folder"
        contact = event.notify or "nobody"
        storage.put_if_absent(event.batch_id, CONTACT, contact)
        yield "contact"
        if storage.read_note(event.batch_id, CONTACT) != contact:
            yield from self.bury("conflict")
            return
        decision = decision_on(order)
        if isinstance(decision, BatchRejected):
            storage.put_if_absent(event.batch_id, REJECTED, decision)
            yield "rejected"
            storage.remove_segments(event.batch_id)
            yield "removed"
        yield from self.say(decision, "results")
        if isinstance(decision, BatchAccepted):
            yield from self.say(decision, "dispatch")

    def check_commit(self, events: Sequence[Record]) -> None:
        for event in events:
            if isinstance(event, BatchSubmitted):
                ended = [self.world.storage.read_note(event.batch_id, name) for name in (REJECTED, SEALED)]
                if not any(ended) and event.batch_id not in self.world.accepted:
                    raise Broken("committed_early", f"{event.id} before its batch was accepted")
