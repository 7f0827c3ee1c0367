"""The command that shows everything at once: demo."""
# ruff: noqa: PLC0415
# The demo takes everything along; see batches_commands.py.

from pathlib import Path
from typing import Annotated

import typer

from pressrun.cli.exits import FAILED

POSTCARD = Path("examples") / "postcard"


def demo(
    *,
    data_dir: Annotated[
        Path, typer.Option(metavar="DIR", help="The demo's own data directory.", envvar="PRESSRUN_DEMO_DIR")
    ] = Path("var") / "demo",
    example: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder with a design and recipients.csv.", show_default=False)
    ] = None,
) -> None:
    """Start a system of its own, print 250 postcards, show where everything lies, and stop it all again."""
    from pressrun.cli.configuration import read_settings
    from pressrun.cli.consoles import say
    from pressrun.cli.orders import LettersForm, read_order
    from pressrun.cli.watching import follow_batch
    from pressrun.demo import ADDRESS, await_mail, open_stage, submit_order, tell_results
    from sinks.storage import LocalStorage

    settings = read_settings().model_copy(update={"data_dir": data_dir})
    folder = example or _find_example()
    form = LettersForm(folder, folder / "recipients.csv", name="Postcards", notify=ADDRESS)
    order, request = read_order(form, settings, LocalStorage(settings.home, settings.archives))
    say("Starting a broker and every role …")
    with open_stage(settings, say) as stage:
        before = stage.count_mails()
        batch_id = submit_order(stage, order, request)
        say(f"Batch {batch_id} is submitted.")
        state = follow_batch(stage.address, batch_id, lambda: True)
        is_sealed = state is not None and state.status == "sealed"
        if state is not None and is_sealed:
            tell_results(stage, state, await_mail(stage, before), say)
        say("Stopping it all …")
    raise typer.Exit(0 if is_sealed else FAILED)


def _find_example() -> Path:
    """Beside us, or in the source tree this runs from."""
    tree = Path(__file__).resolve().parents[2]
    for folder in (POSTCARD, tree / POSTCARD):
        if folder.is_dir():
            return folder
    raise typer.BadParameter(f"there is no {POSTCARD} here: run this in the source tree, or name a folder by --example")
