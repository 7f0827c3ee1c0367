"""How long and how large a run is: one set for CI, one for hours."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    """Counts of faults are the least a run has to have had."""

    items: int
    item_delay_ms: float
    least_seconds: float
    """The big batch has to have been at work for so long, or the faults hit nothing."""
    kills: int
    kill_every: float
    broker_kills: int
    broker_stops: int
    worker_zombies: int
    role_zombies: int
    stalls: int
    stall_seconds: float
    joins: int
    further: int
    """Small batches handed in meanwhile."""
    small: int
    """Items of a batch on the damaged system."""
    outage_seconds: float
    calm_kills: int = 10
    calm_broker_kills: int = 4


SHORT = Sizes(
    items=20_000,
    item_delay_ms=3,
    least_seconds=90,
    kills=20,
    kill_every=3,
    broker_kills=3,
    broker_stops=2,
    worker_zombies=2,
    role_zombies=2,
    stalls=1,
    stall_seconds=5,
    joins=8,
    further=5,
    small=400,
    outage_seconds=20,
)

LONG = Sizes(
    items=60_000,
    item_delay_ms=9,
    least_seconds=270,
    kills=80,
    kill_every=3,
    broker_kills=10,
    broker_stops=6,
    worker_zombies=6,
    role_zombies=8,
    stalls=4,
    stall_seconds=15,
    joins=40,
    further=20,
    small=2_000,
    outage_seconds=600,
    calm_kills=40,
    calm_broker_kills=10,
)
