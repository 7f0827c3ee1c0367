"""Who had what in hand when it ended: tried alone, and given up after three workers."""

from pathlib import Path

from stage import Fetched, a_stage

from streams.lanes import Block, Lane, Place, cut
from streams.suspects import NOBODY, Suspects, Suspicion

PLACE = Place("items-letters", 3)


def records(*offsets: int) -> list[Fetched]:
    return [Fetched(offset, b"") for offset in offsets]


def a_lane(suspicion: Suspicion) -> Lane:
    lane = Lane(PLACE, 0, on_change=lambda: None, on_failure=lambda _: None)
    lane.suspicion = suspicion
    return lane


def test_a_note_is_found_by_whoever_comes_next(tmp_path: Path) -> None:
    Suspects(tmp_path).note(PLACE, Suspicion(100, 199, 1))

    assert Suspects(tmp_path).find(PLACE) == Suspicion(100, 199, 1)
    assert Suspects(tmp_path).find(Place("items-letters", 4)) == NOBODY


def test_a_longer_note_leaves_nothing_of_itself_in_a_shorter_one(tmp_path: Path) -> None:
    suspects = Suspects(tmp_path)
    suspects.note(PLACE, Suspicion(123_456_789, 123_456_999, 2))
    suspects.note(PLACE, Suspicion(1, 2, 1))

    assert suspects.find(PLACE) == Suspicion(1, 2, 1)


def test_what_was_finished_is_not_suspected(tmp_path: Path) -> None:
    suspects = Suspects(tmp_path)
    suspects.note(PLACE, Suspicion(100, 199, 1))

    suspects.clear(PLACE)

    assert Suspects(tmp_path).find(PLACE) == NOBODY


def test_a_damaged_note_suspects_nobody(tmp_path: Path) -> None:
    (tmp_path / "items-letters-3").write_bytes(b"\xff\x00 1 2")

    assert Suspects(tmp_path).find(PLACE) == NOBODY


def test_suspects_are_handed_out_one_by_one_and_the_others_together() -> None:
    pieces = cut(records(*range(8)), 512, at_keys=False, alone=Suspicion(3, 5, 1))

    assert [[record.offset for record in piece] for piece in pieces] == [[0, 1, 2], [3], [4], [5], [6, 7]]


def test_only_the_suspects_carry_the_suspicion() -> None:
    lane = a_lane(Suspicion(3, 5, 1))

    blocks = [lane.hand_out(records(offset)) for offset in (2, 3, 6)]

    assert [block.suspicion.tries for block in blocks] == [0, 1, 0]


def test_one_record_is_condemned_after_three_tries_and_several_never_are() -> None:
    assert Suspicion(3, 3, 3).is_condemned
    assert not Suspicion(3, 3, 2).is_condemned
    assert not Suspicion(3, 5, 9).is_condemned


async def test_a_body_is_noted_before_it_begins_and_cleared_after_it(tmp_path: Path) -> None:
    stage = a_stage()
    stage.app.suspects = Suspects(tmp_path)
    seen = []

    async def work(block: Block) -> None:
        seen.append(Suspects(tmp_path).find(block.place))
        block.done()

    stage.app.attach_body("topic", work)
    async with stage.playing():
        await stage.give(b"one", b"two")

    assert seen == [Suspicion(0, 1, 1)]
    assert Suspects(tmp_path).find(stage.lane.place) == NOBODY


async def test_a_disk_that_fails_casts_no_suspicion_and_an_unforeseen_error_does(tmp_path: Path) -> None:
    for error, left in ((OSError("no disk"), NOBODY), (LookupError("a bug"), Suspicion(0, 0, 1))):
        stage = a_stage()
        stage.app.suspects = Suspects(tmp_path)

        async def work(_block: Block, error: Exception = error) -> None:
            raise error

        stage.app.attach_body("topic", work)
        async with stage.playing():
            await stage.give(b"one")

        assert stage.failures == [error]
        assert Suspects(tmp_path).find(stage.lane.place) == left


async def test_a_condemned_record_is_given_up_and_not_worked_on() -> None:
    stage = a_stage()
    given_up: list[int] = []

    async def work(_block: Block) -> None:
        raise AssertionError("it was tried again")

    async def give_up(block: Block) -> None:
        given_up.append(block.first)
        block.done()

    stage.app.attach_body("topic", work)
    stage.app.condemn = give_up
    stage.lane.suspicion = Suspicion(0, 0, 3)
    async with stage.playing():
        await stage.give(b"deadly")

    assert given_up == [0]
    assert stage.failures == []
