"""A scenario: one sort of trouble, what a machine needs for it, how often it has to have happened."""

import os
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from faults.runner.arena import Arena

from pressrun.settings import Settings

Need = Literal["root", "cc", "linux", "traps"]
Ground = Literal["storm", "calm", "damage", "order", "outage"]
"""The system it runs on: of one ground all scenarios share one."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """`inject` returns when its faults have happened and are healed; batches it handed in may still be running.

    `asked` says how many faults of which kind it has to leave in the arena's log: fewer, and the run has failed.
    """

    name: str
    says: str
    ground: Ground
    inject: Callable[[Arena], None]
    asked: Mapping[str, int]
    needs: tuple[Need, ...] = field(default=())


_HAS: Mapping[Need, tuple[Callable[[], object], str]] = {
    "root": (lambda: os.geteuid() == 0, "only root can mount a small file system"),
    "cc": (lambda: shutil.which("cc"), "there is no C compiler to build the preload shims with"),
    "linux": (lambda: sys.platform == "linux", "LD_PRELOAD and tmpfs are Linux's"),
    "traps": (lambda: "item_traps" in Settings.model_fields, "this pressrun knows no item traps"),
}


def has(need: Need) -> bool:
    """Whether this machine can do it."""
    return bool(_HAS[need][0]())


def why_not(scenario: Scenario) -> str | None:
    """What this machine lacks for it; None: it can run."""
    lacks = [_HAS[need][1] for need in scenario.needs if not has(need)]
    return "; ".join(lacks) or None
