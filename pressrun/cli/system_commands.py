"""The commands about the system itself: up, work, doctor, demo."""
# ruff: noqa: PLC0415
# Roles take Faust and the renderer along; see batches_commands.py.

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pressrun.cli.exits import FAILED
from pressrun.cli.options import JsonOption
from streams.topology import ROLE_NAMES

if TYPE_CHECKING:
    from rich.console import Console

    from pressrun.diagnosis import Finding


def up() -> None:
    """Run the whole system here until Ctrl-C: broker, topics, every role.

    Writes the line `ready` to standard output once every role can work.
    """
    from pressrun.cli.configuration import read_settings
    from pressrun.cli.consoles import say
    from pressrun.startup import run_system

    def tell_ready() -> None:
        typer.echo("ready")
        say(f"every role is ready; Ctrl-C ends it all, {settings.home} keeps it")

    settings = read_settings()
    run_system(settings, say, tell_ready)


def _known_role(role: str) -> str:
    if role not in ROLE_NAMES:
        raise typer.BadParameter(f"there is no role {role}; roles are {', '.join(ROLE_NAMES)}")
    return role


def work(
    role: Annotated[str, typer.Argument(metavar="ROLE", callback=_known_role, help=" | ".join(ROLE_NAMES))],
) -> None:
    """Run one role in this process; `up` runs one for each."""
    from pressrun.cli.configuration import read_settings
    from pressrun.cli.roles import run_role

    raise typer.Exit(run_role(role, read_settings()))


def doctor(
    *,
    design: Annotated[
        Path | None, typer.Option(metavar="DIR-OR-JSON", help="Look at the fonts of this design.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Look at everything a system stands on, with a remedy for each thing that is not well; exits 1 when one fails."""
    from pressrun.cli.configuration import read_settings
    from pressrun.cli.consoles import answer_console
    from pressrun.doctor import examine

    findings = []
    for finding in examine(read_settings(), design):
        findings.append(finding)
        if not as_json:
            _tell(finding, answer_console())
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
    raise typer.Exit(FAILED if any(finding.verdict == "fault" for finding in findings) else 0)


def _tell(finding: "Finding", console: "Console") -> None:
    from rich.text import Text

    style = {"ok": "green", "warning": "yellow", "fault": "red"}[finding.verdict]
    line = Text.assemble((f"{finding.verdict:<8}", style), (f"{finding.check:<9}", "bold"), finding.message)
    console.print(line, soft_wrap=True)
    if finding.remedy:
        console.print(Text(" " * 17 + finding.remedy, style="dim"), soft_wrap=True)
