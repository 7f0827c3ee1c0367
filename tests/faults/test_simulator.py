"""The whole pipeline, simulated: every place and every pair of places where a process may die, and random faults."""

import random

import pytest
from faults.simulator.campaigns import Campaign, run_many, run_pairs_of
from faults.simulator.exhaustive import Deaths, branch, finish, replay, run_all, setting_of
from faults.simulator.faults import FAULTS
from faults.simulator.log import Fenced, Log, Place, Seat
from faults.simulator.orders import Order
from faults.simulator.random_runs import run_one, traced
from faults.simulator.verdicts import Broken
from faults.simulator.world import Setting, World

PROCESSES = 2
RANDOM_RUNS = 20_000


def kept_every_promise(campaign: Campaign) -> bool:
    assert campaign.broken == [], campaign.broken[0]
    return True


@pytest.mark.parametrize("total", [1, 3, 8, 12])
def test_no_death_and_no_pair_of_deaths_breaks_a_promise(total: int) -> None:
    campaign = run_pairs_of(total, PROCESSES)

    assert kept_every_promise(campaign)
    assert campaign.pairs > campaign.singles > 60


def test_random_faults_break_no_promise() -> None:
    campaign = run_many(0, RANDOM_RUNS, PROCESSES)

    assert kept_every_promise(campaign)
    assert campaign.runs == RANDOM_RUNS


def test_every_fault_and_every_command_strikes() -> None:
    campaign = run_many(0, 2_000)

    assert set(campaign.struck) == {*FAULTS, "crash", "freeze", "pause"}


def test_every_pair_there_is_was_run() -> None:
    setting = setting_of(1)
    undisturbed = World(setting)
    undisturbed.run()
    seconds = 0
    for first in range(1, undisturbed.points + 1):
        world = World(setting, Deaths((first,)))
        world.run()
        seconds += world.points - first

    coverage = run_all(setting)

    assert (coverage.singles, coverage.pairs) == (undisturbed.points, seconds)


def test_a_branch_goes_as_the_same_run_from_its_start() -> None:
    setting = setting_of(3)
    _, branches, _ = branch(World(setting), ())
    twin, seat = branches[40]
    twin.seat_another(twin.processes[seat])
    twin.run()

    world = World(setting, Deaths((41,)))
    finish(world, (41,))

    assert twin.log.entries == world.log.entries
    assert twin.storage == world.storage


def test_a_run_is_the_same_each_time() -> None:
    assert list(traced(17)) == list(traced(17))


def test_a_trace_names_every_death() -> None:
    lines = list(replay(setting_of(3), (5, 20)))

    assert [line.split()[0] for line in lines if line.endswith("crash")] == ["5", "20"]
    assert lines[-1] == "all promises were kept"


def falsify(world: World, _: random.Random) -> bool:
    """Take one index out of an archive, which nothing may do."""
    for batch_id, bits in world.storage.archives.items():
        world.storage.archives[batch_id] = bits & (bits - 1)
    return bool(world.storage.archives)


def test_a_broken_run_says_how_to_have_it_again() -> None:
    kinds = {"falsify": falsify}
    seed = next(seed for seed in range(50) if "archive_differs" in list(traced(seed, kinds=kinds))[-1])

    with pytest.raises(Broken) as caught:
        run_one(seed, kinds=kinds)

    assert caught.value.origin == f"seed {seed}"
    assert caught.value.trace == tuple(traced(seed, kinds=kinds))


def test_an_older_epoch_writes_nothing_behind_a_newer_one() -> None:
    log, seat, place = Log(), Seat("aggregate", 0), Place("progress", 0)
    old, new = log.next_epoch(seat), log.next_epoch(seat)
    log.write_row(seat, old, b"row", b"old")
    log.write_row(seat, new, b"row", b"new")

    with pytest.raises(Fenced):
        log.write_row(seat, old, b"row", b"late")

    assert log.changelogs[seat] == {b"row": b"new"}
    assert log.end(place) == 0


def test_an_item_that_kills_its_worker_is_given_up_and_the_rest_is_made() -> None:
    world = World(Setting(orders=(Order(total=6, killing=frozenset({4})),)))

    world.run()

    assert world.storage.archives[Order().batch_id] == 0b101111
