"""Everything at once on one big batch: kills, zombies, a broker that dies and stalls, workers coming and going."""

import time
from collections.abc import Callable
from functools import partial
from itertools import cycle, islice

from faults.runner import brokers, processes
from faults.runner.arena import Arena
from faults.runner.faultlog import require
from faults.runner.handing import Handed, cancel, hand_in, prepare_batch
from faults.runner.parallel import at_once
from faults.runner.records import results_of
from faults.runner.waiting import until

CANCELLED = frozenset({"cancelled"})


def storm(arena: Arena) -> None:
    """Hand the batch in, let all injectors loose until each has had its number; the batch must outlast them."""
    sizes = arena.sizes
    big = hand_in(arena, prepare_batch(arena, sizes.items))
    until(lambda: results_of(arena.system.address, big.batch_id), "the first results")
    began = time.monotonic()
    at_once(
        partial(_kill, arena),
        partial(_shake, arena),
        partial(_join_and_leave, arena),
        partial(_hand_in_further, arena),
    )
    least = max(sizes.least_seconds - (time.monotonic() - began), 0.0)
    time.sleep(least)
    require(not is_over(arena, big), "the batch outlasts the faults")


def _kill(arena: Arena) -> None:
    choices = arena.choices("kill")
    for _ in range(arena.sizes.kills):
        time.sleep(arena.sizes.kill_every)
        processes.kill_one(arena, choices)


def _shake(arena: Arena) -> None:
    """The broker's faults and the zombies, one after the other in an order of chance."""
    choices, sizes = arena.choices("shake"), arena.sizes
    acts: list[Callable[[], None]] = [
        *[partial(brokers.kill_broker, arena)] * sizes.broker_kills,
        *[partial(brokers.restart_broker, arena, choices)] * sizes.broker_stops,
        *[partial(brokers.stall_broker, arena, sizes.stall_seconds)] * sizes.stalls,
        *[partial(processes.pause, arena, choices, "render")] * sizes.worker_zombies,
        *[partial(processes.pause, arena, choices, role) for role in islice(cycle(_KEEPERS), sizes.role_zombies)],
    ]
    choices.shuffle(acts)
    for act in acts:
        time.sleep(choices.uniform(0.5, 2.0))
        act()


_KEEPERS = ("aggregate", "explode", "close")


def _join_and_leave(arena: Arena) -> None:
    choices = arena.choices("join")
    for _ in range(arena.sizes.joins):
        time.sleep(choices.uniform(1.0, 3.0))
        processes.join_and_leave(arena, choices, 3.0)


def _hand_in_further(arena: Arena) -> None:
    """Small batches among the faults; the last of them large enough to be cancelled in the middle."""
    choices = arena.choices("further")
    for _ in range(arena.sizes.further - 1):
        time.sleep(choices.uniform(4.0, 12.0))
        hand_in(arena, prepare_batch(arena, choices.randint(20, 150)))
    last = hand_in(arena, prepare_batch(arena, 5_000, ends=CANCELLED))
    until(lambda: results_of(arena.system.address, last.batch_id), "the batch to be cancelled moves")
    cancel(arena, last)
    arena.log.note("cancel", last.batch_id)


def is_over(arena: Arena, handed: Handed) -> bool:
    return (arena.system.settings.archives / f"{handed.batch_id}-1.zip").exists()
