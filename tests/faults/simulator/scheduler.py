"""The scheduler as agents.explode does it."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from faults.simulator.intake import SEALED
from faults.simulator.orders import ITEM_PARTITIONS, item_of
from faults.simulator.processes import Process, Steps, Work
from faults.simulator.verdicts import Broken

from pressrun.domain.missing import look_round, quiet, refusal
from pressrun.domain.releasing import Release, take_turn
from pressrun.domain.schedule_rows import ScheduleKeeper
from pressrun.domain.schedules import Pace, Schedule
from schemas.dispatch import BatchClosed, WindowContinued
from schemas.events import Record
from schemas.results import BatchAccepted
from schemas.ticks import Tick

if TYPE_CHECKING:
    from faults.simulator.world import World

ITEMS = "items-letters"


class Scheduler(Process):
    role = "explode"
    topic = "dispatch"

    def arrive(self) -> None:
        self.keeper = ScheduleKeeper(self.table, 0)
        self.world.tick(self)

    def clone(self, world: "World") -> Self:
        twin = super().clone(world)
        twin.keeper = ScheduleKeeper(twin.table, 0)
        twin.keeper._schedule = self.keeper._schedule
        return twin

    @property
    def is_busy(self) -> bool:
        return self.keeper.is_busy

    def work(self, events: Sequence[Record]) -> Work:
        now, at_most = self.world.now(), self.world.setting.at_most
        before = self._load()
        fresh = []
        for event in events:
            if (bad := refusal(before, event, ITEM_PARTITIONS)) is not None:
                yield from self.bury(bad.code)
            elif not isinstance(event, BatchAccepted) or self._can_run(event):
                fresh.append(event)
        after, said, releases = take_turn(before, fresh, now, 0 if self.is_replaying else at_most)
        for piece in releases:
            yield from self._send_out(piece)
        if any(isinstance(event, Tick) for event in events):
            is_idle = bool(quiet(after, now.seconds)) and self.world.lag() == 0
            after, told = look_round(after, now, is_idle=is_idle)
            said = (*said, *told)
        if not self.is_replaying:
            yield from self.say_all((event, "results") for event in said)
        self._store(after)
        yield from self.flush()
        if sum(piece.length for piece in releases) >= at_most // 2:
            yield from self.say(WindowContinued(id="continued", time=now.time), self.topic, 0)
        return True

    def _load(self) -> Schedule:
        """With the window of the setting: the pace is not kept, and a fresh one would release everything."""
        schedule = self.keeper.load(self.world.seconds)
        if schedule.pace.since == math.inf:
            return schedule
        return replace(schedule, pace=Pace(per_second=2.0 * self.world.setting.window, since=math.inf))

    def _store(self, schedule: Schedule) -> None:
        self.keeper.store(schedule)

    def _can_run(self, accepted: BatchAccepted) -> bool:
        return self.world.storage.read_note(accepted.batch_id, SEALED) is None

    def _send_out(self, piece: Release) -> Steps:
        """A record batch reaches the log whole; two of them make a run."""
        order, key = self.world.orders[piece.batch_id], f"{piece.batch_id}/{piece.attempt}/{piece.first}"
        middle = (piece.first + piece.last) // 2
        for first, last in ((piece.first, middle), (middle + 1, piece.last)):
            for index in range(first, last + 1):
                self.world.append(self, item_of(order, index, piece.repair), ITEMS, piece.partition, key)
            if first <= last:
                yield "released"

    def check_commit(self, events: Sequence[Record]) -> None:
        rows = self.world.log.changelogs[self.seat]
        closed = {event.batch_id for event in events if isinstance(event, BatchClosed)}
        for event in events:
            if isinstance(event, BatchAccepted) and self._can_run(event) and event.batch_id not in closed:
                is_kept = f"batch/{event.batch_id}".encode() in rows
                if not is_kept and event.batch_id not in self.world.closed:
                    raise Broken("committed_early", f"{event.id} before the batch was on the schedule")
