"""The commands about letters and their designs: check a design, render one letter, prove a list, store a design."""
# ruff: noqa: PLC0415
# The renderer is only imported where something is rendered; see batches_commands.py.

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pressrun.cli.exits import SOME_FAILED, errors_told
from pressrun.cli.options import (
    DesignArgument,
    DesignOption,
    FontsOption,
    JsonOption,
    MapOption,
    PageOption,
    RecipientsArgument,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schemas.faults import Fault

MOST_PROVED = 500
"""Letters on one contact sheet: some sixty pages, more than anybody looks at."""

app = typer.Typer(no_args_is_help=True, help="Try a design, or store it.")


@app.command()
def check(
    design: DesignArgument,
    *,
    recipients: Annotated[
        Path | None, typer.Option(metavar="F", help="A list to check every row of: a CSV file with a header.")
    ] = None,
    page: PageOption = None,
    fonts: FontsOption = None,
    mapping: MapOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what a design uses, wants and warns of, and what would go wrong with each row of a list.

    Exits 0 when every recipient would get a letter, 3 when some would not, 2 when design or list has faults.
    """
    with errors_told(as_json=as_json):
        from pressrun.checks import check_letters
        from pressrun.cli.checklists import answer_of, check_lines
        from pressrun.cli.consoles import answer_console, talk_console
        from pressrun.cli.trials import TrialForm, read_trial

        trial = read_trial(TrialForm(design, recipients, page, fonts, tuple(mapping or ())))
        with talk_console().status("looking at every row of the list"):
            checked = check_letters(trial.design, trial.rows, trial.mapping)
    if as_json:
        typer.echo(json.dumps(answer_of(checked), ensure_ascii=False))
    else:
        for line in check_lines(checked):
            answer_console().print(line, soft_wrap=True)
    if checked.recipients and checked.recipients.refused:
        raise typer.Exit(SOME_FAILED)


@app.command()
def render(
    *,
    design: DesignOption,
    record: Annotated[Path, typer.Option(metavar="R.json", help="One recipient: a JSON object, variable to value.")],
    out: Annotated[Path, typer.Option(metavar="X.pdf", help="Where the PDF goes, or the PNG.")],
    page: PageOption = None,
    fonts: FontsOption = None,
    png: Annotated[bool, typer.Option("--png", help="Draw pictures instead: X.png, or X-1.png, X-2.png …")] = False,
    dpi: Annotated[int, typer.Option(min=10, max=2400, help="Dots per inch of the pictures.")] = 150,
) -> None:
    """Render one letter as a batch would, even one whose text leaves the page; exits 3 when there is none."""
    from pressrun.cli.consoles import say
    from pressrun.designs import read_design_folder
    from pressrun.domain.letters import Refusal
    from pressrun.proofs import prove_letter

    letter = prove_letter(read_design_folder(design, page, fonts), _read_record(record))
    if isinstance(letter, Refusal):
        typer.echo(f"{letter.code}: {letter.message}", err=True)
        raise typer.Exit(SOME_FAILED)
    pdf = letter.prefix + letter.tail
    for path, data in _draw_pictures(pdf, out, dpi) if png else [(out, pdf)]:
        _write(path, data)
        say(f"{path}: {len(data):,} bytes")


@app.command()
def proof(
    design: DesignArgument,
    recipients: RecipientsArgument,
    *,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="X.pdf", help="Where the contact sheet goes.")],
    page: PageOption = None,
    fonts: FontsOption = None,
    mapping: MapOption = None,
    size: Annotated[int, typer.Option(min=1, max=MOST_PROVED, help="Show at most so many recipients.")] = 12,
    seed: Annotated[int, typer.Option(help="Another seed draws another sample.")] = 0,
) -> None:
    """Choose the recipients that stress a design most, and lay their letters out on a contact sheet."""
    from pressrun.cli.consoles import say, talk_console
    from pressrun.cli.trials import TrialForm, read_trial
    from pressrun.preparation import RowsOfFile
    from pressrun.proofs import ProofOrder, prove_design

    form = TrialForm(design, recipients, page, fonts, tuple(mapping or ()))
    trial = read_trial(form)
    with talk_console().status("looking at every row of the list"):
        order = ProofOrder(form.title, RowsOfFile(recipients), trial.mapping, size, seed)
        proved = prove_design(trial.design, order)
    _write(out, proved.pdf)
    for choice in proved.choices:
        say(f"line {choice.recipient.line}: {', '.join(map(str, choice.reasons))}")
    refused = f", {proved.refused} of them without a letter" if proved.refused else ""
    say(f"{out}: {len(proved.choices)} of {proved.total:,} recipients{refused}")


@app.command()
def store(*, design: DesignOption, page: PageOption = None, fonts: FontsOption = None) -> None:
    """Store a design and print its digest, by which submissions name it (`stored_design`)."""
    from pressrun.cli.configuration import read_settings
    from pressrun.designs import pack_design, read_design_folder
    from pressrun.domain.letters import read_design
    from sinks.storage import LocalStorage

    source = read_design_folder(design, page, fonts)
    read_design(source)
    settings = read_settings()
    typer.echo(LocalStorage(settings.home, settings.archives).put_blob(pack_design(source)))


def _draw_pictures(pdf: bytes, out: Path, dpi: int) -> "Iterable[tuple[Path, bytes]]":
    """Where each page's picture goes, and the picture: one page under the name given, more of them numbered."""
    from pressrun.domain.letters.review.previews import draw_pages

    pictures = list(draw_pages(pdf, dpi))
    if len(pictures) == 1:
        return [(out, pictures[0])]
    return [(out.with_stem(f"{out.stem}-{number}"), data) for number, data in enumerate(pictures, start=1)]


def _write(path: Path, data: bytes) -> None:
    """Raises FileUnwritable."""
    from pressrun.cli.errors import FileUnwritable

    try:
        path.write_bytes(data)
    except OSError as error:
        raise FileUnwritable(f"{path} cannot be written: {error.strerror}") from None


def _read_record(path: Path) -> dict[str, object]:
    """Raises FaultyInput."""
    from pressrun.domain.errors import FaultyInput

    try:
        record = json.loads(path.read_bytes())
    except OSError as error:
        message = f"{path.name} cannot be read: {error.strerror}"
        raise FaultyInput([_fault("file_unreadable", message, "Name a file that is there and may be read.")]) from None
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict):
        message = f"{path.name} is not a JSON object"
        raise FaultyInput([_fault("record_invalid", message, 'Write {"variable": "value", …}.')])
    return record


def _fault(code: str, message: str, remedy: str) -> "Fault":
    from schemas.faults import Fault

    return Fault(code=code, where="--record", message=message, remedy=remedy)
