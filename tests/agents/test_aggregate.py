"""The aggregator: counts once, keeps the tally before naming it, and lets no bad record hold up its neighbours."""

from typing import Any

from builders import BATCH, NOW, a_result, a_sealing, an_accepted
from stage import STRANGER, Stage, a_stage

from agents import aggregate
from pressrun.domain.ledger import Ledger
from schemas.batches import BatchState
from schemas.completions import BatchCompleted
from schemas.dispatch import BatchClosed, ItemsAnswered
from schemas.progress import BatchProgressed
from schemas.results import BatchSealed
from schemas.ticks import Tick
from sinks.errors import StorageFull


class NotingBlobs:
    def __init__(self, *errors: Exception) -> None:
        self.kept: list[bytes] = []
        self.errors = list(errors)

    def put_blob(self, data: bytes) -> str:
        if self.errors:
            raise self.errors.pop(0)
        self.kept.append(data)
        return "digest"


def an_aggregator(blobs: NotingBlobs | None = None) -> Stage:
    stage = a_stage()
    aggregate.attach(
        stage.app,
        outbox=stage.outbox,
        blobs=blobs or NotingBlobs(),
        clock=stage.clock,
        steady=stage.steady,
        partitions=4,
    )
    return stage


def stored(stage: Stage) -> Any:
    batch = Ledger(stage.app.rows).load(BATCH)
    assert batch is not None
    return batch


async def test_a_batch_is_counted_to_its_completion() -> None:
    blobs = NotingBlobs()
    stage = an_aggregator(blobs)

    async with stage.playing():
        await stage.give(an_accepted(10))
        await stage.give(a_result((0, 4), failed=[5]), a_result((6, 9)))

    assert stage.outbox.topics_of(BatchCompleted) == ["completions", "progress"]
    (completed, _) = stage.outbox.events(BatchCompleted)
    assert (completed.succeeded, completed.failed) == (9, 1)
    assert len(blobs.kept[0]) == 3 * 2
    assert stored(stage).head.status == "closing"


async def test_a_redelivered_block_changes_no_count() -> None:
    stage = an_aggregator()

    async with stage.playing():
        await stage.give(an_accepted(10))
        for _ in range(3):
            await stage.give(a_result((0, 4)), a_result((3, 7)))

    assert stored(stage).tally.counts.succeeded == 8
    assert not stage.outbox.events(BatchCompleted)


async def test_bad_records_are_buried_and_their_neighbours_counted() -> None:
    stage = an_aggregator()

    async with stage.playing():
        block = await stage.give(
            an_accepted(10),
            b"\xff",
            None,
            b'{"type":"Nonsense","version":1}',
            b"[]",
            a_result((0, 3)),
            a_result((8, 12)),
        )

    assert block.finished
    assert [code for _, code in stage.outbox.buried] == [
        "not_json",
        "empty",
        "unknown_type",
        "invalid",
        "index_outside",
    ]
    assert stored(stage).tally.counts.succeeded == 4


async def test_a_full_disk_puts_the_block_back_and_nothing_is_stored() -> None:
    blobs = NotingBlobs(StorageFull())
    stage = an_aggregator(blobs)

    async with stage.playing():
        await stage.give(an_accepted(10))
        block = await stage.give(a_result((0, 9)))
        assert block.is_stale
        assert stored(stage).head.status == "running"
        assert not stage.outbox.events(BatchCompleted)

        await stage.give(a_result((0, 9)))

    assert stage.outbox.topics_of(BatchCompleted) == ["completions", "progress"]


async def test_a_newer_version_stops_the_worker_and_buries_nothing() -> None:
    stage = an_aggregator()
    newer = an_accepted(10).model_dump_json().replace('"version":1', '"version":2').encode()

    async with stage.playing():
        block = await stage.give(newer)

    assert [getattr(error, "code", None) for error in stage.failures] == ["version_too_new"]
    assert not block.finished
    assert stage.outbox.buried == []


async def test_a_tick_repeats_what_open_batches_wait_for() -> None:
    stage = an_aggregator()

    async with stage.playing():
        await stage.give(an_accepted(10), a_result((0, 9)))
        await stage.give(Tick(id="tick", time=NOW))

    first, _, again = stage.outbox.events(BatchCompleted)
    assert again == first
    assert stage.outbox.topics_of(BatchCompleted) == ["completions", "progress", "completions"]


async def test_the_seal_ends_the_batch_for_everyone() -> None:
    stage = an_aggregator()

    async with stage.playing():
        await stage.give(an_accepted(10), a_result((0, 9)))
        await stage.give(a_sealing(10), a_sealing(10), a_result((0, 9)))
        await stage.give(Tick(id="tick", time=NOW))

    assert stage.outbox.topics_of(BatchSealed) == ["progress"]
    assert stage.outbox.topics_of(BatchClosed) == ["dispatch"]
    assert stage.outbox.events(BatchState)[-1].status == "sealed"


async def test_credits_are_said_once_per_block() -> None:
    stage = an_aggregator()

    async with stage.playing():
        await stage.give(an_accepted(100))
        before = len(stage.outbox.events(ItemsAnswered))
        await stage.give(*(a_result((index, index)) for index in range(50)))

    assert len(stage.outbox.events(ItemsAnswered)) == before + 1


async def test_a_replay_makes_the_rows_again_and_repeats_nothing() -> None:
    stage = an_aggregator()
    stage.lane.replay_end = stage.lane.news_from = 3

    async with stage.playing():
        await stage.give(an_accepted(10), a_result((0, 4)), b"{")

    assert stored(stage).tally.counts.succeeded == 5
    assert stage.outbox.said == []
    assert stage.outbox.buried == []


async def test_behind_a_replay_nothing_older_than_was_told_is_shown() -> None:
    stage = an_aggregator()
    stage.lane.replay_end, stage.lane.news_from = 1, 2

    async with stage.playing():
        await stage.give(an_accepted(10))
        await stage.give(a_result((0, 4)))
        shown_early = stage.outbox.topics_of(BatchProgressed)
        stage.seconds += 1
        await stage.give(a_result((5, 5)))

    assert shown_early == []
    assert stage.outbox.topics_of(BatchProgressed) == ["progress"]


async def test_counts_are_shown_after_their_rows_are_stored() -> None:
    stage = an_aggregator()
    rows_when_shown: list[bool] = []
    say_all = stage.outbox.say_all

    async def noting(records: Any) -> None:
        records = list(records)
        if any(isinstance(record, BatchProgressed) for record, _ in records):
            rows_when_shown.append(any(key.startswith(b"head/") for key in stage.app.rows))
        await say_all(records)

    stage.outbox.say_all = noting  # type: ignore[method-assign] # to see the rows at that moment

    async with stage.playing():
        await stage.give(an_accepted(10))

    assert rows_when_shown == [True]


async def test_a_record_of_a_batch_that_lives_on_another_partition_is_buried() -> None:
    stage = an_aggregator()

    async with stage.playing():
        await stage.give(an_accepted(10, STRANGER), an_accepted(10))

    assert [code for _, code in stage.outbox.buried] == ["wrong_partition"]
    assert Ledger(stage.app.rows).load(STRANGER) is None
