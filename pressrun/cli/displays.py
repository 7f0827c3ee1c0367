"""A running batch before one's eyes: a live bar on a terminal, plain lines elsewhere."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.text import Text

from pressrun.cli.answers import COLOURS, count_answered
from pressrun.cli.consoles import talk_console
from pressrun.following import held_by
from schemas.batches import BatchState

LINE_SECONDS = 1.0
"""Between two plain lines of one status: enough for a log."""


@contextmanager
def progress_display() -> Iterator["Display"]:
    """What is to be told each new state of one batch, and now and then a remark."""
    console = talk_console()
    if not console.is_terminal:
        yield PlainLines(console)
        return
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[counts]}"),
        _RateColumn(),
        TimeRemainingColumn(compact=True),
        console=console,
    ) as progress:
        yield LiveBar(progress)


class Display(Protocol):
    """Shows one batch."""

    def tell(self, state: BatchState) -> None: ...
    def remark(self, line: str) -> None: ...


class LiveBar:
    """One line that changes in place."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._bar = progress.add_task("submitted", total=None, counts="")

    def tell(self, state: BatchState) -> None:
        colour = COLOURS[state.status]
        self._progress.update(
            self._bar,
            description=f"[{colour}]{state.status}[/{colour}]",
            total=state.total,
            completed=count_answered(state),
            counts=counts_of(state),
        )

    def remark(self, line: str) -> None:
        self._progress.console.print(Text(line), soft_wrap=True)


@dataclass(slots=True)
class PlainLines:
    """A line for every new status, and one a second in between."""

    console: Console
    clock: Callable[[], float] = time.monotonic
    _status: str = ""
    _told_at: float = 0.0
    _began: tuple[float, int] | None = None

    def tell(self, state: BatchState) -> None:
        now = self.clock()
        if self._began is None:
            self._began = (now, count_answered(state))
        if state.status != self._status or now - self._told_at >= LINE_SECONDS:
            self.console.print(Text(self._line(state, now)), soft_wrap=True)
            self._status, self._told_at = state.status, now

    def remark(self, line: str) -> None:
        self.console.print(Text(line), soft_wrap=True)

    def _line(self, state: BatchState, now: float) -> str:
        assert self._began is not None
        answered = count_answered(state)
        seconds, done = now - self._began[0], answered - self._began[1]
        parts = [f"{answered * 100 // state.total} %"] if state.total else []
        parts.append(counts_of(state))
        if state.status == "running" and seconds > 0 and done > 0 and state.total:
            rate = done / seconds
            parts += [f"{rate:,.0f}/s", f"{(state.total - answered) / rate:.0f} s left"]
        return f"{state.status}: {', '.join(parts)}"


def counts_of(state: BatchState) -> str:
    """`120 of 1,000, 3 failed`, and why it does not move: `blocked: disk`, `waiting: window`."""
    held = held_by(state)
    if state.total is None:
        counting = "being counted" if state.status == "submitted" else "nothing was made"
        return f"{counting}, {held}" if held else counting
    parts = [f"{count_answered(state):,} of {state.total:,}"]
    parts += [
        f"{count:,} {word}" for count, word in ((state.failed, "failed"), (state.cancelled, "cancelled")) if count
    ]
    return ", ".join([*parts, held] if held else parts)


class _RateColumn(ProgressColumn):
    """Items a second."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:,.0f}/s" if task.speed else "", style="dim")
