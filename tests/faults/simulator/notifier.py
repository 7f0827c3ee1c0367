"""The notifier as agents.notify and pressrun.mailing do it, and what the mail server may answer."""

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any, Literal, Self, TypeAlias, cast

from faults.simulator.acting import ActingProcess
from faults.simulator.intake import CONTACT
from faults.simulator.processes import Steps, Work
from faults.simulator.verdicts import require

from pressrun.domain.notices import (
    Heard,
    Notice,
    begun_of,
    ended_of,
    is_in_time,
    notice_of,
    read_notice,
    step,
    write_notice,
)
from pressrun.tries import Tries, Verdict
from schemas.events import Record
from schemas.notices import NoticeOutcome
from schemas.progress import NoticeBegun, NoticeEnded
from schemas.results import BatchFailed, BatchRejected, BatchSealed
from schemas.submissions import ResendNotice, SettleNotice
from sinks.errors import BatchFolderMissing, StorageFull

if TYPE_CHECKING:
    from faults.simulator.world import World

Answer = Literal["accepted", "refused", "busy", "accepted_unheard", "lost_unheard", "unreachable"]
"""What the mail server does with a mail; of an unheard answer nobody learns, and unreachable is before it is begun."""

OUTCOMES: dict[Answer, NoticeOutcome] = {
    "accepted": "sent",
    "refused": "failed",
    "busy": "waiting",
    "accepted_unheard": "unknown",
    "lost_unheard": "unknown",
}
ROW = b"notice/"
FIRST_WAIT_SECONDS = 1.0
HEARD = (BatchSealed, BatchRejected, BatchFailed, NoticeBegun, NoticeEnded, ResendNotice, SettleNotice)

Delivery: TypeAlias = Generator[str, None, Verdict]


class Notifier(ActingProcess):
    role = "notify"
    topic = "progress"

    def arrive(self) -> None:
        rows = [(key, read_notice(row)) for key, row in self.table.items() if key.startswith(ROW)]
        self.open_notices = {key: notice for key, notice in rows if notice is not None and notice.is_open}
        super().arrive()

    def clone(self, world: "World") -> Self:
        twin = super().clone(world)
        twin.open_notices = dict(self.open_notices)
        return twin

    def show_intents(self) -> None:
        self.wake({notice.errand: notice for notice in self.open_notices.values()})

    def work(self, events: Sequence[Record]) -> Work:
        for event in events:
            if isinstance(event, HEARD):
                yield from self._hear(event)
        yield from self.flush()
        self.show_intents()
        return True

    def _hear(self, event: Heard) -> Steps:
        if isinstance(event, HEARD[:3]) and not self._has_address(event.batch_id):
            return
        key = ROW + notice_of(event).encode()
        before = read_notice(self.table.get(key))
        if before is None and isinstance(event, ResendNotice | SettleNotice):
            yield from self.bury("unknown_notice")
        after, said = step(before, event, self.world.now())
        yield from self.say_all((word, self.topic) for word in said)
        if after is None or after == before:
            return
        self.table[key] = write_notice(after)
        self.open_notices.pop(key, None)
        if after.is_open:
            self.open_notices[key] = after

    def _has_address(self, batch_id: str) -> bool:
        return self.world.storage.read_note(batch_id, CONTACT) == "someone"

    def act(self, intent: Notice, tries: int) -> Generator[str, None, float | None]:
        verdict = yield from self._deliver(intent)
        if verdict.is_new or tries == 0:
            ended = ended_of(intent, verdict.number, verdict.outcome, verdict.code, self.world.now())
            yield from self.say(ended, self.topic)
        return FIRST_WAIT_SECONDS * float(2 ** min(tries, 6)) if verdict.outcome == "waiting" else None

    def _deliver(self, notice: Notice) -> Delivery:
        number: int = notice.since
        try:
            looked = self._tries.look(notice)
            yield "looked"
            if isinstance(looked, Verdict):
                return looked
            number = looked
            return (yield from self._send(notice, number))
        except BatchFolderMissing:
            return Verdict("failed", "batch_erased", number)
        except StorageFull as error:
            return Verdict("waiting", error.code, number, is_new=False)

    def _send(self, notice: Notice, number: int) -> Delivery:
        answer = self.world.chance.mail_answer()
        if answer == "unreachable":
            return Verdict("waiting", answer, number, is_new=False)
        begun = self.world.now()
        yield from self.say(begun_of(notice, number, begun), self.topic)
        is_ours = self._tries.begin(notice, number)
        yield "begun"
        if not is_ours:
            return self._tries.settle(notice, number)
        own: NoticeOutcome = "waiting"
        if is_in_time(begun, self.world.now()):
            own = OUTCOMES[answer]
            self.world.mail(notice.errand, number, answer)
            yield "mailed"
        try:
            noted = self._tries.end(notice, number, own)
        except StorageFull:
            noted = own
            if own == "waiting":
                yield "refused"
                self._tries.withdraw(notice, number)
        yield "recorded"
        return Verdict(noted, None, number)

    @property
    def _tries(self) -> Tries:
        return Tries(cast("Any", self.world.storage))

    def check_commit(self, events: Sequence[Record]) -> None:
        rows = self.world.log.changelogs[self.seat]
        for event in events:
            if isinstance(event, BatchSealed | BatchRejected | BatchFailed) and self._has_address(event.batch_id):
                is_kept = ROW + notice_of(event).encode() in rows
                require(is_kept, "committed_early", event.id, "before its notice was kept")
