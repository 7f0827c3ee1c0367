"""The command about sealed archives: verify."""
# ruff: noqa: PLC0415
# Archives are only opened where one is verified; see batches_commands.py.

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from pressrun.cli.exits import FAILED
from pressrun.cli.options import SecretOption


def verify(
    archive: Annotated[
        Path, typer.Argument(metavar="ARCHIVE", exists=True, dir_okay=False, help="The sealed ZIP file.")
    ],
    *,
    password_secret: SecretOption = None,
) -> None:
    """Check every entry of an archive against its manifest, and that each item is an entry or explained."""
    from pressrun.cli.configuration import read_settings
    from pressrun.cli.consoles import say
    from pressrun.secrets import read_secret
    from sinks.verification import verify_archive

    password = read_secret(read_settings().secrets, password_secret) if password_secret else None
    with _progress_display() as progress:
        found = verify_archive(archive, password, progress=progress)
    say(
        f"batch {found.batch_id}, attempt {found.attempt}: {found.total:,} items, "
        f"{found.entries:,} entries, {found.failures:,} in failures.csv"
    )
    for fault in found.faults:
        typer.echo(fault)
    if found.faults:
        say("The archive is not as it was sealed.")
        raise typer.Exit(FAILED)
    say("Every entry is as the manifest says, and every item is there or explained.")


@contextmanager
def _progress_display() -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal that goes away when all is read; nothing elsewhere."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from pressrun.cli.consoles import talk_console

    console = talk_console()
    columns = (TextColumn("verifying"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(compact=True))
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as display:
        bar = display.add_task("verifying", total=None)
        yield lambda done, total: display.update(bar, completed=done, total=total)
