"""The commands about notices: list what became of them, send one once more, settle one nobody can know of."""
# ruff: noqa: PLC0415
# Kafka's client is only imported where it is used; see batches_commands.py.

import json
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from pressrun.cli.exits import errors_told
from pressrun.cli.options import BatchArgument, JsonOption

if TYPE_CHECKING:
    from rich.table import Table

    from pressrun.domain.notices import Notice

app = typer.Typer(no_args_is_help=True, help="Mails and webhooks that tell of a batch's end.")

State = Literal["meant", "sending", "waiting", "sent", "failed", "unknown"]
COLOURS: dict[State, str] = {
    "meant": "dim",
    "sending": "cyan",
    "waiting": "yellow",
    "sent": "green",
    "failed": "red",
    "unknown": "magenta",
}


KindOption = Annotated[Literal["mail", "webhook"], typer.Option("--by", help="Which of the batch's notices.")]


@app.command(name="list")
def list_notices(
    *,
    state: Annotated[State | None, typer.Option(help="Only those in this state.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Show at most so many, the last that moved first.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """List the notices and what became of each; addresses are never shown."""
    from pressrun.cli.configuration import read_settings
    from pressrun.cli.consoles import answer_console, say
    from pressrun.notices import read_notices
    from pressrun.system import broker_of

    with errors_told(as_json=as_json):
        found = [
            notice for notice in read_notices(broker_of(read_settings())) if state is None or notice.state == state
        ]
    if as_json:
        typer.echo(json.dumps([answer_of(notice) for notice in found[:limit]]))
        return
    if not found:
        say("There is no such notice.")
        return
    answer_console().print(table_of(found[:limit]))
    if len(found) > limit:
        say(f"and {len(found) - limit:,} more: --limit shows them")


@app.command()
def resend(batch_id: BatchArgument, *, kind: KindOption = "mail") -> None:
    """Send a notice about a batch once more. A mail that is `unknown` may have arrived: then there are two."""
    from pressrun.cli.configuration import read_settings
    from pressrun.cli.consoles import say
    from pressrun.notices import find_notice
    from pressrun.settling import resend_notice
    from pressrun.system import broker_of

    address = broker_of(read_settings())
    resend_notice(find_notice(address, batch_id, kind), address)
    say(f"The {kind} about {batch_id} is to be sent once more. See what becomes of it: pressrun notices list")


@app.command()
def settle(
    batch_id: BatchArgument,
    *,
    outcome: Annotated[Literal["sent", "failed"], typer.Option("--as", help="What you found out.")],
    kind: KindOption = "mail",
) -> None:
    """Say what became of a notice that is `unknown`; nothing is sent."""
    from pressrun.cli.configuration import read_settings
    from pressrun.cli.consoles import say
    from pressrun.notices import find_notice
    from pressrun.settling import settle_notice
    from pressrun.system import broker_of

    address = broker_of(read_settings())
    settle_notice(find_notice(address, batch_id, kind), outcome, address)
    say(f"The {kind} about {batch_id} is to count as {outcome}.")


def answer_of(notice: "Notice") -> dict[str, object]:
    """The object `list --json` prints for a notice."""
    return {
        "batch_id": notice.event.batch_id,
        "about": notice.event.id,
        "notice": notice.kind,
        "state": notice.state,
        "number": notice.number,
        "code": notice.code,
        "changed_at": notice.changed.isoformat(),
    }


def table_of(notices: "list[Notice]") -> "Table":
    """Notices, one a line."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("batch", "tells of", "by", "state", "tries", "code", "since"):
        table.add_column(name, overflow="fold")
    for notice in notices:
        table.add_row(
            notice.event.batch_id,
            notice.event.type,
            notice.kind,
            Text(notice.state, style=COLOURS[notice.state]),
            str(notice.number),
            notice.code or "",
            f"{notice.changed.astimezone():%Y-%m-%d %H:%M:%S}",
        )
    return table
