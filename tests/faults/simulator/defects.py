"""Planted defects: small variations of roles and rules, each of which the simulator must find."""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from faults.simulator import exhaustive, random_runs
from faults.simulator.closer import Closer
from faults.simulator.counter import Counter
from faults.simulator.log import Log
from faults.simulator.notifier import Delivery, Notifier, ways_of
from faults.simulator.processes import MARKER, Process, Steps, Work
from faults.simulator.scheduler import Scheduler
from faults.simulator.verdicts import Broken
from faults.simulator.worker import Worker
from faults.simulator.world import ROLES

from pressrun import tries
from pressrun.domain.batches import Say
from pressrun.domain.closings import Effect
from pressrun.domain.counting import Counted
from pressrun.domain.notices import Notice, mean
from pressrun.domain.releasing import take_turn
from pressrun.domain.schedules import Schedule
from pressrun.domain.tally import Counts, Outcome, Tally
from pressrun.tries import Tries, Verdict
from schemas.completions import BatchCompleted
from schemas.events import Event, IndexRange, Record
from schemas.items import ItemReleased
from schemas.results import BatchAccepted, BatchSealed


class CommitsFirst(Worker):
    """Commits a block before the work on it."""

    def body(self) -> Steps:
        before = self.position
        self.position += len(self.take_block())
        self.commit()
        yield "committed"
        self.position = before
        yield from super().body()


class CountsCommitted(Counter):
    """Commits a block of results before it is stored."""

    def body(self) -> Steps:
        before = self.position
        self.position += len(self.take_block())
        self.commit()
        yield "committed"
        self.position = before
        yield from super().body()


class SkipsPoison(Counter):
    """A record it cannot use is passed over without a word."""

    def bury(self, code: str) -> Steps:  # noqa: ARG002 - that is the defect
        yield from ()


class CompletesAnew(Counter):
    """A completion gets a fresh id each time it is said."""

    def say_all(self, records: Iterable[tuple[Event, str]]) -> Steps:
        for event, topic in records:
            fresh = {"id": f"{event.batch_id}/{self.epoch}/{self.world.points}"}
            yield from self.say(event.model_copy(update=fresh) if isinstance(event, BatchCompleted) else event, topic)


class StoresFirst(Counter):
    """Stores what it counted before it says so: what a crash leaves unsaid is never said."""

    def work(self, events: Sequence[Record]) -> Work:
        counted = self._count(events)
        for batch in counted.batches:
            self.ledger.store(batch)
        yield from self.flush()
        yield from self.say_all((effect.event, effect.topic) for effect in counted.effects if isinstance(effect, Say))
        return True


class ShowsFirst(Counter):
    """Shows counts before they are stored: after a crash they go down."""

    def _count(self, events: Sequence[Record]) -> Counted:
        counted = super()._count(events)
        told = tuple(Say(shown.event, shown.topic) for shown in counted.shown)
        return replace(counted, effects=(*counted.effects, *told), shown=())


class ForgetsRows(Scheduler):
    """Its schedule is never stored."""

    def _store(self, schedule: Schedule) -> None:
        self.keeper._schedule = schedule


class StoresWindowFirst(Scheduler):
    """Notes a window as released before it is out, and never asks for what is missing."""

    def work(self, events: Sequence[Record]) -> Work:
        fresh = [event for event in events if not isinstance(event, BatchAccepted) or self._can_run(event)]
        after, said, releases = take_turn(self._load(), fresh, self.world.now(), self.world.setting.at_most)
        self._store(after)
        yield from self.flush()
        for piece in releases:
            yield from self._send_out(piece)
        yield from self.say_all((event, "results") for event in said)
        return True


class NamesByOffset(Worker):
    """A segment's name says where its block began, not what is in it."""

    def _name(self, items: Sequence[ItemReleased]) -> str:
        del items
        return f"p{self.seat.partition}-o{self.position}"


class LeavesKillers(Worker):
    """Tries a record that kills it again and again."""

    def _suspicion(self) -> Any:
        return replace(super()._suspicion(), tries=0)


class RemovesEarly(Closer):
    """Removes the segments as soon as they are copied, before the archive has its name."""

    def _seal(self, completed: BatchCompleted) -> Generator[str, None, Any]:
        steps = super()._seal(completed)
        while True:
            try:
                point = next(steps)
            except StopIteration as end:
                return end.value
            if point == "copied":
                self.world.storage.remove_segments(completed.batch_id)
            yield point


class TellsOldNews(Counter):
    """Shows counts also of blocks that whoever had the seat before has told of."""

    def _count(self, events: Sequence[Record]) -> Counted:
        self.is_old_news = False
        return super()._count(events)


