"""The commands that hand batches in: `submit letters`."""
# ruff: noqa: PLC0415
# The renderer is only imported once something is submitted; see batches_commands.py.

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

import typer

from pressrun.cli.exits import errors_told

if TYPE_CHECKING:
    from pressrun.cli.orders import LettersForm
    from pressrun.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Hand a batch in.")

DesignOption: TypeAlias = Annotated[
    Path, typer.Option(metavar="DIR-OR-JSON", help="Folder of the design, or its design.json.")
]
PageOption: TypeAlias = Annotated[
    Path | None, typer.Option(metavar="P.json", help="Page size and bleed; else page.json beside the design.")
]
FontsOption: TypeAlias = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Folder with fonts.json; else `fonts` beside the design.")
]


@app.callback()
def submit() -> None:
    """Hand a batch in."""


@app.command()
def letters(
    *,
    design: DesignOption,
    recipients: Annotated[Path, typer.Option(metavar="F", help="The list: a CSV file with a header.")],
    page: PageOption = None,
    fonts: FontsOption = None,
    mapping: Annotated[
        list[str] | None, typer.Option("--map", metavar="VAR=COLUMN", help="Take a variable from a column; repeatable.")
    ] = None,
    name: Annotated[str, typer.Option(help="What people call the batch.")] = "",
    notify: Annotated[str | None, typer.Option(metavar="EMAIL", help="Tell this address when it is done.")] = None,
    priority: Annotated[
        Literal["high", "normal", "low"] | None, typer.Option(help="Small batches are high, others normal.")
    ] = None,
    password_secret: Annotated[
        str | None, typer.Option(metavar="NAME", help="Encrypt the archive with the password in the secret NAME.")
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Show progress until the batch has ended.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer with one JSON object on standard output.")] = False,
) -> None:
    """Hand in a batch of letters: one PDF for each row of the list.

    With --wait the exit code is 0 when all succeeded, 3 when some failed, 1 when the batch was not completed.
    """
    with errors_told(as_json=as_json):
        from pressrun.cli.configuration import read_settings
        from pressrun.system import broker_of

        settings = read_settings()
        address = broker_of(settings)
        from pressrun.cli.orders import LettersForm

        form = LettersForm(
            design=design,
            recipients=recipients,
            page=page,
            fonts=fonts,
            mapping=tuple(mapping or ()),
            name=name,
            notify=notify,
            priority=priority,
            password_secret=password_secret,
        )
        answer = _submit(form, settings, address)
        batch_id = str(answer["batch_id"])
        if wait:
            raise typer.Exit(_wait(batch_id, answer, settings, address, as_json=as_json))
    _tell(answer, as_json=as_json)


def _submit(form: "LettersForm", settings: "Settings", address: str) -> dict[str, object]:
    from pressrun.cli.consoles import say
    from pressrun.cli.orders import read_order
    from pressrun.submitting import submit_letters
    from sinks.storage import LocalStorage

    storage = LocalStorage(settings.home, settings.archives)
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


def _wait(batch_id: str, answer: dict[str, object], settings: "Settings", address: str, *, as_json: bool) -> int:
    from pressrun.cli.answers import answer_of, exit_code_of
    from pressrun.cli.watching import follow_batch, is_up, tell_end

    state = follow_batch(address, batch_id, partial(is_up, settings))
    tell_end(batch_id, state, settings.archives)
    if as_json:
        _tell(answer if state is None else answer_of(state, settings.archives), as_json=True)
    return exit_code_of(state)


def _tell(answer: dict[str, object], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(answer, ensure_ascii=False))
    else:
        typer.echo(f"{answer['batch_id']}")


def _size(count: int) -> str:
    mib = count / (1 << 20)
    return f"{mib / 1024:,.1f} GiB" if mib >= 1024 else f"{mib:,.1f} MiB"
