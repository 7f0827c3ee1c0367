"""Starting in any order: roles long before their broker, each by hand as a service manager would keep it."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from faults.runner.arena import Arena
from faults.runner.faultlog import require
from faults.runner.handing import hand_in, prepare_batch
from faults.runner.processes import end

from streams.devbroker import broker_status, start_broker, stop_broker
from streams.topology import ROLE_NAMES

ALONE_SECONDS = 10.0
AGAIN_SECONDS = 1.0


def roles_before_broker(arena: Arena) -> None:
    """Every role, in an order of chance, 10 s before the broker; then a batch."""
    choices = arena.choices("order")
    broker = arena.broker
    require(broker is not None and broker_status(broker) is None, "no broker runs")
    assert broker is not None
    roles = [*ROLE_NAMES, "render"]
    choices.shuffle(roles)
    arena.stack.enter_context(kept_roles(arena, roles))
    time.sleep(ALONE_SECONDS)
    start_broker(broker)
    arena.stack.callback(stop_broker, broker)
    arena.log.note("roles before the broker", " ".join(roles))
    hand_in(arena, prepare_batch(arena, arena.sizes.small))


@contextmanager
def kept_roles(arena: Arena, roles: list[str]) -> Iterator[None]:
    """Each role in a process of its own, started again whenever it ends."""
    stopping = threading.Event()
    threads = [
        threading.Thread(target=_keep, args=(arena, role, number, stopping), daemon=True)
        for number, role in enumerate(roles, 10)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopping.set()
        for thread in threads:
            thread.join()


def _keep(arena: Arena, role: str, number: int, stopping: threading.Event) -> None:
    while not stopping.is_set():
        process = arena.system.join(role, number)
        while process.poll() is None and not stopping.wait(0.1):
            pass
        end(process)
        stopping.wait(AGAIN_SECONDS)
