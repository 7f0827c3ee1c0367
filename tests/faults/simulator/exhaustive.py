"""Every place where a process may die, and every pair of them, in the fair course of one batch."""

from collections.abc import Iterator
from dataclasses import dataclass

from faults.simulator.chance import FairCourse, Fate
from faults.simulator.log import Seat
from faults.simulator.oracles import check, check_calm
from faults.simulator.orders import Order
from faults.simulator.processes import Process
from faults.simulator.verdicts import Broken
from faults.simulator.world import ROLES, Setting, World


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was run: places of the course without a fault, and pairs of first and second death."""

    singles: int = 0
    pairs: int = 0
    points: tuple[str, ...] = ()
    """The names of the places passed."""

    @property
    def runs(self) -> int:
        return 1 + self.singles + self.pairs

    def __add__(self, other: "Coverage") -> "Coverage":
        names = tuple(sorted({*self.points, *other.points}))
        return Coverage(self.singles + other.singles, self.pairs + other.pairs, names)


class Branching(FairCourse):
    """At each place it keeps the world as it would be without the process that stands there."""

    def __init__(self) -> None:
        super().__init__()
        self.branches: list[tuple[World, Seat]] = []
        self.names: set[str] = set()

    def at(self, world: World, process: Process, point: str) -> Fate:
        self.names.add(f"{process.role}.{point}")
        self.branches.append((world.clone(), process.seat))
        return "go"


def setting_of(total: int, roles: tuple[type[Process], ...] = ROLES) -> Setting:
    """A batch of so many items whose last one fails, and whose end is told by every way."""
    order = Order(total=total, failing=frozenset({total - 1} if total > 1 else ()))
    return Setting(orders=(order,), has_webhook=True, roles=roles)


def run_all(setting: Setting, share: tuple[int, int] = (0, 1)) -> Coverage:
    """The share (k of n) of all runs whose first death lies at place k, k + n, …; raises Broken."""
    world, branches, names = branch(World(setting), ())
    coverage = Coverage(points=tuple(sorted(names)))
    for number in range(share[0], len(branches), share[1]):
        coverage += run_pairs(*branches[number], number + 1)
    del world
    return coverage


def run_pairs(world: World, seat: Seat, first: int) -> Coverage:
    """One first death with every second one."""
    world.seat_another(world.processes[seat])
    _, branches, names = branch(world, (first,))
    for twin, other in branches:
        twin.chance = FairCourse()
        twin.seat_another(twin.processes[other])
        finish(twin, (first, twin.points))
    return Coverage(1, len(branches), tuple(names))


def branch(world: World, deaths: tuple[int, ...]) -> tuple[World, list[tuple[World, Seat]], set[str]]:
    """Run to the end and keep what could have gone another way."""
    course = world.chance = Branching()
    finish(world, deaths)
    return world, course.branches, course.names


def finish(world: World, deaths: tuple[int, ...]) -> None:
    """Run to the end and check everything; what is broken is named with the deaths that led to it."""
    try:
        world.run()
        check(world)
        check_calm(world)
    except Broken as broken:
        broken.origin = f"total {world.setting.orders[0].total}, deaths at {deaths}"
        raise


class Deaths(FairCourse):
    """The fair course with deaths at given places, to be run again with a trace."""

    def __init__(self, deaths: tuple[int, ...]) -> None:
        super().__init__()
        self._deaths = deaths

    def at(self, world: World, process: Process, point: str) -> Fate:  # noqa: ARG002 - it goes by numbers
        return "crash" if world.points in self._deaths else "go"


def replay(setting: Setting, deaths: tuple[int, ...]) -> Iterator[str]:
    """The trace of one run, and how it ended."""
    world = World(setting, Deaths(deaths), trace=[])
    try:
        finish(world, deaths)
        ending = "all promises were kept"
    except Broken as broken:
        ending = str(broken)
    yield from world.trace or ()
    yield ending
