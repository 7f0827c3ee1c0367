"""The scheduler's agent: items reach their partition before anything is stored, and nothing ended runs again."""

from collections.abc import Sequence

import orjson
import pytest
from builders import BATCH, NOW, a_cancel, an_accepted, credits_of
from stage import Stage, a_stage

from agents import explode
from schemas.decoding import decode_one
from schemas.dispatch import WindowContinued
from schemas.items import ItemReleased
from schemas.results import BatchAccepted, BatchFailed, ItemsCancelled, MissingAsked
from schemas.ticks import Tick
from sinks.errors import BlobMissing, StorageUnavailable


class FakeRows:
    partitions = 8

    def __init__(self, ended: frozenset[str] = frozenset(), errors: Sequence[Exception] = ()) -> None:
        self.ended = ended
        self.errors = list(errors)

    def lines(self, plan: str, first: int, last: int) -> Sequence[bytes]:
        assert plan
        if self.errors:
            raise self.errors.pop(0)
        return [
            orjson.dumps({"values": [f'"cells":{index}', None], "cells": ["x"]}) for index in range(first, last + 1)
        ]

    def can_run(self, accepted: BatchAccepted) -> bool:
        return accepted.batch_id not in self.ended


def a_scheduler(rows: FakeRows | None = None, lag: int = 0) -> Stage:
    stage = a_stage()

    async def lagging() -> int:
        return lag

    explode.attach(
        stage.app,
        outbox=stage.outbox,
        rows=rows or FakeRows(),
        lag=lagging,
        clock=stage.clock,
        steady=stage.steady,
        partitions=1,
        workers=2,
    )
    return stage


def items_of(stage: Stage) -> list[ItemReleased]:
    return [decode_one(ItemReleased, value) for _, _, entries in stage.outbox.released for _, value in entries]


async def test_every_item_becomes_one_record_with_its_values() -> None:
    stage = a_scheduler()

    async with stage.playing():
        await stage.give(an_accepted(40))

    items = items_of(stage)
    assert [item.index for item in items] == list(range(40))
    assert items[7].values == ('"cells":7', None)
    assert {(topic, partition) for topic, partition, _ in stage.outbox.released} == {
        ("items-letters", 0),
        ("items-letters", 1),
    }


async def test_a_repeated_acceptance_releases_nothing_again() -> None:
    stage = a_scheduler()

    async with stage.playing():
        await stage.give(an_accepted(40))
        await stage.give(an_accepted(40))

    assert len(items_of(stage)) == 40


async def test_a_sealed_batch_is_never_run_again() -> None:
    stage = a_scheduler(FakeRows(ended=frozenset({BATCH})))

    async with stage.playing():
        await stage.give(an_accepted(40))

    assert items_of(stage) == []


async def test_storage_that_is_down_puts_the_block_back_and_nothing_is_lost() -> None:
    stage = a_scheduler(FakeRows(errors=[StorageUnavailable()]))

    async with stage.playing():
        block = await stage.give(an_accepted(40))
        assert block.is_stale
        assert stage.app.rows == {}
        await stage.give(an_accepted(40))

    assert len(items_of(stage)) == 40


async def test_credits_let_the_rest_follow() -> None:
    stage = a_scheduler()

    async with stage.playing():
        await stage.give(an_accepted(5_000))
        first = len(items_of(stage))
        await stage.give(credits_of(128, 128, 128, 128, 128, 128, 128, 128))

    assert 0 < first < len(items_of(stage)) <= 5_000


async def test_a_full_body_says_that_it_goes_on() -> None:
    stage = a_scheduler()

    async with stage.playing():
        await stage.give(an_accepted(100_000))
        await stage.give(*(credits_of(0, 0, 0, 0, 0, 0, 0, 0) for _ in range(3)))

    assert stage.outbox.events(WindowContinued) == []


async def test_cancel_is_told_to_the_counter() -> None:
    stage = a_scheduler()

    async with stage.playing():
        await stage.give(an_accepted(5_000))
        await stage.give(a_cancel())

    (cancelled,) = stage.outbox.events(ItemsCancelled)
    assert cancelled.ranges[0].last == 4_999
    assert stage.outbox.topics_of(ItemsCancelled) == ["results"]


async def test_bad_records_are_buried() -> None:
    stage = a_scheduler()

    async with stage.playing():
        await stage.give(b"{", an_accepted(32))

    assert [code for _, code in stage.outbox.buried] == ["not_json"]
    assert len(items_of(stage)) == 32


@pytest.mark.parametrize(("lag", "questions"), [(0, 1), (5, 0)])
async def test_a_silent_batch_is_asked_about_unless_the_system_lags(lag: int, questions: int) -> None:
    stage = a_scheduler(lag=lag)

    async with stage.playing():
        await stage.give(an_accepted(32))
        stage.seconds += 31
        await stage.give(Tick(id="tick", time=NOW))

    assert len(stage.outbox.events(MissingAsked)) == questions


async def test_a_batch_whose_rows_are_gone_fails_and_the_scheduler_goes_on() -> None:
    stage = a_scheduler(FakeRows(errors=[BlobMissing()]))

    async with stage.playing():
        await stage.give(an_accepted(32))
        await stage.give(an_accepted(32, "batch-0002"))

    (failed,) = stage.outbox.events(BatchFailed)
    assert (failed.batch_id, failed.error.code) == (BATCH, "blob_missing")
    assert {item.batch_id for item in items_of(stage)} == {"batch-0002"}
    assert stage.failures == []
