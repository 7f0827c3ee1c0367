"""A batch's state as it is answered: the JSON object of `show`, the lines and tables people read."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from rich.table import Table
from rich.text import Text

from pressrun.cli.exits import FAILED, INTERRUPTED, SOME_FAILED
from pressrun.domain.batches import ENDED
from pressrun.following import held_by
from schemas.batches import BatchState
from schemas.progress import Status

COLOURS: dict[Status, str] = {
    "submitted": "dim",
    "running": "cyan",
    "closing": "cyan",
    "sealed": "green",
    "rejected": "red",
    "cancelled": "yellow",
    "failed": "red",
}


def answer_of(state: BatchState, archives: Path) -> dict[str, object]:
    """The object `show --json` prints; `archives` is the absolute folder the archive's files lie in."""
    return {
        "batch_id": state.batch_id,
        "kind": state.kind,
        "name": state.name,
        "status": state.status,
        "attempt": state.attempt,
        "total": state.total,
        "succeeded": state.succeeded,
        "failed": state.failed,
        "cancelled": state.cancelled,
        "archive": [str(archives / name) for name in state.archive],
        "created_at": state.created_at.isoformat(),
        "completed_at": state.completed_at.isoformat() if state.completed_at else None,
        "error": _errors_of(state),
        "blocked": state.blocked,
        "waiting": state.waiting,
    }


def exit_code_of(state: BatchState | None) -> int:
    """Of whoever waited for the batch: 0 all succeeded, 3 some failed, 1 not completed, 130 stopped waiting."""
    if state is None or state.status not in ENDED:
        return INTERRUPTED
    if state.status != "sealed":
        return FAILED
    return SOME_FAILED if state.failed else 0


def count_answered(state: BatchState) -> int:
    """Items that have an outcome."""
    return state.succeeded + state.failed + state.cancelled


def show_lines(state: BatchState, archives: Path) -> Iterator[Text]:
    """One batch, a fact a line; no table, which would break long paths."""
    facts = answer_of(state, archives)
    for name in ("batch_id", "kind", "name", "status", "attempt", "total", "succeeded", "failed", "cancelled"):
        value = "not counted yet" if facts[name] is None else str(facts[name])
        yield _fact(name, value, COLOURS[state.status] if name == "status" else "")
    for file in state.archive:
        yield _fact("archive", str(archives / file))
    yield _fact("created_at", str(facts["created_at"]))
    yield _fact("completed_at", str(facts["completed_at"] or "not yet"))
    if held := held_by(state):
        word, reason = held.split(": ")
        yield _fact(word, reason, "yellow")
    for error in _errors_of(state) or ():
        yield _fact("error", f"{error['code']}: {error['where']}: {error['message']} {error['remedy']}", "red")


def _fact(name: str, value: str, style: str = "") -> Text:
    return Text.assemble((f"{name:<14}", "dim"), (value, style))


def list_table(states: Iterable[BatchState]) -> Table:
    """Batches, one a line."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("batch", "name", "status"):
        table.add_column(name, overflow="fold")
    for name in ("done", "total", "failed"):
        table.add_column(name, justify="right")
    table.add_column("created", no_wrap=True)
    for state in states:
        table.add_row(
            Text(state.batch_id),
            Text(state.name),
            Text(state.status, style=COLOURS[state.status]),
            f"{count_answered(state):,}",
            "?" if state.total is None else f"{state.total:,}",
            f"{state.failed:,}",
            f"{state.created_at.astimezone():%Y-%m-%d %H:%M:%S}",
        )
    return table


def _errors_of(state: BatchState) -> list[dict[str, str]] | None:
    """Faults of a rejected or failed batch, or what an open one waits for; None where nothing is wrong."""
    errors: list[dict[str, str]] = [fault.model_dump() for fault in state.faults]
    if state.blocked:
        message = f"The batch is blocked: {state.blocked}."
        remedy = "It goes on by itself when that is over; `pressrun doctor` looks for the cause."
        errors.append({"code": state.blocked, "where": "batch", "message": message, "remedy": remedy})
    return errors or None
