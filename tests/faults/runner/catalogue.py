"""Every scenario there is, ground by ground in the order they run in."""

from faults.runner import calm, clocks, damage, disks, ordering, outage, replaying, traps
from faults.runner.scenario import Scenario
from faults.runner.sizes import Sizes
from faults.runner.storm import storm


def scenarios(sizes: Sizes) -> tuple[Scenario, ...]:
    """Of a run of this size."""
    return (_storm(sizes), *_LOST, *_FAILING, _ORDER, _calm(sizes), _OUTAGE)


ONLY_LONG = frozenset({"calm", "outage"})
"""Grounds that a short run has no time for; they may be asked for by name."""


def _storm(sizes: Sizes) -> Scenario:
    return Scenario(
        "storm",
        "kills, zombies, a broker that dies and stalls, workers coming and going, all on one big batch",
        "storm",
        storm,
        {
            "kill": sizes.kills + sizes.broker_kills,
            "kill broker": sizes.broker_kills,
            "stop broker": sizes.broker_stops,
            "stall broker": sizes.stalls,
            "zombie render": sizes.worker_zombies,
            "zombie": sizes.worker_zombies + sizes.role_zombies,
            "worker joins": sizes.joins,
            "worker leaves": sizes.joins,
            "submitted without a broker": sizes.broker_kills,
            "cancel": 1,
        },
    )


def _calm(sizes: Sizes) -> Scenario:
    return Scenario(
        "calm",
        "one kill at a time, for the time it takes to get over it",
        "calm",
        calm.measure,
        {"kill render": sizes.calm_kills, "kill broker": sizes.calm_broker_kills},
    )


_LOST = (
    Scenario(
        "segments",
        "one bit flipped in each stored segment and sidecar",
        "damage",
        damage.flip_segments,
        {"bit flipped in a segment": 1, "bit flipped in a sidecar": 1},
    ),
    Scenario("tally", "one bit flipped in a stored tally", "damage", damage.flip_tally, {"bit flipped in a tally": 1}),
    Scenario(
        "inputs",
        "one bit flipped in each blob a batch is made from",
        "damage",
        damage.flip_inputs,
        {f"bit flipped in a blob: {name}": 1 for name in ("plan", "rows", "design", "compiled")},
    ),
    Scenario(
        "state",
        "state directories deleted, all roles killed",
        "damage",
        damage.lose_state,
        {"state directory deleted": 1},
    ),
    Scenario(
        "replay",
        "the last third of every topic a role reads on the log again, shuffled, twice",
        "damage",
        replaying.replay,
        {"replay of a topic": 12},
    ),
    Scenario("changelogs", "every changelog emptied", "damage", damage.empty_changelogs, {"changelog emptied": 4}),
)

_FAILING = (
    Scenario(
        "output", "no room for archives", "damage", disks.fill_output, {"disk full: output": 1}, ("linux", "root")
    ),
    Scenario(
        "folders", "no room for segments", "damage", disks.fill_segments, {"disk full: segments": 1}, ("linux", "root")
    ),
    Scenario("refused", "every write refused", "damage", disks.refuse_writes, {"writes refused": 1}, ("linux", "cc")),
    Scenario(
        "flushes",
        "every fsync fails",
        "damage",
        disks.fail_flushes,
        {"fsync fails: archives": 1, "fsync fails: blobs": 1},
        ("linux", "cc"),
    ),
    Scenario(
        "clocks",
        "wall clocks of all roles jump by days",
        "damage",
        clocks.jump,
        {f"clock jumps to {days} d": 1 for days in ("+2", "-1", "-30", "+0")},
        ("linux", "cc"),
    ),
    Scenario(
        "killers", "an item kills its worker", "damage", traps.kill_by_item, {"item trap __kill__": 1}, ("traps",)
    ),
    Scenario(
        "hangers", "an item hangs its worker", "damage", traps.hang_by_item, {"item trap __hang__": 1}, ("traps",)
    ),
    Scenario("log", "no room for the log", "damage", disks.fill_broker, {"disk full: broker": 1}, ("linux", "root")),
)

_ORDER = Scenario(
    "order",
    "every role 10 s before the broker",
    "order",
    ordering.roles_before_broker,
    {"roles before the broker": 1},
)

_OUTAGE = Scenario(
    "outage",
    "the broker away for longer than every timeout, batches submitted meanwhile",
    "outage",
    outage.long_outage,
    {"broker away for long": 1, "submitted without a broker": outage.SUBMITTED_MEANWHILE},
)
