"""Intents are carried out a few at a time, smallest first, again where they must wait, never after they are gone."""

import asyncio

import pytest

from pressrun.intents import IntentRunner


class Acts:
    def __init__(self) -> None:
        self.begun: list[int] = []
        self.waits: dict[int, list[float | None]] = {}
        self.gates: dict[int, asyncio.Event] = {}
        self.failures: list[BaseException] = []

    async def act(self, intent: int, attempt: int) -> float | None:
        self.begun.append(intent)
        if intent in self.gates:
            await self.gates[intent].wait()
        if intent < 0:
            raise ZeroDivisionError
        waits = self.waits.get(intent, [])
        return waits[attempt] if attempt < len(waits) else None

    def runner(self, at_once: int = 2) -> IntentRunner[int]:
        return IntentRunner(self.act, at_once=at_once, first=lambda intent: intent, end_process=self.failures.append)


async def turns(count: int = 20) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_the_smallest_go_first_and_only_so_many_at_once() -> None:
    acts = Acts()
    acts.gates = {1: asyncio.Event(), 2: asyncio.Event()}
    runner = acts.runner(at_once=2)

    runner.wake({"c": 3, "a": 1, "b": 2})
    await turns()
    assert acts.begun == [1, 2]
    acts.gates[1].set()
    await turns()

    assert acts.begun == [1, 2, 3]
    acts.gates[2].set()
    await turns()


async def test_a_done_intent_is_not_done_again_while_it_is_still_shown() -> None:
    acts = Acts()
    runner = acts.runner()
    runner.wake({"a": 1})
    await turns()

    runner.wake({"a": 1})
    await turns()

    assert acts.begun == [1]
    assert not runner.is_busy


async def test_an_intent_that_comes_again_after_it_was_gone_is_done_again() -> None:
    acts = Acts()
    runner = acts.runner()
    for intents in ({"a": 1}, {}, {"a": 1}):
        runner.wake(intents)
        await turns()

    assert acts.begun == [1, 1]


async def test_an_intent_that_must_wait_is_tried_again() -> None:
    acts = Acts()
    acts.waits = {1: [0.0, 0.0]}
    runner = acts.runner()

    runner.wake({"a": 1})
    await turns()

    assert acts.begun == [1, 1, 1]


async def test_an_intent_that_is_gone_is_stopped() -> None:
    acts = Acts()
    acts.gates = {1: asyncio.Event()}
    runner = acts.runner()
    runner.wake({"a": 1})
    await turns()

    runner.wake({})
    await turns()
    acts.gates[1].set()
    runner.wake({"b": 2})
    await turns()

    assert acts.begun == [1, 2]


async def test_an_unforeseen_error_ends_the_process() -> None:
    acts = Acts()

    acts.runner().wake({"a": -1})
    await turns()

    assert [type(error) for error in acts.failures] == [ZeroDivisionError]


@pytest.mark.parametrize("at_once", [1, 3])
async def test_every_intent_is_carried_out(at_once: int) -> None:
    acts = Acts()

    acts.runner(at_once).wake({str(number): number for number in range(10)})
    await turns(100)

    assert acts.begun == list(range(10))


async def test_who_waits_for_another_try_holds_up_nobody() -> None:
    acts = Acts()
    acts.waits = {1: [3600.0], 2: [3600.0]}
    runner = acts.runner(at_once=1)

    runner.wake({"a": 1, "b": 2, "c": 3})
    await turns()

    assert acts.begun == [1, 2, 3]
    runner.wake({})
    await turns()


async def test_who_wakes_up_waits_for_a_place() -> None:
    acts = Acts()
    acts.waits = {1: [0.0]}
    acts.gates = {2: asyncio.Event()}
    runner = acts.runner(at_once=1)

    runner.wake({"a": 1, "b": 2})
    await turns()
    assert acts.begun == [1, 2]
    acts.gates[2].set()
    await turns()

    assert acts.begun == [1, 2, 1]
