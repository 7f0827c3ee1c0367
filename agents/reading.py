"""Reads the records of a block strictly, and says what keeps it where a bad moment does."""

from collections.abc import AsyncIterator, Iterable

from agents.ports import Block, Carrier, Clock, Outbox
from pressrun.domain.setbacks import blocked
from schemas.decoding import BadRecord, Decoder
from schemas.errors import PressrunError
from schemas.events import Event, Record


async def read_block(
    block: Block, decoder: Decoder, outbox: Outbox, clock: Clock
) -> AsyncIterator[tuple[Carrier, Record]]:
    """Every readable record of the block with its event; VersionTooNew passes through and ends the worker."""
    for record in block.records:
        try:
            event = decoder.decode(record.value)
            _check_home(event, block, outbox)
        except BadRecord as error:
            if block.is_replayed:
                continue
            await outbox.bury(record, block.place, error.reason_code, str(error), clock())
            continue
        if event is not None:
            yield record, event


def _check_home(event: Record | None, block: Block, outbox: Outbox) -> None:
    """A batch whose records came on two partitions would have two counters."""
    home = outbox.home_of(event.batch_id) if isinstance(event, Event) else None
    if home is not None and home != block.place.partition:
        raise BadRecord("wrong_partition", f"batch_id: records of this batch belong on partition {home}")


async def postpone(
    block: Block, error: PressrunError, outbox: Outbox, clock: Clock, batches: Iterable[tuple[str, int]] = ()
) -> None:
    """A bad moment is waited for, visibly; anything else ends the worker."""
    if not error.retriable:
        raise error
    for batch_id, attempt in batches:
        await outbox.say(blocked(batch_id, attempt, error.code, clock()), "results")
    block.later(error.code)
