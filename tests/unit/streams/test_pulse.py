"""Signs of life: of a body that gets on, of a loop that turns, of a wait for the broker; not of one that hangs."""

import asyncio
import os
import time
from pathlib import Path

import pytest

from streams.pulse import Pulse, read_pulse


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The steady clock; its one number is what it shows."""
    shown = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: shown[0])
    return shown


def test_whoever_has_nothing_to_do_is_alive(clock: list[float]) -> None:
    pulse = Pulse()
    clock[0] = 500.0

    assert pulse.last == 500.0


def test_a_body_lives_by_its_own_signs_only(clock: list[float]) -> None:
    pulse = Pulse()
    with pulse.of_body():
        clock[0] = 140.0
        assert pulse.last == 100.0

        pulse.give()
        assert pulse.last == 140.0


def test_waiting_for_the_broker_is_living(clock: list[float]) -> None:
    pulse = Pulse()
    with pulse.of_body(), pulse.of_wait():
        clock[0] = 700.0
        assert pulse.last == 700.0


async def test_what_is_written_down_is_of_this_process_alone(tmp_path: Path) -> None:
    pulse, path = Pulse(), tmp_path / "roles" / "render-0.pulse"
    before = time.monotonic()

    beating = asyncio.create_task(pulse.beat(path))
    await asyncio.sleep(0)
    beating.cancel()
    sign = read_pulse(path, os.getpid())

    assert sign is not None
    assert before - 0.001 <= sign <= time.monotonic() + 0.001
    assert read_pulse(path, os.getpid() + 1) is None


def test_a_pulse_nobody_wrote_says_nothing(tmp_path: Path) -> None:
    assert read_pulse(tmp_path / "absent", os.getpid()) is None
