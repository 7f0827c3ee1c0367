"""The systems scenarios run on: one as users have it, one to be damaged, and two whose broker is somebody else's."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from broker.live import System
from faults.runner.arena import Arena
from faults.runner.disks import a_small_disk
from faults.runner.mailbox import Mailbox, an_open_mailbox
from faults.runner.scenario import Ground, has
from faults.runner.shims import build_shims
from faults.runner.sizes import Sizes
from webhookserver import SECRET

from streams.administration import apply_topics
from streams.devbroker import BrokerSettings, start_broker, stop_broker

SMALL_DISK_MB = 400
FAST_DELAY_MS = "2"
"""A batch of some hundred items then lasts about a second: long enough to be hit in the middle."""

CALM_DELAY_MS = 8

SILENCE_SECONDS = "6"
"""In place of 30, so that an item that hangs is found out in half a minute."""


@contextmanager
def a_ground(ground: Ground, directory: Path, seed: int, sizes: Sizes) -> Iterator[Arena]:
    """The system, ready for its scenarios; stopped at the end, and nothing of it left running whatever happened."""
    with ExitStack() as stack:
        mailbox = stack.enter_context(an_open_mailbox())
        make = _MAKERS[ground]
        arena = make(directory, seed, sizes, mailbox, stack)
        yield arena
        if arena.system.is_up:
            arena.system.stop()


def _storm(directory: Path, seed: int, sizes: Sizes, mailbox: Mailbox, stack: ExitStack) -> Arena:
    system = _system(directory, mailbox, stack, item_delay_ms=str(sizes.item_delay_ms))
    system.start()
    return Arena(system, seed, sizes, mailbox, stack)


def _calm(directory: Path, seed: int, sizes: Sizes, mailbox: Mailbox, stack: ExitStack) -> Arena:
    """As for the storm, and slower: one fault after the other takes longer than all at once."""
    return _storm(directory, seed, replace(sizes, item_delay_ms=CALM_DELAY_MS), mailbox, stack)


def _damage(directory: Path, seed: int, sizes: Sizes, mailbox: Mailbox, stack: ExitStack) -> Arena:
    """Small disks where they can be mounted, shims where they can be built."""
    system = _system(directory, mailbox, stack, item_traps="1", silence_seconds=SILENCE_SECONDS)
    arena = Arena(system, seed, sizes, mailbox, stack)
    if has("root") and has("linux"):
        for folder in ("archives", "batches", "broker/data"):
            stack.enter_context(a_small_disk(directory / folder, SMALL_DISK_MB))
    if has("cc") and has("linux"):
        arena.shims = build_shims(directory / "shims")
        system.environment.update(arena.shims.environment)
    system.start()
    return arena


def _order(directory: Path, seed: int, sizes: Sizes, mailbox: Mailbox, stack: ExitStack) -> Arena:
    """Nothing runs; the address of the broker that is to come is known, and its topics are there."""
    broker = BrokerSettings(directory / "elsewhere", None)
    address = start_broker(broker).address
    apply_topics(address)
    stop_broker(broker)
    system = _system(directory, mailbox, stack, broker=address, session_timeout="3")
    return Arena(system, seed, sizes, mailbox, stack, broker=broker)


def _outage(directory: Path, seed: int, sizes: Sizes, mailbox: Mailbox, stack: ExitStack) -> Arena:
    """A system on a broker that its supervisor neither starts nor stops."""
    broker = BrokerSettings(directory / "elsewhere", None)
    stack.callback(stop_broker, broker)
    system = _system(directory, mailbox, stack, broker=start_broker(broker).address, session_timeout="3")
    system.start()
    return Arena(system, seed, sizes, mailbox, stack, broker=broker)


def _system(directory: Path, mailbox: Mailbox, stack: ExitStack, **settings: str) -> System:
    fixed = {"item_delay_ms": FAST_DELAY_MS, "smtp_port": str(mailbox.port), "disk_reserve_mb": "1"}
    fixed |= {"webhook_url": mailbox.receiver.url, "webhook_secret": SECRET}
    system = System(directory, **{**fixed, **settings})
    stack.callback(system.abandon)
    return system


_MAKERS: dict[Ground, Callable[[Path, int, Sizes, Mailbox, ExitStack], Arena]] = {
    "storm": _storm,
    "calm": _calm,
    "damage": _damage,
    "order": _order,
    "outage": _outage,
}
