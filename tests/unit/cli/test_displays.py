"""Progress before one's eyes, on a terminal and elsewhere."""

import io
from typing import Any

from rich.console import Console
from rich.progress import Progress

from pressrun.cli.displays import LiveBar, PlainLines, counts_of, progress_display
from schemas.batches import BatchState

TIME = "2026-03-01T12:00:00Z"


def a_state(**changes: Any) -> BatchState:
    facts = {
        "type": "BatchState",
        "id": "a/state",
        "time": TIME,
        "batch_id": "20260301-120000-abc",
        "kind": "letters",
        "name": "",
        "status": "running",
        "attempt": 1,
        "total": 1000,
        "created_at": TIME,
    }
    return BatchState.model_validate({**facts, **changes}, strict=False)


class Clock:
    """Seconds, set by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def a_console(*, terminal: bool = False) -> tuple[Console, io.StringIO]:
    output = io.StringIO()
    return Console(file=output, force_terminal=terminal, width=120), output


def test_plain_lines_tell_percent_counts_rate_and_time_left() -> None:
    console, output = a_console()
    clock = Clock()
    lines = PlainLines(console, clock)

    lines.tell(a_state())
    clock.now += 2
    lines.tell(a_state(succeeded=390, failed=10))

    assert output.getvalue().splitlines() == [
        "running: 0 %, 0 of 1,000",
        "running: 40 %, 400 of 1,000, 10 failed, 200/s, 3 s left",
    ]


def test_plain_lines_come_once_a_second_and_with_every_new_status() -> None:
    console, output = a_console()
    clock = Clock()
    lines = PlainLines(console, clock)

    for answered in range(0, 1000, 100):
        lines.tell(a_state(succeeded=answered))
        clock.now += 0.25
    lines.tell(a_state(status="closing", succeeded=1000))
    lines.tell(a_state(status="sealed", succeeded=1000))

    assert [line.split(",")[0] for line in output.getvalue().splitlines()] == [
        "running: 0 %",
        "running: 40 %",
        "running: 80 %",
        "closing: 100 %",
        "sealed: 100 %",
    ]


def test_without_a_terminal_the_display_is_plain_lines() -> None:
    with progress_display() as display:
        assert isinstance(display, PlainLines)


def test_the_bar_tells_percent_counts_and_status() -> None:
    console, output = a_console(terminal=True)

    with Progress("{task.description} {task.percentage:.0f}% {task.fields[counts]}", console=console) as progress:
        bar = LiveBar(progress)
        bar.tell(a_state(succeeded=250))
        bar.remark("the system has ended")
        bar.tell(a_state(status="sealed", succeeded=998, failed=2))

    assert "100% 1,000 of 1,000, 2 failed" in output.getvalue()
    assert "sealed" in output.getvalue()
    assert "the system has ended" in output.getvalue()


def test_a_remark_is_a_line_of_its_own() -> None:
    console, output = a_console()

    PlainLines(console).remark("the system [has] ended")

    assert output.getvalue() == "the system [has] ended\n"


def test_what_is_waited_for_is_told_with_the_counts() -> None:
    assert counts_of(a_state(blocked="disk")) == "0 of 1,000, blocked: disk"
    assert counts_of(a_state(waiting="window")) == "0 of 1,000, waiting: window"


def test_a_batch_without_a_total_has_no_counts() -> None:
    assert counts_of(a_state(status="submitted", total=None)) == "being counted"
    assert counts_of(a_state(status="rejected", total=None)) == "nothing was made"
