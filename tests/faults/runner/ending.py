"""The end of a run: everything heals, every batch ends, and the oracles read what there is."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from faults.runner.archive_oracle import judge_end
from faults.runner.arena import Arena
from faults.runner.hygiene import Footprint, footprints, judge_files, judge_growth
from faults.runner.notice_oracle import judge_mails, judge_webhooks, mails_settled
from faults.runner.record_oracle import judge_announcements, judge_dead_letters, judge_progress
from faults.runner.records import Said, read_said, states_now
from faults.runner.verdicts import Verdict, together
from faults.runner.waiting import Stuck

from pressrun.domain.batches import ENDED
from schemas.batches import BatchState

STILL_SECONDS = 240.0
MAIL_SECONDS = 90.0
POLL_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Ended:
    """What was found at the end, and the records by which recovery is measured."""

    verdict: Verdict
    results: Sequence[Said]
    releases: Sequence[Said]
    seconds: float
    """From the last fault until every batch had ended."""


def end_run(arena: Arena, before: Mapping[int, Footprint]) -> Ended:
    """Wait for every batch, then judge; raises Stuck with what each unfinished batch is at."""
    began = time.monotonic()
    states = await_ends(arena)
    seconds = time.monotonic() - began
    address = arena.system.address
    progress = await_notices(arena)
    results, completions = read_said(address, "results"), read_said(address, "completions")
    batches = {handed.batch_id for handed in arena.handed}
    archives = arena.system.settings.archives
    verdict = together(
        (
            *(judge_end(handed, states[handed.batch_id], archives) for handed in arena.handed),
            judge_progress(progress),
            judge_announcements((results, progress, completions), batches),
            judge_dead_letters(read_said(address, "dead-letters"), arena.poison),
            judge_mails(arena.handed, arena.mailbox.accepted, progress),
            judge_webhooks([handed.batch_id for handed in arena.handed], arena.mailbox.receiver),
            judge_files(arena, batches),
            judge_growth(before, footprints(arena)),
        )
    )
    return Ended(verdict, results, read_said(address, "items-letters"), seconds)


def await_ends(arena: Arena) -> dict[str, BatchState]:
    """The last state of every batch that was handed in; raises Stuck when nothing at all has moved for long."""
    deadline, seen = time.monotonic() + STILL_SECONDS, None
    while True:
        states = states_now(arena.system.address)
        if all(_has_ended(states, handed.batch_id) for handed in arena.handed):
            return states
        if (now_at := _standing(states)) != seen:
            deadline, seen = time.monotonic() + STILL_SECONDS, now_at
        if time.monotonic() > deadline:
            left = [
                states.get(one.batch_id, one.batch_id) for one in arena.handed if not _has_ended(states, one.batch_id)
            ]
            raise Stuck(f"nothing has moved for {STILL_SECONDS:.0f} s, and these have not ended: {left}")
        time.sleep(POLL_SECONDS)


def _standing(states: Mapping[str, BatchState]) -> set[tuple[str, str, int]]:
    """What moves when a batch does; a broker that cannot be asked shows nothing."""
    return {(one.batch_id, one.status, one.succeeded + one.failed + one.cancelled) for one in states.values()}


def await_notices(arena: Arena) -> list[Said]:
    """The whole of `progress`, once every notice has an outcome there or the time for it is over."""
    wanted = {handed.batch_id for handed in arena.handed if handed.submission.notify}
    deadline = time.monotonic() + MAIL_SECONDS
    while True:
        progress = read_said(arena.system.address, "progress")
        are_told = all(arena.mailbox.receiver.about(handed.batch_id) for handed in arena.handed)
        are_mailed = wanted <= {batch for batch, _ in mails_settled(progress)}
        if (are_told and are_mailed) or time.monotonic() > deadline:
            return progress
        time.sleep(POLL_SECONDS)


def _has_ended(states: Mapping[str, Any], batch_id: str) -> bool:
    return batch_id in states and states[batch_id].status in ENDED
