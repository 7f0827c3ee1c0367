"""Finding a batch, and waiting for its end before one's eyes."""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from pressrun.cli.consoles import say
from pressrun.cli.displays import counts_of, progress_display
from pressrun.cli.errors import BatchUnknown
from pressrun.domain.batches import ENDED
from pressrun.following import BatchStates
from pressrun.settings import Settings
from pressrun.system import read_system
from schemas.batches import BatchState

FIND_SECONDS = 5.0
"""A batch submitted just now is told of within a second; one not told of after this is not known."""
LOOK_SECONDS = 0.25

ENDED_MEANWHILE = "the system has ended: the batch waits, and goes on when `pressrun up` runs again"


def find_batch(address: str, batch_id: str, *, within_s: float = FIND_SECONDS) -> BatchState:
    """The batch's last state; raises BatchUnknown."""
    deadline = time.monotonic() + within_s
    with BatchStates(address) as states:
        while (state := states.read_to_end().get(batch_id)) is None:
            if time.monotonic() >= deadline:
                raise BatchUnknown(f"no batch {batch_id} is known here: `pressrun batches` lists those that are")
            time.sleep(LOOK_SECONDS)
    return state


def follow_batch(address: str, batch_id: str, is_up: Callable[[], bool]) -> BatchState | None:
    """Show a batch until it has ended, or until Ctrl-C, which leaves it running; the last state that was seen."""
    last: BatchState | None = None
    was_up = True
    with suppress(KeyboardInterrupt), BatchStates(address) as states, progress_display() as display:
        for state in states.follow(batch_id):
            if state is not None:
                display.tell(state)
                last = state
            elif is_up() != was_up:
                was_up = not was_up
                display.remark("the system runs again" if was_up else ENDED_MEANWHILE)
    return last


def is_up(settings: Settings) -> bool:
    """Whether the system of the data directory runs; of roles on a given broker nothing is known here."""
    return settings.broker is not None or read_system(settings) is not None


def tell_end(batch_id: str, state: BatchState | None, archives: Path) -> None:
    """What came of a batch and where it lies, in a few words, or how to go on watching it."""
    if state is None or state.status not in ENDED:
        say(f"The batch goes on. Watch it again: pressrun watch {batch_id}")
        return
    say(f"Batch {batch_id} is {state.status}: {counts_of(state)}")
    for name in state.archive:
        say(f"archive: {archives / name}")
    for fault in state.faults:
        say(f"{fault.code}: {fault.where}: {fault.message} {fault.remedy}")
