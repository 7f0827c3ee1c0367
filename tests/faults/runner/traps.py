"""Items that kill or hang the worker that tries them."""

from faults.runner.arena import Arena
from faults.runner.handing import Handed, hand_in, prepare_batch
from faults.runner.records import read_said
from faults.runner.waiting import until

CRASHED = "work_crashed"


def kill_by_item(arena: Arena) -> None:
    _spring(arena, "__kill__", 12)


def hang_by_item(arena: Arena) -> None:
    _spring(arena, "__hang__", 1)


def _spring(arena: Arena, value: str, index: int) -> None:
    """One trap among good rows: it alone fails, after it has been tried alone."""
    arena_batch = prepare_batch(arena, 60, values={index: value}, expected={index: CRASHED})
    handed = hand_in(arena, arena_batch)
    until(lambda: _has_failed(arena, handed), f"the item with {value} has failed", within=240, poll=0.5)
    arena.log.note(f"item trap {value}", handed.batch_id)


def _has_failed(arena: Arena, handed: Handed) -> bool:
    return any(
        failure["code"] == CRASHED
        for one in read_said(arena.system.address, "results")
        if one.body.get("batch_id") == handed.batch_id
        for failure in one.body.get("failures", ())
    )
