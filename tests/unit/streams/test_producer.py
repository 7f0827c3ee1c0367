"""The strict buffer: a flush means acknowledged, and an error is not swallowed."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from streams.errors import StreamError
from streams.producer import StrictBuffer


def a_buffer() -> StrictBuffer:
    buffer = StrictBuffer()
    buffer.app = SimpleNamespace(conf=SimpleNamespace(producer_threaded=False))
    return buffer


def a_future() -> "asyncio.Future[Any]":
    return asyncio.get_running_loop().create_future()


async def turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_flush_waits_for_every_acknowledgement() -> None:
    buffer, first, second = a_buffer(), a_future(), a_future()
    buffer.put(first)
    buffer.put(second)

    flush = asyncio.create_task(buffer.flush())
    first.set_result(None)
    await turns()
    assert not flush.done()
    second.set_result(None)
    await flush


async def test_a_flush_does_not_wait_for_what_comes_after_it() -> None:
    buffer, first, later = a_buffer(), a_future(), a_future()
    buffer.put(first)
    flush = asyncio.create_task(buffer.flush())
    await turns()
    buffer.put(later)

    first.set_result(None)
    await flush

    later.cancel()


async def test_a_flush_raises_what_the_broker_raises_while_it_waits() -> None:
    buffer, refused = a_buffer(), a_future()
    buffer.put(refused)
    flush = asyncio.create_task(buffer.flush())
    await turns()

    refused.set_exception(OSError("not enough replicas"))

    with pytest.raises(StreamError) as raised:
        await flush
    assert isinstance(raised.value.__cause__, OSError)


async def test_a_flush_raises_what_the_broker_raised_before_it() -> None:
    buffer, refused = a_buffer(), a_future()
    buffer.put(refused)
    refused.set_exception(OSError("not enough replicas"))
    await turns()

    with pytest.raises(StreamError):
        await buffer.flush()
