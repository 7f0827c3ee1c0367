"""The commands about batches that were handed in: show, watch, cancel, batches."""
# ruff: noqa: PLC0415
# Each command imports only what it needs: Kafka's client alone takes longer than all else here together.

import json
from functools import partial
from typing import Annotated

import typer

from pressrun.cli.exits import errors_told
from pressrun.cli.options import BatchArgument, JsonOption


def show(batch_id: BatchArgument, *, as_json: JsonOption = False) -> None:
    """Show where a batch stands."""
    from pressrun.cli.answers import answer_of, show_lines
    from pressrun.cli.configuration import read_settings
    from pressrun.cli.consoles import answer_console
    from pressrun.cli.watching import find_batch
    from pressrun.system import broker_of

    with errors_told(as_json=as_json):
        settings = read_settings()
        state = find_batch(broker_of(settings), batch_id)
    if as_json:
        typer.echo(json.dumps(answer_of(state, settings.archives), ensure_ascii=False))
        return
    for line in show_lines(state, settings.archives):
        answer_console().print(line, soft_wrap=True)


def watch(batch_id: BatchArgument) -> None:
    """Watch a batch until it ends; Ctrl-C leaves it running.

    Exits 0 when all succeeded, 3 when some failed, 1 when the batch was not completed.
    """
    from pressrun.cli.answers import exit_code_of
    from pressrun.cli.configuration import read_settings
    from pressrun.cli.watching import find_batch, follow_batch, is_up, tell_end
    from pressrun.system import broker_of

    settings = read_settings()
    address = broker_of(settings)
    find_batch(address, batch_id)
    state = follow_batch(address, batch_id, partial(is_up, settings))
    tell_end(batch_id, state, settings.archives)
    raise typer.Exit(exit_code_of(state))


def cancel(batch_id: BatchArgument) -> None:
    """Stop a batch: nothing more is made, what was made is kept and sealed."""
    from pressrun.cli.configuration import read_settings
    from pressrun.cli.consoles import say
    from pressrun.cli.errors import BatchEnded
    from pressrun.cli.watching import find_batch
    from pressrun.domain.batches import ENDED
    from pressrun.submitting import cancel_batch
    from pressrun.system import broker_of

    address = broker_of(read_settings())
    state = find_batch(address, batch_id)
    if state.status in {*ENDED, "closing"}:
        raise BatchEnded(f"batch {batch_id} is {state.status}: there is nothing to cancel any more")
    cancel_batch(batch_id, address)
    say(f"Batch {batch_id} is asked to stop. See it end: pressrun watch {batch_id}")


def batches(
    *,
    as_json: JsonOption = False,
    limit: Annotated[int, typer.Option(min=1, help="Show at most so many, the newest first.")] = 50,
) -> None:
    """List the batches, the newest first."""
    from pressrun.cli.answers import answer_of, list_table
    from pressrun.cli.configuration import read_settings
    from pressrun.cli.consoles import answer_console, say
    from pressrun.following import BatchStates
    from pressrun.system import broker_of

    with errors_told(as_json=as_json):
        settings = read_settings()
        with BatchStates(broker_of(settings)) as reader:
            states = sorted(reader.read_to_end().values(), key=lambda state: state.created_at, reverse=True)
    if as_json:
        answers = [answer_of(state, settings.archives) for state in states[:limit]]
        typer.echo(json.dumps(answers, ensure_ascii=False))
        return
    if not states:
        say("No batch has been submitted yet: pressrun submit letters --help")
        return
    answer_console().print(list_table(states[:limit]))
    if len(states) > limit:
        say(f"and {len(states) - limit:,} older ones: --limit shows more")
