"""The command about sealed archives: verify."""
# ruff: noqa: PLC0415
# Archives are only opened where one is verified; see batches_commands.py.

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pressrun.cli.exits import FAILED
from pressrun.cli.options import SecretOption

if TYPE_CHECKING:
    from schemas.results import BatchSealed


def verify(
    archive: Annotated[
        Path, typer.Argument(metavar="ARCHIVE", exists=True, dir_okay=False, help="The sealed ZIP file.")
    ],
    *,
    sealed: Annotated[
        Path | None,
        typer.Option(metavar="FILE", exists=True, dir_okay=False, help="Its BatchSealed record, from `progress`."),
    ] = None,
    password_secret: SecretOption = None,
) -> None:
    """Check every entry of an archive against its manifest, and the whole against the record of its sealing."""
    from pressrun.cli.configuration import read_settings
    from pressrun.cli.consoles import say
    from pressrun.sealings import find_sealing, read_sealing
    from pressrun.secrets import read_secret
    from sinks.comparison import compare_with_record
    from sinks.verification import verify_archive

    settings = read_settings()
    password = read_secret(settings.secrets, password_secret) if password_secret else None
    with _progress_display() as progress:
        found = verify_archive(archive, password, progress=progress)
    record = read_sealing(sealed) if sealed else find_sealing(archive, found.batch_id, settings)
    say(
        f"batch {found.batch_id}, attempt {found.attempt}: {found.total:,} items, "
        f"{found.entries:,} entries, {found.failures:,} in failures.csv"
    )
    faults = (*found.faults, *(compare_with_record(found, record) if record else ()))
    for fault in faults:
        typer.echo(fault)
    if faults:
        say("The archive is not as it was sealed.")
        raise typer.Exit(FAILED)
    say("Every entry is as the manifest says, and every item is there or explained.")
    say(_tell_certainty(record))


def _tell_certainty(record: "BatchSealed | None") -> str:
    if record is None:
        return "There is no record of its sealing here (--sealed): only the archive speaks for itself."
    if not record.archive_sha256:
        return "The record of its sealing has the same numbers; it is older than digests."
    return "It is byte for byte what was sealed."


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
