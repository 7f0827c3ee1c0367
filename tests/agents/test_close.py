"""The closer: intents are durable before anything is done, and gone only when it is known to be done."""

from collections.abc import Mapping

from builders import BATCH, NOW, a_completion, a_failure
from stage import Stage, a_stage

from agents import close
from agents.ports import Cleaner
from schemas.completions import BatchCompleted, ClosingEnded
from schemas.events import Event
from schemas.results import BatchFailed
from sinks.errors import StorageUnavailable


class NotingRunner:
    def __init__(self) -> None:
        self.intents: Mapping[str, Event] = {}

    def wake(self, intents: Mapping[str, Event]) -> None:
        self.intents = intents


def a_closer(cleaner: Cleaner = lambda _event: None) -> tuple[Stage, NotingRunner]:
    stage, runner = a_stage(), NotingRunner()
    close.attach(stage.app, outbox=stage.outbox, closer=runner, cleaner=cleaner, clock=stage.clock, partitions=4)
    return stage, runner


async def test_a_completed_batch_is_to_be_closed() -> None:
    stage, runner = a_closer()

    async with stage.playing():
        await stage.give(a_completion())

    assert list(runner.intents.values()) == [a_completion()]
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


async def test_a_batch_that_failed_is_cleaned_up_and_closed_no_more() -> None:
    cleaned: list[BatchFailed] = []
    stage, runner = a_closer(cleaned.append)

    async with stage.playing():
        await stage.give(a_completion())
        await stage.give(a_failure())

    assert cleaned == [a_failure()]
    assert runner.intents == {}


async def test_cleaning_up_waits_for_storage_that_is_away() -> None:
    def away(_event: BatchFailed) -> None:
        raise StorageUnavailable

    stage, _ = a_closer(away)

    async with stage.playing():
        block = await stage.give(a_failure())

    assert block.is_stale
    assert stage.failures == []
