"""Lanes and blocks: only the contiguous prefix of finished blocks is committable, and nothing stale is worked on."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from streams.errors import StreamError
from streams.lanes import Block, Lane, Place, cut


@dataclass(frozen=True)
class Fetched:
    offset: int
    key: bytes | None = None
    value: bytes | None = b"{}"
    headers: Sequence[tuple[str, bytes]] = ()


def records(first: int, last: int, key: bytes | None = None) -> list[Fetched]:
    return [Fetched(offset, key) for offset in range(first, last + 1)]


class Signals:
    def __init__(self) -> None:
        self.changes = 0
        self.failures: list[BaseException] = []

    def changed(self) -> None:
        self.changes += 1


def a_lane(position: int = 0, signals: Signals | None = None) -> Lane:
    signals = signals or Signals()
    return Lane(Place("items", 0), position, on_change=signals.changed, on_failure=signals.failures.append)


def three_blocks(lane: Lane) -> tuple[Block, Block, Block]:
    return lane.hand_out(records(0, 9)), lane.hand_out(records(10, 19)), lane.hand_out(records(20, 29))


def test_nothing_is_committable_while_the_first_block_is_at_work() -> None:
    lane = a_lane()
    _, second, third = three_blocks(lane)

    second.done()
    third.done()

    assert lane.committable() is None


def test_the_contiguous_prefix_is_committable() -> None:
    lane = a_lane()
    first, second, _ = three_blocks(lane)

    second.done()
    first.done()

    assert lane.committable() == 20


def test_finished_blocks_stay_until_their_commit_has_succeeded() -> None:
    lane = a_lane()
    first, _, _ = three_blocks(lane)
    first.done()

    assert lane.committable() == lane.committable() == 10
    lane.forget_through(10)

    assert lane.committable() is None


def test_a_commit_forgets_no_unfinished_block() -> None:
    lane = a_lane()
    first, second, _ = three_blocks(lane)
    first.done()
    lane.forget_through(20)
    second.done()

    assert lane.committable() == 20


def test_outstanding_counts_what_is_not_finished() -> None:
    lane = a_lane()
    _, second, _ = three_blocks(lane)
    second.done()

    assert lane.outstanding == 20


def test_a_block_put_back_makes_those_behind_it_stale_and_is_read_again() -> None:
    lane = a_lane()
    first, second, third = three_blocks(lane)

    second.later("storage_full", seconds=60)

    assert not first.is_stale
    assert second.is_stale
    assert third.is_stale
    assert (lane.position, lane.must_seek, lane.is_waiting, lane.reason) == (10, True, True, "storage_full")


def test_a_stale_block_can_commit_nothing() -> None:
    lane = a_lane()
    first, _, _ = three_blocks(lane)
    lane.retire()

    first.done()

    assert lane.committable() is None


def test_finishing_tells_the_consumer() -> None:
    signals = Signals()
    lane = a_lane(signals=signals)

    lane.hand_out(records(0, 0)).done()

    assert signals.changes == 1


async def test_a_block_is_done_when_its_effect_has_happened() -> None:
    lane = a_lane()
    block = lane.hand_out(records(0, 4))
    effect: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    block.done_after(effect)
    before = lane.committable()
    effect.set_result(None)
    await asyncio.sleep(0)

    assert before is None
    assert lane.committable() == 5


async def test_an_effect_that_fails_commits_nothing_and_is_reported() -> None:
    signals = Signals()
    lane = a_lane(signals=signals)
    block = lane.hand_out(records(0, 4))
    effect: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    block.done_after(effect)
    effect.set_exception(OSError("gone"))
    await asyncio.sleep(0)

    assert lane.committable() is None
    assert [type(error) for error in signals.failures] == [OSError]


def test_a_body_that_says_nothing_leaves_its_block_unsettled() -> None:
    block = a_lane().hand_out(records(0, 0))

    assert not block.is_settled
    block.done()
    assert block.is_settled


def test_records_lost_on_the_way_are_sought_once() -> None:
    lane = a_lane(position=5)

    assert lane.accept(records(8, 9)) == ()
    assert lane.must_seek


def test_the_same_gap_twice_is_one_in_the_log() -> None:
    lane = a_lane(position=5)
    lane.accept(records(8, 9))

    assert [record.offset for record in lane.accept(records(8, 9))] == [8, 9]


def test_records_before_the_position_are_not_handed_out_twice() -> None:
    lane = a_lane(position=5)

    assert [record.offset for record in lane.accept(records(3, 6))] == [5, 6]


def test_a_block_ends_where_a_run_ends() -> None:
    fetched = records(0, 3, b"a") + records(4, 5, b"b") + records(6, 6, b"a")

    pieces = [[record.offset for record in piece] for piece in cut(fetched, 512, at_keys=True)]

    assert pieces == [[0, 1, 2, 3], [4, 5], [6]]


def test_keys_do_not_cut_where_they_mean_nothing() -> None:
    fetched = records(0, 1, b"a") + records(2, 3, b"b")

    assert [len(piece) for piece in cut(fetched, 3, at_keys=False)] == [3, 1]


def test_a_block_of_nothing_is_refused() -> None:
    with pytest.raises(StreamError):
        list(cut(records(0, 1), 0, at_keys=False))


def test_a_piece_lies_on_one_side_of_the_end_of_a_replay_and_of_old_news() -> None:
    lane = a_lane()
    lane.replay_end, lane.news_from = 3, 6

    pieces = cut(records(0, 9), 512, at_keys=False, borders=lane.borders)

    assert [[record.offset for record in piece] for piece in pieces] == [[0, 1, 2], [3, 4, 5], [6, 7, 8, 9]]


def test_a_border_in_a_hole_of_the_log_is_one_all_the_same() -> None:
    log = [*records(0, 2), *records(7, 9)]

    assert [len(piece) for piece in cut(log, 512, at_keys=False, borders=(5,))] == [3, 3]


def test_what_was_committed_before_the_rows_were_lost_is_replayed() -> None:
    lane = a_lane()
    lane.replay_end = 10
    lane.news_from = 20

    first, second, third = three_blocks(lane)

    assert [block.is_replayed for block in (first, second, third)] == [True, False, False]
    assert [block.is_old_news for block in (first, second, third)] == [True, True, False]
