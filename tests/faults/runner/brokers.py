"""Faults of the broker: killed, stopped and started, stalled in slices, away for long."""

import os
import random
import signal
import time

import psutil
from faults.runner.arena import Arena
from faults.runner.faultlog import require
from faults.runner.handing import hand_in, prepare_batch
from faults.runner.parallel import at_once
from faults.runner.waiting import until

from pressrun.startup import broker_settings_of
from streams.devbroker import broker_status, start_broker, stop_broker
from streams.devbroker.readiness import why_not_ready

STALL_SECONDS, BREATH_SECONDS = 0.35, 0.05


def kill_broker(arena: Arena) -> None:
    """SIGKILL; the supervisor starts it again. A batch is handed in while it is away."""
    pid = arena.system.broker_pid
    assert pid is not None
    address = arena.system.address
    handed = prepare_batch(arena, 40)
    at = time.time()
    os.kill(pid, signal.SIGKILL)
    until(lambda: not psutil.pid_exists(pid), "the broker is dead")

    def submit() -> None:
        hand_in(arena, handed)
        arena.log.note("submitted without a broker", handed.batch_id, at=at)

    at_once(submit, lambda: _await_another(arena, pid, address))
    arena.log.note("kill broker", str(pid), at=at)


def restart_broker(arena: Arena, choices: random.Random) -> None:
    """Stopped as an operator does it, and started again a little later."""
    settings = broker_settings_of(arena.system.settings)
    pid, at = arena.system.broker_pid, time.time()
    require(stop_broker(settings), "the broker was running when it was stopped")
    time.sleep(choices.uniform(0.5, 3.0))
    require(broker_status(settings) is None, "the broker stays stopped")
    started = start_broker(settings)
    require(started.pid != pid, "another broker was started")
    arena.log.note("stop broker", str(pid), at=at)


def stall_broker(arena: Arena, seconds: float) -> None:
    """It answers 50 ms of every 400: commits and acknowledgements pile up between the slices."""
    pid = arena.system.broker_pid
    assert pid is not None
    broker, at, slices = psutil.Process(pid), time.time(), 0
    try:
        while time.time() < at + seconds:
            broker.send_signal(signal.SIGSTOP)
            time.sleep(STALL_SECONDS)
            slices += broker.status() == psutil.STATUS_STOPPED
            broker.send_signal(signal.SIGCONT)
            time.sleep(BREATH_SECONDS)
    finally:
        broker.send_signal(signal.SIGCONT)
    require(slices >= seconds / (STALL_SECONDS + BREATH_SECONDS) / 2, f"the broker was stalled {slices} times")
    arena.log.note("stall broker", f"{slices} slices", at=at)


def _await_another(arena: Arena, pid: int, address: str) -> None:
    until(lambda: arena.system.broker_pid not in {None, pid}, "another broker")
    until(lambda: why_not_ready(address) is None, "the broker can be used again")
