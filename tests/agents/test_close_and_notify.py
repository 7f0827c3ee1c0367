"""Closer and notifier: intents are durable before anything is done, and gone only when it is known to be done."""

from collections.abc import Mapping

from builders import BATCH, NOW, a_completion, a_rejection, a_sealing
from stage import Stage, a_stage

from agents import close, notify
from schemas.completions import BatchCompleted, ClosingEnded
from schemas.events import Event
from schemas.progress import BatchProgressed, NoticeEnded


class NotingRunner:
    def __init__(self) -> None:
        self.intents: Mapping[str, Event] = {}

    def wake(self, intents: Mapping[str, Event]) -> None:
        self.intents = intents


class FakeContacts:
    def has_address(self, batch_id: str) -> bool:
        return batch_id == BATCH


def a_closer() -> tuple[Stage, NotingRunner]:
    stage, runner = a_stage(), NotingRunner()
    close.attach(stage.app, outbox=stage.outbox, closer=runner, clock=stage.clock, partitions=4)
    return stage, runner


def a_notifier() -> tuple[Stage, NotingRunner]:
    stage, runner = a_stage(), NotingRunner()
    notify.attach(
        stage.app, outbox=stage.outbox, contacts=FakeContacts(), mailer=runner, clock=stage.clock, partitions=4
    )
    return stage, runner


def a_notice_ended(outcome: str) -> NoticeEnded:
    return NoticeEnded.model_validate(
        {"id": "ended", "time": NOW, "batch_id": BATCH, "notice": "mail", "outcome": outcome}
    )


async def test_a_completed_batch_is_to_be_closed() -> None:
    stage, runner = a_closer()

    async with stage.playing():
        await stage.give(a_completion())

    assert list(runner.intents) == [f"{BATCH}/1/completed"]
    assert len(stage.app.rows) == 1


async def test_a_repeated_completion_is_one_intent() -> None:
    stage, runner = a_closer()

    async with stage.playing():
        await stage.give(a_completion(), a_completion())

    assert len(runner.intents) == 1


async def test_an_ended_closing_is_forgotten() -> None:
    stage, runner = a_closer()
    ended = ClosingEnded(id="ended", time=NOW, batch_id=BATCH, attempt=1)

    async with stage.playing():
        await stage.give(a_completion(), ended)

    assert runner.intents == {}
    assert stage.app.rows == {}


async def test_intents_are_shown_again_after_a_recovery() -> None:
    stage, runner = a_closer()
    async with stage.playing():
        await stage.give(a_completion())
    runner.intents = {}

    for react in stage.app.after_seek:
        react()

    (intent,) = runner.intents.values()
    assert isinstance(intent, BatchCompleted)


async def test_only_batches_with_an_address_are_told_about() -> None:
    stage, runner = a_notifier()

    async with stage.playing():
        await stage.give(a_sealing(), a_sealing(batch_id="batch-0002"))

    assert [event.batch_id for event in runner.intents.values()] == [BATCH]


async def test_a_rejection_is_told_too() -> None:
    stage, runner = a_notifier()

    async with stage.playing():
        await stage.give(a_rejection())

    assert [event.type for event in runner.intents.values()] == ["BatchRejected"]


async def test_a_settled_notice_is_forgotten_and_a_waiting_one_is_not() -> None:
    stage, runner = a_notifier()

    async with stage.playing():
        await stage.give(a_sealing(), a_notice_ended("waiting"))
        waiting = dict(runner.intents)
        await stage.give(a_notice_ended("unknown"))

    assert waiting
    assert runner.intents == {}


async def test_other_progress_is_read_past() -> None:
    stage, runner = a_notifier()
    progressed = BatchProgressed(
        id="p", time=NOW, batch_id=BATCH, attempt=1, status="running", total=1, succeeded=0, failed=0, cancelled=0
    )

    async with stage.playing():
        await stage.give(progressed, b"garbage")

    assert runner.intents == {}
    assert [code for _, code in stage.outbox.buried] == ["not_json"]
