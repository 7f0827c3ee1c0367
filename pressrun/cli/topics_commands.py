"""The commands about topics: apply the catalogue, list what is there."""
# ruff: noqa: PLC0415
# Kafka's client is only imported where it is used; see batches_commands.py.

from typing import TYPE_CHECKING

import typer

from pressrun.cli.exits import FAILED

if TYPE_CHECKING:
    from streams.topics import Topic

app = typer.Typer(no_args_is_help=True, help="The topics everything travels on.")


@app.command()
def apply() -> None:
    """Create the topics that are missing, and say what differs in the others; nothing is changed or deleted.

    Exits 1 when something differs.
    """
    from pressrun.cli.consoles import say
    from streams.administration import apply_topics

    report = apply_topics(_address())
    for name in report.created:
        typer.echo(f"created {name}")
    say(f"{len(report.created)} created, {len(report.present)} were there")
    for difference in report.differing:
        say(f"{difference.topic}: {difference.setting} is {difference.found}, not {difference.wanted}")
    if report.differing:
        say("What differs is yours to change, with Kafka's own tools, when nothing runs.")
        raise typer.Exit(FAILED)


@app.command(name="list")
def list_topics() -> None:
    """List the catalogue: each topic, what it carries, who writes and reads it, and whether the broker has it."""
    from rich.table import Table

    from pressrun.cli.consoles import answer_console
    from streams.administration import missing_topics
    from streams.topics import CATALOGUE

    missing = missing_topics(_address())
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("topic", "parts", "kept", "carries", "from", "to", "state"):
        table.add_column(name, overflow="fold")
    for topic in CATALOGUE:
        state = "[red]missing[/red]" if topic.name in missing else "[green]there[/green]"
        writers, readers = ", ".join(topic.written_by), ", ".join(topic.read_by)
        table.add_row(topic.name, str(topic.partitions), _kept(topic), topic.carries, writers, readers, state)
    answer_console().print(table)


def _kept(topic: "Topic") -> str:
    from streams.topics import DAY_MS, FOR_EVER

    return "last of each key" if topic.retention_ms == FOR_EVER else f"{topic.retention_ms // DAY_MS} days"


def _address() -> str:
    """The given broker, or the one of the data directory, whether a system runs on it or not; raises BrokerDown."""
    from pressrun.cli.configuration import read_settings
    from pressrun.cli.errors import BrokerDown
    from pressrun.startup import broker_settings_of
    from streams.devbroker import broker_status

    settings = read_settings()
    if settings.broker:
        return settings.broker
    broker = broker_status(broker_settings_of(settings))
    if broker is None:
        raise BrokerDown(f"no broker runs for {settings.home}: start one with `pressrun broker start` or `pressrun up`")
    return broker.address
