"""The notes that tries at a notice leave in the batch's folder, each written once by whoever comes first."""

from dataclasses import dataclass
from typing import Literal, cast

from pressrun.domain.notices import Notice, agreed, note_name, outcome_of_another
from schemas.notices import NoticeOutcome
from sinks.storage import LocalStorage


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a try came to; `is_new` unless it failed as the one before, without having come to the point of sending."""

    outcome: NoticeOutcome
    code: str | None
    number: int
    is_new: bool = True


class Tries:
    """Begun and ended tries; all methods block, and raise storage's errors."""

    def __init__(self, storage: LocalStorage) -> None:
        self._storage = storage

    def begin(self, notice: Notice, number: int) -> bool:
        """Take a try; False when it is another's. It is on the disk when this returns; raises BatchFolderMissing."""
        return self._storage.put_if_absent(notice.event.batch_id, note_name(notice, number, "begun"), b"{}")

    def end(self, notice: Notice, number: int, own: NoticeOutcome) -> NoticeOutcome:
        """Note what a try came to; returns what it counts as, for another may have noted it first."""
        name = note_name(notice, number, "ended")
        if self._storage.put_if_absent(notice.event.batch_id, name, own.encode()):
            return own
        noted = self._outcome(notice, number)
        return own if noted is None else agreed(own, noted)

    def withdraw(self, notice: Notice, number: int) -> None:
        """Let a begun try that was certainly not sent be none, where nobody has noted its end."""
        if self._outcome(notice, number) is None:
            self._storage.remove_note(notice.event.batch_id, note_name(notice, number, "begun"))

    def look(self, notice: Notice) -> int | Verdict:
        """The number of the errand's next try, or how an earlier one ended it."""
        # Whoever had it before may have died over a note, and nobody else comes by this folder any more.
        self._storage.sweep_notes(notice.event.batch_id)
        number = notice.since
        while self._note(notice, number, "begun") is not None:
            verdict = self.settle(notice, number)
            if verdict.outcome != "waiting":
                return verdict
            number += 1
        return number

    def settle(self, notice: Notice, number: int) -> Verdict:
        """What became of a try that another began; from now on nobody notes anything else of it."""
        noted = self._outcome(notice, number)
        outcome = noted or self.end(notice, number, outcome_of_another(notice.kind, noted))
        return Verdict(outcome, "interrupted" if outcome == "unknown" else None, number)

    def _outcome(self, notice: Notice, number: int) -> NoticeOutcome | None:
        note = self._note(notice, number, "ended")
        return None if note is None else cast("NoticeOutcome", note.decode())

    def _note(self, notice: Notice, number: int, what: Literal["begun", "ended"]) -> bytes | None:
        return self._storage.read_note(notice.event.batch_id, note_name(notice, number, what))
