"""The command line: one function per command, each a door to something that can also be called from Python."""

import typer

from pressrun.cli.roles import run_role
from pressrun.settings import Settings

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.command()
def work(role: str) -> None:
    """Run one role in this process."""
    raise typer.Exit(run_role(role, Settings()))


@app.command()
def version() -> None:
    """X"""
