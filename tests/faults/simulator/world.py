"""The simulated world: the log, storage, time, and one process in each seat; a step is one block or one intent."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache, cached_property
from typing import NamedTuple, TypeAlias

from faults.simulator.chance import FairCourse
from faults.simulator.closer import Closer
from faults.simulator.counter import Counter
from faults.simulator.intake import Intake
from faults.simulator.log import Entry, Fenced, Log, Place, Seat
from faults.simulator.notifier import Answer, Notifier
from faults.simulator.orders import ITEM_PARTITIONS, NUMBERS, START, TICK, Order, submission_of
from faults.simulator.processes import Process, Steps
from faults.simulator.scheduler import Scheduler
from faults.simulator.storage import Storage
from faults.simulator.verdicts import Broken, Killed
from faults.simulator.worker import Worker

from pressrun.domain.moments import Moment
from schemas.dispatch import BatchClosed
from schemas.events import Event, Record
from schemas.results import BatchAccepted, ItemsFinished
from sinks.errors import SinkError
from streams.suspects import Suspicion

STEP_SECONDS = 0.3
"""More than the interval of progress events, so that every count is told."""

WAITS = (1.0, 1.0, 1.0, 31.0, 1.0, 61.0, 1.0, 121.0, 1.0, 241.0, 1.0, 481.0, 1.0, 481.0, 1.0, 481.0, 1.0, 481.0)
"""Seconds that pass while nothing moves, each ended by ticks; past the last one the run is stuck."""

TICK_SECONDS = 45.0
"""Ticks come also while others are busy; a run without faults takes 10 to 20 s."""

MOST_STEPS = 5000
"""A run of one batch takes about 50; past this it goes round in circles."""

ROLES: tuple[type[Process], ...] = (Intake, Scheduler, Worker, Counter, Closer, Notifier)


Hand: TypeAlias = int
"""What can take a step, in the order of the pipeline: twice a seat's number for its body, one more for its intents."""


@dataclass(frozen=True)
class Setting:
    """What one run is about."""

    orders: tuple[Order, ...] = (Order(),)
    window: int = 4
    at_most: int = 4096
    """Items released by one body."""
    partitions: int = 1
    """Of results, completions, progress and batches."""
    has_webhook: bool = False
    roles: tuple[type[Process], ...] = ROLES

    @cached_property
    def seats(self) -> tuple[Seat, ...]:
        """Every seat, in the order of the pipeline."""
        return tuple(
            Seat(role.role, partition) for role in self.roles for partition in range(self.partitions_of(role.topic))
        )

    def partitions_of(self, topic: str) -> int:
        if topic == "items-letters":
            return ITEM_PARTITIONS
        return 1 if topic in {"submissions", "dispatch"} else self.partitions

    def place_of(self, batch_id: str, topic: str) -> Place:
        """Where records about a batch lie."""
        return _place_of(batch_id, topic, self.partitions_of(topic))


@cache
def _place_of(batch_id: str, topic: str, partitions: int) -> Place:
    return Place(topic, NUMBERS[batch_id] % partitions)


class Mail(NamedTuple):
    """A mail the server took."""

    errand: str
    number: int


@dataclass(slots=True)
class Suspended:
    """Steps that stand still: of a paused process, or of one taken for dead."""

    process: Process
    steps: Steps
    name: str | None
    """The intent that is tried, or None for a body."""