class NeverLooks(Closer):
    """Takes it that everything is in storage."""

    def _holes(self, batch_id: str, wanted: int) -> int:  # noqa: ARG002 - that is the defect
        return 0


class LeavesSegments(Closer):
    """Seals, and cleans nothing up."""

    def _carry_out(self, effects: Sequence[Effect]) -> Steps:
        yield from super()._carry_out([effect for effect in effects if isinstance(effect, Say)])


class MailsAtOnce(Notifier):
    """Mails when it hears of the end, without an intent or a note."""

    def work(self, events: Sequence[Record]) -> Work:
        for event in events:
            if isinstance(event, BatchSealed) and "mail" in ways_of(self.world, event.batch_id):
                self.world.mail(mean(event).errand, 1, "accepted")
                yield "mailed"
        return (yield from super().work(events))

    def _send(self, notice: Notice, number: int) -> Delivery:
        if notice.kind == "mail":
            return Verdict("sent", None, number)
        return (yield from super()._send(notice, number))


class TrustsRows(Counter):
    """Never notices that its rows are gone."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.position = self.committed
        self.table[MARKER] = b"1"


def _answer_by_adding(tally: Tally, outcome: Outcome, ranges: Iterable[IndexRange]) -> Tally:
    added = sum(span.last - span.first + 1 for span in ranges)
    answered = _ANSWER(tally, outcome, ranges)
    return Tally(answered.rows, replace(tally.counts, **{outcome: getattr(tally.counts, outcome) + added}))


_ANSWER = Tally.answer


def _of_heads_only(rows: Any) -> Tally:  # noqa: ARG001 - that is the defect
    return Tally({}, Counts())


@dataclass(frozen=True, slots=True)
class Defect:
    """What is planted: roles in place of the real ones, and rules in place of the real ones."""

    name: str
    roles: tuple[type[Process], ...] = ()
    rules: tuple[tuple[Any, str, Callable[..., Any]], ...] = ()

    @contextmanager
    def planted(self) -> Iterator[tuple[type[Process], ...]]:
        """The roles of a world with the defect; its rules hold inside."""
        before = [(owner, name, owner.__dict__[name]) for owner, name, _ in self.rules]
        for owner, name, rule in self.rules:
            setattr(owner, name, rule)
        others = {role.role: role for role in self.roles}
        try:
            yield tuple(others.get(role.role, role) for role in ROLES)
        finally:
            for owner, name, rule in before:
                setattr(owner, name, rule)


def find(defect: Defect, *, seeds: int) -> Broken | None:
    """What the simulator finds, in the course of three items with every pair of deaths, or in so many random runs."""
    with defect.planted() as roles:
        try:
            exhaustive.run_all(exhaustive.setting_of(3, roles), share=(0, 4))
            for seed in range(seeds):
                random_runs.run_one(seed, roles=roles)
        except Broken as broken:
            return broken
    return None


DEFECTS: Sequence[Defect] = (
    Defect("a counter in place of a set", rules=((Tally, "answer", _answer_by_adding),)),
    Defect("a commit before the effect", roles=(CommitsFirst,)),
    Defect("a commit before the rows", roles=(CountsCommitted,)),
    Defect("a skipped poison record", roles=(SkipsPoison,)),
    Defect("a doubled completion", roles=(CompletesAnew,)),
    Defect("a mail without an intent", roles=(MailsAtOnce,)),
    Defect("a mail without the right to send it", rules=((Tries, "begin", lambda *_: True),)),
    Defect("a webhook that is sent once", rules=((tries, "outcome_of_another", lambda _, noted: noted or "unknown"),)),
    Defect("a zombie's late write", rules=((Log, "_let_write", lambda *_: None),)),
    Defect("a lost window", roles=(StoresWindowFirst,)),
    Defect("early retention", roles=(RemovesEarly,)),
    Defect("no retention", roles=(LeavesSegments,)),
    Defect("stored before said", roles=(StoresFirst,)),
    Defect("shown before stored", roles=(ShowsFirst,)),
    Defect("old news shown as new", roles=(TellsOldNews,)),
    Defect("a reused segment name", roles=(NamesByOffset,)),
    Defect("counts forgotten in recovery", rules=((Tally, "of", staticmethod(_of_heads_only)),)),
    Defect("an archive closed without a look at storage", roles=(NeverLooks,)),
    Defect("a schedule that is not stored", roles=(ForgetsRows,)),
    Defect("lost rows that nobody notices", roles=(TrustsRows,)),
    Defect("an item that kills its worker for ever", roles=(LeavesKillers,)),
)
