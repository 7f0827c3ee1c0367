"""The renderer: outcomes for bad items, dead letters for bad records, and no work where the folder is gone."""

from collections.abc import Sequence

from builders import PLAN, an_item
from stage import Stage, a_stage

from agents import render
from pressrun.domain.errors import PlanDamaged
from pressrun.domain.letters import Letter, Refusal
from pressrun.domain.work import Failed, Made, Outcome
from schemas.items import ItemReleased, RowFault
from schemas.results import BatchBlocked, BatchFailed, ItemsFinished
from sinks.errors import StorageFull
from streams.suspects import Suspicion


class FakeStamper:
    def stamp(self, record: dict[str, str]) -> Letter | Refusal:
        if "odd" in record["name"]:
            return Refusal("glyph_missing", "no glyph for U+0E01")
        return Letter(b"prefix", record["name"].encode(), 1, "aa")


class FakeBench:
    stamper = FakeStamper()
    variables = ("name", "link")
    total = 100


class FakeWorkshop:
    def __init__(self, *errors: Exception, is_gone: bool = False) -> None:
        self.errors = list(errors)
        self.is_gone = is_gone
        self.stored: list[tuple[str, list[Outcome]]] = []

    def open(self, plan: str) -> FakeBench | None:
        return FakeBench() if plan == PLAN else None

    def store(self, item: ItemReleased, name: str, outcomes: Sequence[Outcome]) -> int | None:
        if self.errors:
            raise self.errors.pop(0)
        assert item.index == outcomes[0].index
        if self.is_gone:
            return None
        self.stored.append((name, list(outcomes)))
        return 1000


def a_renderer(workshop: FakeWorkshop) -> Stage:
    stage = a_stage()
    render.attach(stage.app, outbox=stage.outbox, workshop=workshop, clock=stage.clock)
    return stage


async def test_a_block_becomes_one_segment_and_one_result() -> None:
    workshop = FakeWorkshop()
    stage = a_renderer(workshop)

    async with stage.playing():
        block = await stage.give(*(an_item(index) for index in range(10, 20)))

    assert block.finished
    ((name, outcomes),) = workshop.stored
    (result,) = stage.outbox.events(ItemsFinished)
    assert [outcome.index for outcome in outcomes] == list(range(10, 20))
    assert (result.segment, result.size) == (name, 1000)
    assert [(span.first, span.last) for span in result.succeeded] == [(10, 19)]


async def test_refusals_and_faulty_rows_are_outcomes() -> None:
    workshop = FakeWorkshop()
    stage = a_renderer(workshop)
    odd = an_item(1).model_copy(update={"values": ("odd", None)})
    faulty = an_item(2).model_copy(update={"values": (), "fault": RowFault(code="row_ragged", message="3 of 2 cells")})
    short = an_item(3).model_copy(update={"values": ("one",)})

    async with stage.playing():
        await stage.give(an_item(0), odd, faulty, short)

    (result,) = stage.outbox.events(ItemsFinished)
    assert [(failure.index, failure.code) for failure in result.failures] == [
        (1, "glyph_missing"),
        (2, "row_ragged"),
        (3, "values_mismatched"),
    ]
    assert [type(outcome) for outcome in workshop.stored[0][1]] == [Made, Failed, Failed, Failed]


async def test_no_message_of_a_failure_goes_on_the_log() -> None:
    stage = a_renderer(FakeWorkshop())

    async with stage.playing():
        await stage.give(an_item(1).model_copy(update={"values": ("odd", None)}))

    (result,) = stage.outbox.events(ItemsFinished)
    assert "U+0E01" not in result.model_dump_json()


async def test_a_batch_that_has_ended_is_not_worked_on() -> None:
    stage = a_renderer(FakeWorkshop(is_gone=True))

    async with stage.playing():
        block = await stage.give(an_item(0))

    assert block.finished
    assert stage.outbox.said == []


async def test_bad_records_are_buried_and_their_neighbours_done() -> None:
    workshop = FakeWorkshop()
    stage = a_renderer(workshop)
    unknown_plan = an_item(2, plan="00" * 32)
    outside = an_item(100)

    async with stage.playing():
        await stage.give(an_item(0), b"not json", unknown_plan, outside, an_item(1))

    assert [code for _, code in stage.outbox.buried] == ["not_json", "item_unknown", "item_unknown"]
    done = [outcome.index for _, outcomes in workshop.stored for outcome in outcomes]
    assert sorted(done) == [0, 1]


async def test_a_full_disk_is_said_and_waited_for() -> None:
    stage = a_renderer(FakeWorkshop(StorageFull()))

    async with stage.playing():
        block = await stage.give(an_item(0))
        assert block.is_stale
        await stage.give(an_item(0))

    assert [event.reason for event in stage.outbox.events(BatchBlocked)] == ["storage_full"]
    assert len(stage.outbox.events(ItemsFinished)) == 1


async def test_an_unforeseen_error_ends_the_process_and_acknowledges_nothing() -> None:
    stage = a_renderer(FakeWorkshop(ZeroDivisionError()))

    async with stage.playing():
        block = await stage.give(an_item(0))

    assert [type(error) for error in stage.failures] == [ZeroDivisionError]
    assert not block.finished


async def test_an_item_that_ended_three_workers_is_a_failed_outcome() -> None:
    workshop = FakeWorkshop()
    stage = a_renderer(workshop)
    stage.lane.suspicion = Suspicion(0, 0, 3)

    async with stage.playing():
        await stage.give(an_item(5))

    (result,) = stage.outbox.events(ItemsFinished)
    assert result.succeeded == ()
    assert [(failure.index, failure.code) for failure in result.failures] == [(5, "work_crashed")]
    assert isinstance(workshop.stored[0][1][0], Failed)


async def test_no_two_workers_store_under_one_name() -> None:
    workshop = FakeWorkshop()
    names = []
    for _ in range(2):
        stage = a_renderer(workshop)
        async with stage.playing():
            await stage.give(an_item(0), an_item(1))
        names.append(workshop.stored[-1][0])

    assert names[0] != names[1]
    assert [name.rsplit("-", 1)[0] for name in names] == ["0000000-0000001-p0-o0"] * 2


async def test_a_batch_whose_plan_is_damaged_fails_and_its_items_are_no_dead_letters() -> None:
    class DamagedWorkshop(FakeWorkshop):
        def open(self, plan: str) -> FakeBench | None:
            raise PlanDamaged(f"{plan[:4]} is damaged")

    stage = a_renderer(DamagedWorkshop())

    async with stage.playing():
        await stage.give(an_item(0), an_item(1))

    (failed,) = stage.outbox.events(BatchFailed)
    assert failed.error.code == "blob_corrupt"
    assert stage.outbox.buried == []
    assert stage.failures == []


async def test_an_item_released_twice_is_in_the_segment_once() -> None:
    workshop = FakeWorkshop()
    stage = a_renderer(workshop)

    async with stage.playing():
        await stage.give(an_item(4), an_item(5), an_item(4))

    assert [outcome.index for outcome in workshop.stored[0][1]] == [4, 5]
