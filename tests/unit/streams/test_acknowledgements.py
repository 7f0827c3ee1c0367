"""An acknowledgement that never comes is told from a broker that is away."""

import asyncio
import time
from typing import Any

import pytest

from streams.acknowledgements import LOOK_SECONDS, Acknowledgements
from streams.errors import AcknowledgementLost


class Broker:
    """Answers or does not."""

    def __init__(self) -> None:
        self.is_there = True
        self.asked = 0

    async def answers(self) -> bool:
        self.asked += 1
        return self.is_there


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    shown = [1_000.0]
    monkeypatch.setattr(time, "monotonic", lambda: shown[0])
    return shown


def a_future() -> "asyncio.Future[Any]":
    return asyncio.get_running_loop().create_future()


async def looks(expected: Acknowledgements, broker: Broker, clock: list[float], seconds: float) -> None:
    """Look as often as the watch does in so many seconds."""
    end = clock[0] + seconds
    while clock[0] < end:
        clock[0] += LOOK_SECONDS
        await expected.look(broker.answers)


async def test_an_acknowledgement_that_never_comes_beside_a_broker_that_answers_is_lost(clock: list[float]) -> None:
    expected, broker = Acknowledgements(), Broker()
    expected.expect(a_future())

    with pytest.raises(AcknowledgementLost):
        await looks(expected, broker, clock, 80)


async def test_a_broker_that_is_away_is_waited_for_however_long_it_takes(clock: list[float]) -> None:
    expected, broker = Acknowledgements(), Broker()
    broker.is_there = False
    expected.expect(a_future())

    await looks(expected, broker, clock, 3_600)

    assert broker.asked > 100


async def test_after_an_outage_there_is_time_to_send_what_has_waited(clock: list[float]) -> None:
    expected, broker, waited = Acknowledgements(), Broker(), a_future()
    broker.is_there = False
    expected.expect(waited)
    await looks(expected, broker, clock, 600)

    broker.is_there = True
    await looks(expected, broker, clock, 25)
    waited.set_result(None)
    await asyncio.sleep(0)
    await looks(expected, broker, clock, 60)

    assert not expected.is_overdue


async def test_nobody_is_asked_while_acknowledgements_come(clock: list[float]) -> None:
    expected, broker = Acknowledgements(), Broker()
    for _ in range(20):
        future = a_future()
        expected.expect(future)
        clock[0] += LOOK_SECONDS
        await expected.look(broker.answers)
        future.set_result(None)
        await asyncio.sleep(0)

    assert broker.asked == 0
