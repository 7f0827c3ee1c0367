"""Runs a role's App in this process until it is told to stop, its supervisor is gone, or it crashes."""

import asyncio
import gc
import os
import signal
import threading
from collections.abc import Callable

import uvloop

from streams.app import EXIT_UNCOMMITTED, BlockApp

LIFELINE_VARIABLE = "PRESSRUN_LIFELINE_FD"
"""Environment variable naming an inherited pipe's read end: its end of file means the supervisor is gone."""


def run_app(create: Callable[[], BlockApp]) -> int:
    """Exit code: 0 after a signal, 70 after a crash."""
    # By policy, because the consumer's thread makes a loop of its own.
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    return asyncio.run(_run(create))


def _calm_collector() -> None:
    """Collect a tenth as often: a block's short-lived values set it off for nothing (9 % of a renderer's time)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


async def _run(create: Callable[[], BlockApp]) -> int:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    watch_lifeline(lambda: loop.call_soon_threadsafe(stopping.set))
    app = create()
    _calm_collector()
    beating = asyncio.ensure_future(app.pulse.beat(app.pulse_path)) if app.pulse_path else None
    watching = asyncio.ensure_future(app.watch_acknowledgements())
    crashed = asyncio.ensure_future(_start_and_watch(app))
    asked = asyncio.ensure_future(stopping.wait())
    await asyncio.wait({crashed, asked}, return_when=asyncio.FIRST_COMPLETED)
    if not asked.done():
        # Stopping a crashed App commits nothing and may hang; what is uncommitted comes again.
        app.end_process(app.crash_reason or crashed.exception() or RuntimeError("the App stopped by itself"))
        return EXIT_UNCOMMITTED
    crashed.cancel()
    for prepare in app.before_stop:
        prepare()
    await app.stop()
    for task in (beating, watching):
        if task is not None:
            task.cancel()
    return 0


async def _start_and_watch(app: BlockApp) -> None:
    await app.start()
    await app.wait_until_stopped()


def watch_lifeline(on_end: Callable[[], object]) -> None:
    """Call `on_end`, in a thread of its own, when the supervisor is gone; without one, never."""
    descriptor = os.environ.get(LIFELINE_VARIABLE)
    if descriptor is None:
        return

    def wait() -> None:
        while os.read(int(descriptor), 1):
            pass
        on_end()

    threading.Thread(target=wait, name="lifeline", daemon=True).start()
