"""Decides what becomes of a notice, a mail or a webhook that tells of a batch's end; sending happens elsewhere.

```
meant ─> sending ─> sent, failed          certain
  ^         ├─────> unknown               it may have been sent: a person resends or settles it
  │         └─────> waiting ─> sending    certainly not sent: tried again
  └── a person's ResendNotice
```
A try is a number, from 1. It is said to have begun (NoticeBegun), then a note of it is put in the batch's folder, then
the notice is handed over, within BEGIN_WITHIN_SECONDS or not at all; its outcome is noted, then said (NoticeEnded).
Both the words on the log and the notes outlive the sender, and either alone keeps a mail from going twice.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, TypeAdapter

from pressrun.domain.moments import Moment
from schemas.notices import NoticeEvent, NoticeKind, NoticeOutcome
from schemas.progress import NoticeBegun, NoticeEnded
from schemas.results import BatchFailed, BatchRejected, BatchSealed
from schemas.submissions import ResendNotice, SettleNotice

BEGIN_WITHIN_SECONDS = 5.0
"""A sender that slept longer than this after it said that it begins has been given up by others."""
ROW = b"notice/"
"""What the keys of the notifier's rows begin with; the notice's id follows."""

Told: TypeAlias = BatchSealed | BatchRejected | BatchFailed
Heard: TypeAlias = Told | NoticeBegun | NoticeEnded | ResendNotice | SettleNotice
NoticeState: TypeAlias = Literal["meant", "sending"] | NoticeOutcome


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice, and how far it has come; `changed` is the time of the record that moved it last."""

    event: Annotated[Told, Field(discriminator="type")]
    kind: NoticeKind
    state: NoticeState
    changed: datetime
    number: int = 1
    """The try that comes next, is under way, or was the last."""
    since: int = 1
    """The first try of the present errand; a resend is a new errand."""
    code: str | None = None

    @property
    def id(self) -> str:
        """The same for the same event, however often it is repeated."""
        return f"{self.event.id}/{self.kind}"

    @property
    def errand(self) -> str:
        """Names what a sender carries out: the event's notice, or one person's wish to send it once more."""
        return f"{self.id}/{self.since}"

    @property
    def is_open(self) -> bool:
        """Whether a sender has something to do for it."""
        return self.state in {"meant", "sending", "waiting"}


_KNOWLEDGE: tuple[NoticeOutcome, ...] = ("waiting", "unknown", "failed", "sent")
"""Of two outcomes of one try the later in this row leads to no further mail, or says more."""
_ROWS: TypeAdapter[Notice] = TypeAdapter(Notice)


def write_notice(notice: Notice) -> bytes:
    """The row of a notice."""
    return _ROWS.dump_json(notice, exclude_none=True)


def read_notice(row: bytes | None) -> Notice | None:
    """The notice of a row."""
    return None if row is None else _ROWS.validate_json(row)


def notice_of(event: Heard, kind: NoticeKind = "mail") -> str:
    """The id of the notice that an event is about; what tells of a batch's end has one of each kind."""
    return f"{event.about}/{event.notice}" if isinstance(event, NoticeEvent) else f"{event.id}/{kind}"


def mean(event: Told, kind: NoticeKind = "mail") -> Notice:
    """A notice that is to be sent."""
    return Notice(event, kind, "meant", event.time)


def step(
    notice: Notice | None, event: Heard, now: Moment, kind: NoticeKind = "mail"
) -> tuple[Notice | None, tuple[NoticeEnded, ...]]:
    """The notice after an event, and what is to be said of it.

    Repeats, late words and commands about another try than the last change nothing. None stays None but for an event
    that is to be told.
    """
    match event:
        case NoticeBegun():
            return notice and _begin(notice, event), ()
        case NoticeEnded():
            return notice and _end(notice, event), ()
        case ResendNotice():
            return notice and _resend(notice, event), ()
        case SettleNotice():
            return _settle(notice, event, now)
        case _:
            return notice or mean(event, kind), ()


def _begin(notice: Notice, event: NoticeBegun) -> Notice:
    if not notice.is_open or event.number < notice.number:
        return notice
    return replace(notice, state="sending", number=event.number, code=None, changed=event.time)


def _end(notice: Notice, event: NoticeEnded) -> Notice:
    if event.number < notice.since:
        return notice
    ended = replace(
        notice,
        state=event.outcome,
        number=max(notice.number, event.number),
        code=event.code,
        changed=event.time,
    )
    if event.outcome == "waiting":
        return _wait(notice, event, ended)
    # Of what nobody could know someone may know after all.
    is_learned = notice.state == "unknown" and event.number == notice.number and event.outcome != "unknown"
    return ended if notice.is_open or is_learned else notice


def _wait(notice: Notice, event: NoticeEnded, ended: Notice) -> Notice:
    if not notice.is_open or event.number < notice.number:
        return notice
    # A try that never began (no server was reached) keeps its number.
    return replace(ended, number=event.number + (notice.state == "sending"))


def _resend(notice: Notice, event: ResendNotice) -> Notice:
    if notice.is_open or event.number != notice.number:
        return notice
    following = notice.number + 1
    return replace(notice, state="meant", number=following, since=following, code=None, changed=event.time)


def _settle(notice: Notice | None, event: SettleNotice, now: Moment) -> tuple[Notice | None, tuple[NoticeEnded, ...]]:
    if notice is None or notice.state != "unknown" or event.number != notice.number:
        return notice, ()
    settled = replace(notice, state=event.outcome, code="settled", changed=event.time)
    return settled, (ended_of(settled, event.number, event.outcome, "settled", now),)


def begun_of(notice: Notice, number: int, now: Moment) -> NoticeBegun:
    """The word that a try begins."""
    return NoticeBegun(
        id=f"{notice.id}/{number}/begun",
        time=now.time,
        batch_id=notice.event.batch_id,
        about=notice.event.id,
        notice=notice.kind,
        number=number,
    )


def ended_of(notice: Notice, number: int, outcome: NoticeOutcome, code: str | None, now: Moment) -> NoticeEnded:
    """The word of what a try came to."""
    return NoticeEnded(
        id=f"{notice.id}/{number}/{code if code == 'settled' else outcome}",
        time=now.time,
        batch_id=notice.event.batch_id,
        about=notice.event.id,
        notice=notice.kind,
        number=number,
        outcome=outcome,
        code=code,
    )


def note_name(notice: Notice, number: int, what: Literal["begun", "ended"]) -> str:
    """The name of a try's note in the batch's folder."""
    attempt = "" if isinstance(notice.event, BatchRejected) else f"-{notice.event.attempt}"
    return f"notice-{notice.kind}-{notice.event.type.lower()}{attempt}-{number}.{what}"


def is_in_time(begun: Moment, now: Moment) -> bool:
    """Whether a try that was said to begin at `begun` may still be acted upon."""
    return 0 <= now.seconds - begun.seconds <= BEGIN_WITHIN_SECONDS


def outcome_of_another(kind: NoticeKind, noted: NoticeOutcome | None) -> NoticeOutcome:
    """What a try came to that another sender began: what is noted of it, else what the interruption means.

    A mail must not go twice, so nobody can know; a receiver of webhooks knows a repeat by its id.
    """
    if noted is not None:
        return noted
    return "unknown" if kind == "mail" else "waiting"


def agreed(own: NoticeOutcome, noted: NoticeOutcome) -> NoticeOutcome:
    """What a try came to whose sender finds another's note of it: the one that knows more is believed.

    A sender that certainly did not send does not go on where another has noted `unknown`: somebody has taken over.
    """
    return max(own, noted, key=_KNOWLEDGE.index)
