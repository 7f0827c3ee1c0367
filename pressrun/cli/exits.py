"""The exit codes of every command, and the one place where an error becomes words and a code."""

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from pressrun.cli.errors import MachineRefused
from schemas.errors import PressrunError

if TYPE_CHECKING:
    from schemas.faults import Fault

FAILED = 1
FAULTY_INPUT = 2
"""Also what Typer exits with when a command line cannot be understood."""
SOME_FAILED = 3
INTERRUPTED = 128 + signal.SIGINT


class TellingGroup(TyperGroup):
    """A group of commands whose errors end as `code: message` on standard error, never as a traceback."""

    def invoke(self, ctx: Any) -> object:
        with errors_told():
            return super().invoke(ctx)


@contextmanager
def errors_told(*, as_json: bool = False) -> Iterator[None]:
    """Say a PressrunError, as one JSON object on standard output where that was asked for, and exit."""
    try:
        with _machine_errors():
            yield
    except PressrunError as error:
        faults = faults_of(error)
        if as_json:
            message = _count(faults) if faults else str(error)
            answer = {"error": error.code, "message": message, "faults": [fault.model_dump() for fault in faults]}
            typer.echo(json.dumps(answer, ensure_ascii=False))
        else:
            tell_error(error, faults)
        raise typer.Exit(FAULTY_INPUT if faults else FAILED) from None


@contextmanager
def _machine_errors() -> Iterator[None]:
    """A folder that may not be written is no bug of ours; a reader who went away is Typer's to handle."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise MachineRefused(f"{where}{error.strerror or error}") from error


def tell_error(error: PressrunError, faults: "tuple[Fault, ...]") -> None:
    """Write the error, or each of its faults, to standard error."""
    if not faults:
        typer.echo(f"{error.code}: {error}", err=True)
        return
    typer.echo(f"{error.code}: {_count(faults)}", err=True)
    for fault in faults:
        typer.echo(f"  {fault.code}: {fault.where}: {fault.message}\n    {fault.remedy}", err=True)


def faults_of(error: PressrunError) -> "tuple[Fault, ...]":
    """The faults a FaultyInput carries; its class is not imported, for it takes the domain along."""
    return getattr(error, "faults", ())


def _count(faults: "tuple[Fault, ...]") -> str:
    return f"{len(faults)} {'fault' if len(faults) == 1 else 'faults'} to be put right; nothing was done"
