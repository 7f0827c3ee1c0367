"""One fault at a time, each only after the last has been got over: what recovery costs where nothing else is wrong."""

import time

from faults.runner import processes
from faults.runner.arena import Arena
from faults.runner.brokers import kill_broker
from faults.runner.faultlog import require
from faults.runner.handing import hand_in, prepare_batch
from faults.runner.records import read_said, results_of
from faults.runner.storm import is_over
from faults.runner.waiting import until

REST_SECONDS = 2.0


def measure(arena: Arena) -> None:
    """Workers killed one after the other, then the broker, in the middle of a batch that outlasts it all."""
    choices, sizes = arena.choices("calm"), arena.sizes
    big = hand_in(arena, prepare_batch(arena, sizes.items))
    until(lambda: results_of(arena.system.address, big.batch_id), "the first results")
    for act in ["worker"] * sizes.calm_kills + ["broker"] * sizes.calm_broker_kills:
        if act == "worker":
            processes.kill_one(arena, choices, ("render",))
        else:
            kill_broker(arena)
        _await_all_working(arena)
        time.sleep(REST_SECONDS + choices.uniform(0, REST_SECONDS))
    require(not is_over(arena, big), "the batch outlasts the faults")


def _await_all_working(arena: Arena) -> None:
    """Every worker the system is to have is there, and something new has been done since."""
    wanted = arena.system.settings.workers
    until(lambda: len(arena.system.processes("render")) == wanted, "all workers are there again")
    done = len(read_said(arena.system.address, "results"))
    until(lambda: len(read_said(arena.system.address, "results")) > done + wanted, "work goes on", poll=0.5)