@dataclass(slots=True)
class World:
    """Everything there is; `clone` gives a second one that goes its own way."""

    setting: Setting
    chance: FairCourse = field(default_factory=FairCourse)
    log: Log = field(default_factory=Log)
    storage: Storage = field(default_factory=Storage)
    seconds: float = 0.0
    clock_error: float = 0.0
    orders: dict[str, Order] = field(default_factory=dict)
    processes: dict[Seat, Process] = field(default_factory=dict)
    suspended: list[Suspended] = field(default_factory=list)
    last: Hand | None = None
    points: int = 0
    steps: int = 0
    full_until: int = 0
    next_tick: float = TICK_SECONDS
    waits: int = 0
    mails: list[Mail] = field(default_factory=list)
    buried: list[str] = field(default_factory=list)
    poisoned: int = 0
    accepted: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)
    reported: dict[str, int] = field(default_factory=dict)
    suspects: dict[Seat, Suspicion] = field(default_factory=dict)
    condemned: dict[str, int] = field(default_factory=dict)
    """Indexes whose outcome is that they killed their worker, as bits."""
    has_doubt: bool = False
    """Whether a notifier died, or its server's answer was lost, while a mail was on its way."""
    trace: list[str] | None = None

    def __post_init__(self) -> None:
        if self.orders:
            return
        self.orders = {order.batch_id: order for order in self.setting.orders}
        roles = {role.role: role for role in self.setting.roles}
        for seat in self.setting.seats:
            self.processes[seat] = roles[seat.role](self, seat)
        for order in self.setting.orders:
            self.put(submission_of(order), "submissions")

    def clone(self) -> "World":
        """The world as it is now, but for steps that stand still."""
        twin = replace(
            self,
            log=self.log.clone(),
            storage=self.storage.clone(),
            suspended=[],
            mails=list(self.mails),
            buried=list(self.buried),
            accepted=set(self.accepted),
            closed=set(self.closed),
            reported=dict(self.reported),
            condemned=dict(self.condemned),
            suspects=dict(self.suspects),
            trace=None if self.trace is None else list(self.trace),
            processes={},
        )
        twin.processes = {seat: process.clone(twin) for seat, process in self.processes.items()}
        return twin

    # Time and the log

    def now(self) -> Moment:
        return Moment(START + timedelta(seconds=self.seconds + self.clock_error), self.seconds)

    def put(self, event: Event, topic: str, *, replayed: bool = False) -> None:
        """A record comes from outside."""
        self.log.entries[self.setting.place_of(event.batch_id, topic)].append(Entry(event, event.batch_id, replayed))

    def append(self, process: Process, record: Record, topic: str, partition: int | None, key: str) -> None:
        """A process says a record; raises Fenced."""
        if partition is None:
            assert isinstance(record, Event)
            place = self.setting.place_of(record.batch_id, topic)
        else:
            place = Place(topic, partition)
        self.log.append(place, Entry(record, key), process.seat, process.epoch)
        if isinstance(record, ItemsFinished):
            bits = self.reported.get(record.batch_id, 0)
            for span in record.succeeded:
                bits |= (1 << span.last + 1) - (1 << span.first)
            for failure in record.failures:
                bits |= 1 << failure.index
            self.reported[record.batch_id] = bits
        elif topic == "dispatch":
            if isinstance(record, BatchAccepted):
                self.accepted.add(record.batch_id)
            elif isinstance(record, BatchClosed):
                self.closed.add(record.batch_id)

    def tick(self, process: Process) -> None:
        """A process's ticker sends it a Tick."""
        self.log.append(process.place, Entry(TICK, ""), process.seat, process.epoch)

    def lag(self) -> int:
        """Records that workers and the counter have not committed."""
        return sum(
            len(self.log.entries[process.place]) - self.log.committed.get(seat, 0)
            for seat, process in self.processes.items()
            if seat.role in {"render", "aggregate"}
        )

    def mail(self, errand: str, number: int, answer: Answer) -> None:
        """The mail server has a mail before it."""
        self.has_doubt = self.has_doubt or answer.endswith("unheard")
        if answer.startswith("accepted"):
            self.mails.append(Mail(errand, number))

    # Steps

    def run(self) -> None:
        """Until everything has ended and nothing moves; raises Broken."""
        while self.waits < len(WAITS) and self.steps < MOST_STEPS:
            self.steps += 1
            if self.storage.is_full and self.steps > self.full_until:
                self.storage.is_full = False
            self.chance.before_step(self)
            hands = self.ready()
            if hands and self.seconds < self.next_tick:
                self.take_step(hands)
            elif hands:
                self.wait()
            elif self.suspended:
                self.resume(0)
            elif self.storage.is_full:
                self.full_until = 0
            elif self.is_settled():
                if not self.chance.strikes_late(self):
                    return
            else:
                self.wait()
        raise Broken("stuck", self.describe())

    def ready(self) -> list[Hand]:
        """Whoever has something to do, in the order of the pipeline."""
        hands, seconds = [], self.seconds
        for number, process in enumerate(self.processes.values()):
            if process.position < len(process.entries) and not process.is_at_work and process.waits_until <= seconds:
                hands.append(2 * number)
            if process.intents and process.ready_intent() is not None:
                hands.append(2 * number + 1)
        return hands

    def take_step(self, hands: Sequence[Hand]) -> None:
        """One block, or one try at an intent, as far as fate lets it come."""
        hand = self.last = self.chance.pick(hands, self.last)
        self.seconds += STEP_SECONDS
        process = self.processes[self.setting.seats[hand // 2]]
        if hand % 2 == 0:
            process.is_at_work = True
            self.drive(Suspended(process, process.body(), None))
            return
        name = process.ready_intent()
        assert name is not None
        process.acting.add(name)
        self.drive(Suspended(process, process.try_intent(name), name))

    def drive(self, work: Suspended) -> None:
        """Let steps go on until they end or fate stops them."""
        process, fate_at = work.process, self.chance.at
        try:
            for point in work.steps:
                self.points += 1
                fate = fate_at(self, process, point) if self.points >= self.chance.quiet_until else "go"
                if self.trace is not None:
                    self.trace.append(
                        f"{self.points:5} {self.seconds:8.1f} {_name(process)} {point} {fate}".rstrip(" go")
                    )
                if fate == "crash":
                    self.end(process)
                    return
                if fate != "go":
                    self.suspended.append(work)
                    if fate == "freeze":
                        self.seat_another(process)
                    return
        except (Fenced, Killed, SinkError) as reason:
            self.note(f"{_name(process)} ends: {type(reason).__name__}")
            self.end(process)
            return
        self._finish(work)

    def resume(self, number: int) -> None:
        """Steps that stood still go on."""
        work = self.suspended.pop(number)
        if work.name is not None and work.process.ends_at_cancel(work.name):
            self._finish(work)
            return
        self.note(f"{_name(work.process)} goes on")
        self.drive(work)

    def _finish(self, work: Suspended) -> None:
        if work.name is None:
            work.process.is_at_work = False
        else:
            work.process.acting.discard(work.name)

    def end(self, process: Process) -> None:
        """A process dies with all its memory; another takes its seat, unless one has already."""
        self.suspended = [work for work in self.suspended if work.process is not process]
        if self.processes.get(process.seat) is process:
            self.seat_another(process)

    def seat_another(self, process: Process) -> None:
        """Somebody else, or the same after a restart, takes the seat."""
        self.has_doubt = self.has_doubt or process.role == "notify"
        self.processes[process.seat] = type(process)(self, process.seat)

    def wait(self) -> None:
        """Time passes; counters tick first, for the scheduler asks for what is missing only while nothing lags."""
        self.seconds += WAITS[self.waits]
        self.next_tick = self.seconds + TICK_SECONDS
        role = "aggregate" if self.waits % 2 == 0 else "explode"
        self.waits += 1
        self.note(f"waits until {self.seconds:.1f}")
        for process in self.processes.values():
            process.commit()
        for seat, process in list(self.processes.items()):
            if seat.role == role and isinstance(process, Counter | Scheduler) and process.is_busy:
                self.tick(process)
            if seat.role == role == "explode" and process.position < len(process.entries):
                # Its beat falls between those of others sooner or later, and then nothing lags.
                process.is_at_work = True
                self.drive(Suspended(process, process.body(), None))

    def is_settled(self) -> bool:
        """Whether nobody waits for anything."""
        if self.suspended:
            return False
        for process in self.processes.values():
            if process.intents.keys() - process.done or process.position < len(process.entries):
                return False
            if isinstance(process, Scheduler) and process.is_busy:
                return False
            if isinstance(process, Counter) and any(process.ledger.open_batches()):
                return False
        return True

    def note(self, line: str) -> None:
        """A line of the trace, where one is kept."""
        if self.trace is not None:
            self.trace.append(f"      {self.seconds:8.1f} {line}")

    def describe(self) -> str:
        """What is left at the end of a run that is stuck."""
        parts = []
        for seat, process in self.processes.items():
            if process.intents.keys() - process.done:
                parts.append(f"{seat.role} acts on {sorted(process.intents.keys() - process.done)}")
            if isinstance(process, Scheduler):
                parts += [f"scheduled: {batch!r}" for batch in process.keeper.load(self.seconds).running.values()]
            if isinstance(process, Counter):
                parts += [f"open: {batch!r}" for batch in process.ledger.open_batches()]
        return "; ".join(parts) or "something stands still"


def _name(process: Process) -> str:
    return f"{process.seat.role}-{process.seat.partition}/{process.epoch}"
