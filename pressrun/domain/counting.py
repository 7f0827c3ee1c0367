"""Counts one block of results: every event through `step`, every batch it touched through one `report`."""

from collections.abc import Sequence
from dataclasses import dataclass

from pressrun.domain.batches import Batch, Effect, Show, look_again, report, step
from pressrun.domain.ledger import Ledger
from pressrun.domain.moments import Moment
from pressrun.domain.refusals import Refuse
from schemas.events import Event, Record


@dataclass(frozen=True, slots=True)
class Counted:
    """What a block comes to; nothing of it is stored yet."""

    batches: tuple[Batch, ...]
    effects: tuple[Effect, ...]
    """Before the rows are stored, in their order."""
    shown: tuple[Show, ...]
    """After the rows are stored."""
    refused: tuple[tuple[int, Refuse], ...]
    """Position of the event in the block, and why its record is a bad one."""


def count(ledger: Ledger, events: Sequence[Record], now: Moment) -> Counted:
    """The batches after the events; anything that is no Event (a Tick) makes all open batches look again."""
    batches: dict[str, Batch] = {}
    effects: list[Effect] = []
    refused: list[tuple[int, Refuse]] = []
    for position, event in enumerate(events):
        if isinstance(event, Event):
            batch, told = step(batches.get(event.batch_id) or ledger.load(event.batch_id), event)
            refused += [(position, effect) for effect in told if isinstance(effect, Refuse)]
            effects += told
            if batch is not None:
                batches[event.batch_id] = batch
    ticked = any(not isinstance(event, Event) for event in events)
    if ticked:
        batches = {batch.head.batch_id: batch for batch in ledger.open_batches()} | batches
    look = look_again if ticked else report
    for batch_id, batch in batches.items():
        batches[batch_id], told = look(batch, now)
        effects += told
    # Shown after the last word on a batch, what it was before would be taken for the last.
    shown = tuple(e for e in effects if isinstance(e, Show) and batches[e.event.batch_id].is_open)
    first = tuple(effect for effect in effects if not isinstance(effect, Show))
    return Counted(tuple(batches.values()), first, shown, tuple(refused))
