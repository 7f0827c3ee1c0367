"""Carries out notices, whichever way they go: one try, from the look at what earlier ones left to its outcome."""

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Protocol

from pressrun.domain.moments import Moment
from pressrun.domain.notices import Notice, begun_of, ended_of, is_in_time, outcome_of_another
from pressrun.domain.patience import is_given_up, seconds_until_next
from pressrun.tries import Tries, Verdict
from schemas.errors import PressrunError
from schemas.notices import NoticeKind, NoticeOutcome
from sinks.errors import BatchFolderMissing
from sinks.mail.errors import MailError
from sinks.outcomes import Delivery, Leave, NotSent, Sent, Unknown
from sinks.storage import LocalStorage
from streams.outbox import Outbox

NOTICES_AT_ONCE = 4


class Way(Protocol):
    """How a notice leaves: by mail, by webhook."""

    async def send(self, notice: Notice, leave: Leave) -> Delivery:
        """Hand it over, once; nothing has been sent before `leave` says yes. May raise MailError before that."""


class Teller:
    """Carries out the open notices of agents.notify."""

    def __init__(
        self,
        storage: LocalStorage,
        outbox: Outbox,
        ways: Mapping[NoticeKind, Way],
        *,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._storage = storage
        self._ways = ways
        self._tries = Tries(storage)
        self._outbox = outbox
        self._steady = steady

    async def tell(self, notice: Notice, repeat: int) -> float | None:
        """One try; None when it is settled, else the seconds until the next. An interruption waits for its end."""
        sending = _Sending(self._storage, self._outbox, notice, self._now)
        telling = asyncio.create_task(self._tell(notice, repeat, sending))
        try:
            return await asyncio.shield(telling)
        except asyncio.CancelledError:
            # What has begun is ended and said, or a mail that did arrive would be left unknown.
            if not sending.has_begun:
                telling.cancel()
            with suppress(asyncio.CancelledError):
                await telling
            raise

    async def _tell(self, notice: Notice, repeat: int, sending: "_Sending") -> float | None:
        verdict = await self._deliver(notice, sending)
        if verdict.is_new or repeat == 0:
            ended = ended_of(notice, verdict.number, verdict.outcome, verdict.code, self._now())
            await self._outbox.say(ended, "progress")
            self._storage.crashpoint(f"{notice.kind}.told")
        if verdict.outcome != "waiting":
            return None
        tries = verdict.number - notice.since + 1 if verdict.is_new else 0
        return seconds_until_next(notice.kind, tries, repeat)

    async def _deliver(self, notice: Notice, sending: "_Sending") -> Verdict:
        try:
            number = await asyncio.to_thread(self._tries.look, notice)
            if isinstance(number, Verdict):
                return number
            if is_given_up(notice.kind, number - notice.since):
                return Verdict("failed", "webhook_given_up", number - 1)
            sending.number = number
            return await sending.end(await self._ways[notice.kind].send(notice, sending.begin))
        except (MailError, BatchFolderMissing) as error:
            code = "batch_erased" if isinstance(error, BatchFolderMissing) else error.code
            return sending.verdict("failed", code)
        except PressrunError as error:
            if not error.retriable:
                raise
            return sending.verdict("waiting", error.code)

    def _now(self) -> Moment:
        return Moment(datetime.now(UTC), self._steady())


class _Sending:
    """One try, from the moment before it leaves until its outcome is on the disk."""

    def __init__(self, storage: LocalStorage, outbox: Outbox, notice: Notice, now: Callable[[], Moment]) -> None:
        self._tries = Tries(storage)
        self._crashpoint = storage.crashpoint
        self._outbox = outbox
        self._notice = notice
        self._now = now
        self._is_ours = True
        self.number = notice.since
        self.has_begun = False

    async def begin(self) -> bool:
        """Say and note that the notice goes now; True while it may."""
        self.has_begun = True
        begun = self._now()
        await self._outbox.say(begun_of(self._notice, self.number, begun), "progress")
        self._is_ours = await asyncio.to_thread(self._tries.begin, self._notice, self.number)
        self._crashpoint(f"{self._notice.kind}.begun")
        return self._is_ours and is_in_time(begun, self._now())

    async def end(self, delivery: Delivery) -> Verdict:
        """What the try came to, noted where it had begun."""
        if not self._is_ours:
            return await asyncio.to_thread(self._tries.settle, self._notice, self.number)
        own, code = _outcome_of(self._notice.kind, delivery)
        if not self.has_begun:
            return self.verdict(own, code)
        if own == "sent":
            self._crashpoint(f"{self._notice.kind}.sent")
        noted = await asyncio.to_thread(self._note, own)
        self._crashpoint(f"{self._notice.kind}.recorded")
        return self.verdict(noted, code if noted == own else "interrupted")

    def verdict(self, outcome: NoticeOutcome, code: str | None) -> Verdict:
        """What is known of this try."""
        return Verdict(outcome, code, self.number, is_new=self.has_begun or outcome != "waiting")

    def _note(self, own: NoticeOutcome) -> NoticeOutcome:
        try:
            return self._tries.end(self._notice, self.number, own)
        except PressrunError as error:
            if not error.retriable and not isinstance(error, BatchFolderMissing):
                raise
        # What is certain is said, though the disk cannot hold it now. A try without its end would be in doubt for ever.
        if own == "waiting":
            with suppress(PressrunError):
                self._tries.withdraw(self._notice, self.number)
        return own


def _outcome_of(kind: NoticeKind, delivery: Delivery) -> tuple[NoticeOutcome, str | None]:
    match delivery:
        case Sent():
            return "sent", None
        case Unknown():
            return outcome_of_another(kind, None), delivery.code
        case NotSent():
            return ("waiting" if delivery.retriable else "failed"), delivery.code
