"""The command line: which commands there are; each is a door to something that can also be called from Python."""

import logging
from importlib.metadata import version
from typing import Annotated

import typer

from pressrun.cli import (
    archive_commands,
    batches_commands,
    broker_commands,
    dead_letters_commands,
    demo_commands,
    letters_commands,
    notices_commands,
    submit_commands,
    system_commands,
    topics_commands,
)
from pressrun.cli.exits import TellingGroup

app = typer.Typer(
    name="pressrun",
    cls=TellingGroup,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _tell_version(asked: bool) -> None:
    if asked:
        typer.echo(f"pressrun {version('pressrun')}")
        raise typer.Exit


@app.callback()
def pressrun(
    *,
    _version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Say the version and exit.")
    ] = False,
) -> None:
    """Batches of personalised work on Apache Kafka: submit a list, watch exact progress, get one sealed archive.

    PRESSRUN_DATA_DIR (else ./var) is where a system lives and by which every command finds it.
    """
    # Clients log what they try again; what comes of it is said by us.
    logging.getLogger().addHandler(logging.NullHandler())


for _command in (
    system_commands.up,
    system_commands.work,
    batches_commands.show,
    batches_commands.watch,
    batches_commands.cancel,
    batches_commands.batches,
    archive_commands.verify,
    system_commands.doctor,
    demo_commands.demo,
):
    app.command()(_command)
app.add_typer(submit_commands.app, name="submit")
app.add_typer(letters_commands.app, name="letters")
app.add_typer(broker_commands.app, name="broker")
app.add_typer(topics_commands.app, name="topics")
app.add_typer(notices_commands.app, name="notices")
app.add_typer(dead_letters_commands.app, name="dead-letters")
