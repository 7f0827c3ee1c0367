"""The commands about dead letters: list them, show one, publish one again."""
# ruff: noqa: PLC0415
# Kafka's client is only imported where it is used; see batches_commands.py.

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pressrun.cli.exits import errors_told
from pressrun.cli.options import JsonOption

if TYPE_CHECKING:
    from pressrun.dead_letters import Buried

app = typer.Typer(no_args_is_help=True, help="Records that could not be read, and why.")

OffsetArgument = Annotated[int, typer.Argument(metavar="OFFSET", min=0, help="The dead letter, as `list` shows it.")]


@app.command(name="list")
def list_letters(
    *,
    topic: Annotated[str | None, typer.Option(help="Only those that came from this topic.")] = None,
    code: Annotated[str | None, typer.Option(help="Only those with this reason.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Show at most so many, the newest first.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """List the dead letters, the newest first: where each came from, why it is here, whether it was replayed."""
    from pressrun.cli.configuration import read_settings
    from pressrun.dead_letters import DeadLetters
    from pressrun.system import broker_of

    with errors_told(as_json=as_json), DeadLetters(broker_of(read_settings())) as letters:
        pile = letters.read_to_end()
    found = [
        buried
        for buried in reversed(pile.letters.values())
        if topic in {None, buried.letter.topic} and code in {None, buried.letter.code}
    ]
    if as_json:
        typer.echo(json.dumps([answer_of(buried) for buried in found[:limit]], ensure_ascii=False))
        return
    _show_list(found, limit, pile.strangers)


@app.command()
def show(
    offset: OffsetArgument,
    *,
    raw: Annotated[bool, typer.Option("--raw", help="Show the record's value too; it may hold personal data.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show one dead letter; the value of its record only with --raw, for it may hold personal data."""
    from pressrun.cli.configuration import read_settings
    from pressrun.dead_letters import DeadLetters
    from pressrun.system import broker_of

    with errors_told(as_json=as_json), DeadLetters(broker_of(read_settings())) as letters:
        buried = letters.find(offset)
        record = letters.record_of(buried) if raw else None
    answer = answer_of(buried)
    if record is not None:
        answer |= {"key": text_of(record.key), "value": text_of(record.value)}
    if as_json:
        typer.echo(json.dumps(answer, ensure_ascii=False))
        return
    for name, value in answer.items():
        typer.echo(f"{name.replace('_', ' '):<13}{'none' if value is None else _printable(str(value))}")
    if not raw:
        typer.echo("The record's value is not shown, it may hold personal data: --raw shows it.", err=True)


@app.command()
def replay(
    offset: OffsetArgument,
    *,
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="REPAIRED", exists=True, dir_okay=False, help="Publish this value instead."),
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Also if it was published again before.")] = False,
) -> None:
    """Publish the record, or its repaired value, to the topic and partition it came from, with its key; once."""
    from pressrun.cli.configuration import read_settings
    from pressrun.cli.consoles import say
    from pressrun.dead_letters import replay as publish_again
    from pressrun.system import broker_of

    repaired = file.read_bytes() if file is not None else None
    buried = publish_again(broker_of(read_settings()), offset, repaired=repaired, again=again)
    what = "The repaired record" if file is not None else "The record"
    say(f"{what} of dead letter {offset} was published to {buried.letter.topic}/{buried.letter.partition}.")


def _show_list(found: "list[Buried]", limit: int, strangers: int) -> None:
    from rich.table import Table
    from rich.text import Text

    from pressrun.cli.consoles import answer_console, say
    from pressrun.dead_letters import count_by_code

    if not found:
        say("There are no dead letters.")
    else:
        table = Table(box=None, pad_edge=False, header_style="dim")
        for name in ("offset", "state", "from", "code", "reason", "time"):
            table.add_column(name, overflow="fold")
        for buried in found[:limit]:
            table.add_row(*(Text(_printable(cell)) for cell in _row(buried)))
        answer_console().print(table)
        counts = ", ".join(f"{count:,} {code}" for code, count in count_by_code(found).items())
        say(f"{len(found):,} dead letters: {counts}")
    if len(found) > limit:
        say(f"and {len(found) - limit:,} older ones: --limit shows more")
    if strangers:
        say(f"{strangers:,} records on the topic are no dead letters of ours")


def _row(buried: "Buried") -> tuple[str, ...]:
    letter = buried.letter
    origin = f"{letter.topic}/{letter.partition}/{letter.offset}"
    return str(buried.offset), buried.state, origin, letter.code, letter.reason, f"{letter.time:%Y-%m-%d %H:%M:%S}"


def answer_of(buried: "Buried") -> dict[str, Any]:
    letter = buried.letter
    return {
        "offset": buried.offset,
        "state": buried.state,
        "topic": letter.topic,
        "partition": letter.partition,
        "origin_offset": letter.offset,
        "code": letter.code,
        "reason": letter.reason,
        "time": letter.time.isoformat(),
        "bytes": letter.left_out or buried.size,
        "replays": sum(note.state == "begun" for note in buried.notes),
    }


def text_of(data: bytes | None) -> str | None:
    """Bytes for eyes: what is no UTF-8 is written with backslashes."""
    return None if data is None else _printable(data.decode("utf-8", "backslashreplace"))


def _printable(text: str) -> str:
    """Without what would move a terminal's cursor or change its colours."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)
