"""Runs in which everything happens at once, each from a number that gives the same run again."""

import math
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from faults.simulator.chance import FairCourse, Fate
from faults.simulator.faults import FAULTS, Strike
from faults.simulator.notifier import Answer
from faults.simulator.oracles import check
from faults.simulator.orders import Order
from faults.simulator.processes import Process
from faults.simulator.verdicts import Broken
from faults.simulator.world import ROLES, Hand, Setting, World

from schemas.events import Event, Priority

AT_A_POINT: Sequence[Fate] = ("crash", "crash", "crash", "freeze", "freeze", "pause")
ANSWERS: Sequence[Answer] = (
    "accepted",
    "accepted",
    "accepted",
    "accepted",
    "busy",
    "refused",
    "accepted_unheard",
    "lost_unheard",
    "unreachable",
)
PRIORITIES: Sequence[Priority] = ("high", "normal", "low")


class RandomCourse(FairCourse):
    """Whoever comes next, comes; blocks are cut anyhow; and so many faults strike, wherever they do."""

    def __init__(self, chance: random.Random, faults: int, kinds: Mapping[str, Strike]) -> None:
        super().__init__()
        self._chance = chance
        self._left = faults
        self._kinds = list(kinds.items())
        self.struck: Counter[str] = Counter()
        # A fault every so many points: some runs get them all at once, some spread out.
        self._often = chance.choice((0.003, 0.01, 0.03, 0.1))
        self._is_prompt = chance.random() < 0.3
        self._largest_block = chance.choice((2, 6, 16, 32))
        self.quiet_until = self._draw_next(0)
        self._refusals_left = 4

    def pick(self, hands: Sequence[Hand], last: Hand | None) -> Hand:
        return super().pick(hands, last) if self._is_prompt else self._chance.choice(hands)

    def block_size(self) -> int:
        return 1 + int(self._chance.random() * self._largest_block)

    def commits(self) -> bool:
        return self._chance.random() < 0.6

    def arrange(self, said: list[tuple[Event, str]]) -> list[tuple[Event, str]]:
        """Partitions get theirs in any order, each its own in the order said."""
        if len(said) < 2 or self._is_prompt:
            return said
        ranks = {topic: self._chance.random() for _, topic in said}
        return sorted(said, key=lambda pair: ranks[pair[1]])

    def mail_answer(self) -> Answer:
        """A server that is busy, silent or away comes to itself in the end."""
        answer = self._chance.choice(ANSWERS) if self._refusals_left else "accepted"
        self._refusals_left -= answer not in {"accepted", "refused"}
        return answer

    def _draw_next(self, point: int) -> int:
        """The next place of a fault: drawn once, where a throw at each place would cost as much as the place."""
        return point + 1 + int(math.log(1.0 - self._chance.random()) / math.log(1.0 - self._often))

    def at(self, world: World, process: Process, point: str) -> Fate:  # noqa: ARG002 - every place is as good
        if not self._left:
            self.quiet_until = math.inf
            return "go"
        self.quiet_until = self._draw_next(world.points)
        self._left -= 1
        fate = self._chance.choice(AT_A_POINT)
        self.struck[fate] += 1
        world.waits = 0
        return fate

    def before_step(self, world: World) -> None:
        if self._left and self._chance.random() < self._often * 3:
            self._strike(world)
        if world.suspended and self._chance.random() < 0.1:
            world.resume(self._chance.randrange(len(world.suspended)))

    def strikes_late(self, world: World) -> bool:
        """What is left strikes when all is over, now and then."""
        while self._left and self._chance.random() < 0.7:
            if self._strike(world):
                return True
        return False

    def _strike(self, world: World) -> bool:
        self._left -= 1
        name, strike = self._chance.choice(self._kinds)
        if not strike(world, self._chance):
            return False
        self.struck[name] += 1
        world.waits = 0
        return True


def world_of(
    seed: int,
    *,
    roles: tuple[type[Process], ...] = ROLES,
    kinds: Mapping[str, Strike] = FAULTS,
    trace: list[str] | None = None,
) -> World:
    """The world of one number: what is submitted, how the topics are cut, and how many faults there will be."""
    chance = random.Random(seed)
    orders = tuple(_an_order(number, chance) for number in range(1 if chance.random() < 0.88 else 2))
    setting = Setting(
        orders=orders,
        window=chance.choice((2, 4, 8, 8)),
        at_most=chance.choice((3, 4096)),
        partitions=chance.choice((1, 1, 1, 2)),
        has_webhook=chance.random() < 0.25,
        roles=roles,
    )
    return World(setting, RandomCourse(chance, chance.randrange(1, 8), kinds), trace=trace)


def _an_order(number: int, chance: random.Random) -> Order:
    total = chance.randrange(1, 13) if chance.random() < 0.98 else chance.randrange(33, 50)
    failing = frozenset(index for index in range(total) if chance.random() < 0.1)
    killing = frozenset(index for index in range(total) if chance.random() < 0.01) - failing
    return Order(
        number=number,
        total=total,
        failing=failing,
        killing=killing,
        notify=chance.random() < 0.8,
        is_faulty=chance.random() < 0.03,
        priority=chance.choice(PRIORITIES),
    )


def run_one(
    seed: int, *, roles: tuple[type[Process], ...] = ROLES, kinds: Mapping[str, Strike] = FAULTS
) -> Counter[str]:
    """One run; returns its faults by kind. Raises Broken, with the number and the trace."""
    world = world_of(seed, roles=roles, kinds=kinds)
    try:
        finish(world)
    except Broken as broken:
        broken.origin = f"seed {seed}"
        broken.trace = tuple(traced(seed, roles=roles, kinds=kinds))
        raise
    assert isinstance(world.chance, RandomCourse)
    return world.chance.struck


def finish(world: World) -> None:
    world.run()
    check(world)


def traced(
    seed: int, *, roles: tuple[type[Process], ...] = ROLES, kinds: Mapping[str, Strike] = FAULTS
) -> Iterator[str]:
    """What happened in a run, place by place."""
    trace: list[str] = []
    world = world_of(seed, roles=roles, kinds=kinds, trace=trace)
    try:
        finish(world)
        trace.append("all promises were kept")
    except Broken as broken:
        trace.append(f"{broken.code}: {broken.detail}")
    yield f"{world.setting!r}"
    yield from trace
