"""Faults of clocks: the wall clock of every role jumps, by days, in both directions."""

from functools import partial

import psutil
from faults.runner.arena import Arena
from faults.runner.damage import a_moving_batch
from faults.runner.shims import Shims
from faults.runner.waiting import until

DAY = 86_400
JUMPS = (2 * DAY, -DAY, -30 * DAY, 0)
"""Seconds from the true time; the last jump is the one back."""


def jump(arena: Arena) -> None:
    """Each jump in the middle of a batch, met by every role before the next."""
    assert arena.shims is not None
    for seconds in JUMPS:
        a_moving_batch(arena, arena.sizes.small // 2)
        roles = arena.system.role_processes()
        arena.shims.move_clock(seconds)
        until(partial(_all_saw, arena.shims, roles, seconds), f"every role met the jump to {seconds} s")
        arena.log.note(f"clock jumps to {seconds // DAY:+d} d", f"{len(roles)} processes")


def _all_saw(shims: Shims, roles: list[psutil.Process], seconds: int) -> bool:
    """Of those that still live; one that was there when the clock moved has seen it move."""
    return {process.pid for process in roles if process.is_running()} <= shims.who_saw(seconds)
