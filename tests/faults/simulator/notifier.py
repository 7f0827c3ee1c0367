"""The notifier as agents.notify and pressrun.mailing do it, and what the mail server may answer."""

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any, Literal, Self, TypeAlias, cast

from faults.simulator.acting import ActingProcess
from faults.simulator.orders import CONTACT
from faults.simulator.processes import Steps, Work
from faults.simulator.verdicts import require

from pressrun.domain.notices import (
    Heard,
    Notice,
    begun_of,
    ended_of,
    is_in_time,
    notice_of,
    outcome_of_another,
    read_notice,
    step,
    write_notice,
)
from pressrun.domain.patience import is_given_up, seconds_until_next
from pressrun.tries import Tries, Verdict
from schemas.events import Record
from schemas.notices import NoticeKind, NoticeOutcome
from schemas.progress import NoticeBegun, NoticeEnded
from schemas.results import BatchFailed, BatchRejected, BatchSealed
from schemas.submissions import ResendNotice, SettleNotice
from sinks.errors import BatchFolderMissing, StorageFull

if TYPE_CHECKING:
    from faults.simulator.world import World

Answer = Literal["accepted", "refused", "busy", "accepted_unheard", "lost_unheard", "unreachable"]
"""What a server does with a notice; of an unheard answer nobody learns, a mail to an unreachable one is not begun."""

LONGEST_WAIT_SECONDS = 60.0
"""The hours between two tries at a webhook would show nothing more."""

OUTCOMES: dict[Answer, NoticeOutcome | None] = {
    "accepted": "sent",
    "refused": "failed",
    "busy": "waiting",
    "accepted_unheard": None,
    "lost_unheard": None,
    "unreachable": "waiting",
}
"""None where the way decides what a silence means."""
ROW = b"notice/"
HEARD = (BatchSealed, BatchRejected, BatchFailed, NoticeBegun, NoticeEnded, ResendNotice, SettleNotice)

Delivery: TypeAlias = Generator[str, None, Verdict]


def ways_of(world: "World", batch_id: str) -> Sequence[NoticeKind]:
    """By which ways the end of a batch is told."""
    contact = world.storage.read_note(batch_id, CONTACT)
    is_there: dict[NoticeKind, bool] = {
        "mail": contact == "someone",
        "webhook": contact is not None and world.setting.has_webhook,
    }
    return [kind for kind, is_wanted in is_there.items() if is_wanted]


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
        kinds = (
            ways_of(self.world, event.batch_id)
            if isinstance(event, BatchSealed | BatchRejected | BatchFailed)
            else [event.notice]
        )
        for kind in kinds:
            yield from self._move(event, kind)

    def _move(self, event: Heard, kind: NoticeKind) -> Steps:
        key = ROW + notice_of(event, kind).encode()
        before = read_notice(self.table.get(key))
        if before is None and isinstance(event, ResendNotice | SettleNotice):
            yield from self.bury("unknown_notice")
        after, said = step(before, event, self.world.now(), kind)
        yield from self.say_all((word, self.topic) for word in said)
        if after is None or after == before:
            return
        self.table[key] = write_notice(after)
        self.open_notices.pop(key, None)
        if after.is_open:
            self.open_notices[key] = after

    def act(self, intent: Notice, tries: int) -> Generator[str, None, float | None]:
        verdict = yield from self._deliver(intent)
        if verdict.is_new or tries == 0:
            ended = ended_of(intent, verdict.number, verdict.outcome, verdict.code, self.world.now())
            yield from self.say(ended, self.topic)
        if verdict.outcome != "waiting":
            return None
        begun = verdict.number - intent.since + 1 if verdict.is_new else 0
        return min(seconds_until_next(intent.kind, begun, tries), LONGEST_WAIT_SECONDS)

    def _deliver(self, notice: Notice) -> Delivery:
        number: int = notice.since
        try:
            looked = self._tries.look(notice)
            yield "looked"
            if isinstance(looked, Verdict):
                return looked
            if is_given_up(notice.kind, looked - notice.since):
                return Verdict("failed", "webhook_given_up", looked - 1)
            number = looked
            return (yield from self._send(notice, number))
        except BatchFolderMissing:
            return Verdict("failed", "batch_erased", number)
        except StorageFull as error:
            return Verdict("waiting", error.code, number, is_new=False)

    def _send(self, notice: Notice, number: int) -> Delivery:
        answer = self.world.chance.mail_answer()
        if answer == "unreachable" and notice.kind == "mail":
            return Verdict("waiting", answer, number, is_new=False)
        begun = self.world.now()
        yield from self.say(begun_of(notice, number, begun), self.topic)
        is_ours = self._tries.begin(notice, number)
        yield "begun"
        if not is_ours:
            return self._tries.settle(notice, number)
        own: NoticeOutcome = "waiting"
        if is_in_time(begun, self.world.now()):
            own = OUTCOMES[answer] or outcome_of_another(notice.kind, None)
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
            if isinstance(event, BatchSealed | BatchRejected | BatchFailed):
                are_kept = all(
                    ROW + notice_of(event, kind).encode() in rows for kind in ways_of(self.world, event.batch_id)
                )
                require(are_kept, "committed_early", event.id, "before its notices were kept")
