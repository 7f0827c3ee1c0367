"""A broker that is away for longer than every timeout, while people go on submitting."""

import time
from collections.abc import Callable
from functools import partial

from faults.runner.arena import Arena
from faults.runner.damage import a_moving_batch
from faults.runner.faultlog import require
from faults.runner.handing import hand_in, prepare_batch
from faults.runner.parallel import at_once

from streams.devbroker import broker_status, start_broker, stop_broker

SUBMITTED_MEANWHILE = 3


def long_outage(arena: Arena) -> None:
    """Stopped in the middle of a batch; three more are submitted meanwhile, until each is taken."""
    broker = arena.broker
    assert broker is not None
    a_moving_batch(arena, arena.sizes.small)
    at = time.time()
    stop_broker(broker)
    arena.log.note("submissions begin without a broker", "", at=at)

    def come_back() -> None:
        time.sleep(arena.sizes.outage_seconds)
        require(broker_status(broker) is None, "the broker was away all the time")
        back = time.time()
        start_broker(broker)
        arena.log.note("broker away for long", f"{arena.sizes.outage_seconds:.0f} s", at=back)

    submissions: list[Callable[[], None]] = [partial(_submit, arena)] * SUBMITTED_MEANWHILE
    at_once(come_back, *submissions)


def _submit(arena: Arena) -> None:
    handed = hand_in(arena, prepare_batch(arena, 50), within=arena.sizes.outage_seconds + 120)
    arena.log.note("submitted without a broker", handed.batch_id)
