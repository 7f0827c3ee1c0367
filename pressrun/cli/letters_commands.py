"""The commands about letters and their designs: render one, store a design."""
# ruff: noqa: PLC0415
# The renderer is only imported where something is rendered; see batches_commands.py.

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pressrun.cli.exits import SOME_FAILED
from pressrun.cli.options import DesignOption, FontsOption, PageOption

if TYPE_CHECKING:
    from schemas.faults import Fault

app = typer.Typer(no_args_is_help=True, help="Try a design, or store it.")


@app.command()
def render(
    *,
    design: DesignOption,
    record: Annotated[Path, typer.Option(metavar="R.json", help="One recipient: a JSON object, variable to value.")],
    out: Annotated[Path, typer.Option(metavar="X.pdf", help="Where the PDF goes.")],
    page: PageOption = None,
    fonts: FontsOption = None,
) -> None:
    """Render one letter, exactly as a batch would; exits 3 when this recipient gets none."""
    from pressrun.cli.consoles import say
    from pressrun.cli.errors import FileUnwritable
    from pressrun.designs import read_design_folder
    from pressrun.domain.letters import Refusal
    from pressrun.proofs import prove_letter

    letter = prove_letter(read_design_folder(design, page, fonts), _read_record(record))
    if isinstance(letter, Refusal):
        typer.echo(f"{letter.code}: {letter.message}", err=True)
        raise typer.Exit(SOME_FAILED)
    try:
        out.write_bytes(letter.prefix + letter.tail)
    except OSError as error:
        raise FileUnwritable(f"{out} cannot be written: {error.strerror}") from None
    say(f"{out}: {len(letter.prefix) + len(letter.tail):,} bytes")


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


def _read_record(path: Path) -> dict[str, object]:
    """Raises FaultyInput."""
    import json

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
