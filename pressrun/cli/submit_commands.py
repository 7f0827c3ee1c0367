"""The commands that hand batches in: `submit letters`."""
# ruff: noqa: PLC0415
# The renderer is only imported once something is submitted; see batches_commands.py.

import json
from functools import partial
from typing import TYPE_CHECKING

import typer

from pressrun.cli.exits import errors_told
from pressrun.cli.options import (
    DesignOption,
    FontsOption,
    JsonOption,
    MapOption,
    NameOption,
    NotifyOption,
    PageOption,
    PriorityOption,
    RecipientsOption,
    SecretOption,
    WaitOption,
)

if TYPE_CHECKING:
    from pressrun.cli.orders import LettersForm
    from pressrun.settings import Settings

GIB = 1 << 30
MIB = 1 << 20

app = typer.Typer(no_args_is_help=True, help="Hand a batch in.")


@app.callback()
def submit() -> None:
    """Hand a batch in."""


@app.command()
def letters(
    *,
    design: DesignOption,
    recipients: RecipientsOption,
    page: PageOption = None,
    fonts: FontsOption = None,
    mapping: MapOption = None,
    name: NameOption = "",
    notify: NotifyOption = None,
    priority: PriorityOption = None,
    password_secret: SecretOption = None,
    wait: WaitOption = False,
    as_json: JsonOption = False,
) -> None:
    """Hand in a batch of letters: one PDF for each row of the list.

    With --wait the exit code is 0 when all succeeded, 3 when some failed, 1 when the batch was not completed.
    """
    with errors_told(as_json=as_json):
        settings, address = _find_system()
        from pressrun.cli.orders import LettersForm

        said = tuple(mapping or ())
        form = LettersForm(design, recipients, page, fonts, said, name, notify, priority, password_secret)
        answer = _submit(form, settings, address)
        if wait:
            raise typer.Exit(_wait(answer, settings, address, as_json=as_json))
    typer.echo(json.dumps(answer, ensure_ascii=False) if as_json else answer["batch_id"])


def _find_system() -> "tuple[Settings, str]":
    """Before the renderer is imported: whoever has forgotten `pressrun up` is told at once."""
    from pressrun.cli.configuration import read_settings
    from pressrun.system import broker_of

    settings = read_settings()
    return settings, broker_of(settings)


def _submit(form: "LettersForm", settings: "Settings", address: str) -> dict[str, object]:
    from pressrun.cli.consoles import say, talk_console
    from pressrun.cli.orders import read_order
    from pressrun.submitting import submit_letters
    from sinks.storage import LocalStorage

    storage = LocalStorage(settings.home, settings.archives)
    with talk_console().status("looking at the design and every row of the list"):
        order, request = read_order(form, settings, storage)
        submission, plan = submit_letters(order, request, storage=storage, settings=settings, address=address)
    say(f"Batch {submission.batch_id} is submitted: {plan.total:,} letters, about {_size(plan.output_bytes)}.")
    return {
        "batch_id": submission.batch_id,
        "kind": submission.kind,
        "name": submission.name,
        "status": "submitted",
        "total": plan.total,
        "estimated_bytes": plan.output_bytes,
    }


def _wait(answer: dict[str, object], settings: "Settings", address: str, *, as_json: bool) -> int:
    from pressrun.cli.answers import answer_of, exit_code_of
    from pressrun.cli.watching import follow_batch, is_up, tell_end

    batch_id = str(answer["batch_id"])
    state = follow_batch(address, batch_id, partial(is_up, settings))
    tell_end(batch_id, state, settings.archives)
    if as_json:
        typer.echo(json.dumps(answer_of(state, settings.archives) if state else answer, ensure_ascii=False))
    return exit_code_of(state)


def _size(count: int) -> str:
    return f"{count / GIB:,.1f} GiB" if count >= GIB else f"{count / MIB:,.1f} MiB"
