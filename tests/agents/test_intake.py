"""Intake's agent: the counter hears of a batch before the scheduler, and bad submissions hold up nobody."""

from collections.abc import Collection

import pytest
from builders import BATCH, NOW, a_cancel, a_rejection, a_submission, an_accepted
from stage import Stage, a_stage

from agents import intake
from schemas.decoding import BadRecord
from schemas.notices import NoticeKind
from schemas.results import BatchAccepted, BatchReceived, BatchRejected
from schemas.submissions import BatchSubmitted, CancelBatch, ResendNotice, SettleNotice
from sinks.errors import StorageFull


class FakeContacts:
    """Of the batches that are known only one has an address."""

    def ways(self, batch_id: str) -> Collection[NoticeKind]:
        return ["mail"] if batch_id == BATCH else []


class FakeDoorkeeper:
    def __init__(self, *decisions: BatchAccepted | BatchRejected | Exception | None) -> None:
        self.decisions = list(decisions)

    def knows(self, batch_id: str) -> bool:
        return batch_id in {BATCH, "batch-0002"}

    def decide(self, submission: BatchSubmitted) -> BatchAccepted | BatchRejected | None:
        assert submission.batch_id
        decision = self.decisions.pop(0)
        if isinstance(decision, Exception):
            raise decision
        return decision


def an_intake(*decisions: BatchAccepted | BatchRejected | Exception | None) -> Stage:
    stage = a_stage()
    doorkeeper = FakeDoorkeeper(*decisions)
    intake.attach(stage.app, outbox=stage.outbox, doorkeeper=doorkeeper, contacts=FakeContacts(), clock=stage.clock)
    return stage


async def test_the_counter_hears_of_a_batch_before_the_scheduler() -> None:
    stage = an_intake(an_accepted())

    async with stage.playing():
        await stage.give(a_submission())

    assert [(topic, record.type) for topic, record in stage.outbox.said] == [
        ("results", "BatchReceived"),
        ("results", "BatchAccepted"),
        ("dispatch", "BatchAccepted"),
    ]


async def test_a_rejected_batch_is_not_scheduled() -> None:
    stage = an_intake(a_rejection())

    async with stage.playing():
        await stage.give(a_submission())

    assert stage.outbox.topics_of(BatchRejected) == ["results"]
    assert stage.outbox.topics_of(BatchAccepted) == []


async def test_a_different_submission_of_a_known_batch_is_buried() -> None:
    stage = an_intake(BadRecord("conflict", "other content"), an_accepted())

    async with stage.playing():
        await stage.give(a_submission(), a_submission("batch-0002"))

    assert stage.outbox.buried == [(0, "conflict")]
    assert len(stage.outbox.events(BatchAccepted)) == 2


async def test_a_repeat_of_an_ended_batch_says_nothing_new() -> None:
    stage = an_intake(None)

    async with stage.playing():
        await stage.give(a_submission())

    assert [record.type for _, record in stage.outbox.said] == ["BatchReceived"]


@pytest.mark.parametrize(
    ("batch_id", "heard", "buried"), [(BATCH, ["dispatch"], []), ("batch-9999", [], ["unknown_batch"])]
)
async def test_a_cancel_reaches_the_scheduler_if_the_batch_is_known(
    batch_id: str, heard: list[str], buried: list[str]
) -> None:
    stage = an_intake()

    async with stage.playing():
        await stage.give(a_cancel(batch_id))

    assert stage.outbox.topics_of(CancelBatch) == heard
    assert [code for _, code in stage.outbox.buried] == buried


@pytest.mark.parametrize(
    ("batch_id", "heard", "buried"),
    [(BATCH, ["progress"], []), ("batch-0002", [], ["unknown_notice"]), ("batch-9999", [], ["unknown_batch"])],
)
async def test_a_command_about_a_notice_reaches_the_notifier_if_somebody_is_to_be_told(
    batch_id: str, heard: list[str], buried: list[str]
) -> None:
    stage = an_intake()
    about = {"id": "x", "time": NOW, "batch_id": batch_id, "about": f"{batch_id}/1/sealed", "number": 1}

    async with stage.playing():
        await stage.give(ResendNotice.model_validate(about), SettleNotice.model_validate(about | {"outcome": "sent"}))

    assert stage.outbox.topics_of(ResendNotice) == stage.outbox.topics_of(SettleNotice) == heard
    assert [code for _, code in stage.outbox.buried] == buried * 2


async def test_a_full_disk_is_waited_for() -> None:
    stage = an_intake(StorageFull(), an_accepted())

    async with stage.playing():
        block = await stage.give(a_submission())
        assert block.is_stale
        await stage.give(a_submission())

    assert stage.outbox.topics_of(BatchAccepted) == ["results", "dispatch"]
    assert len(stage.outbox.events(BatchReceived)) == 2
