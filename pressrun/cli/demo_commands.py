"""The command that shows everything at once: demo."""
# ruff: noqa: PLC0415
# The demo takes everything along; see batches_commands.py.

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pressrun.cli.exits import FAILED

if TYPE_CHECKING:
    from pressrun.demo import Stage
    from schemas.batches import BatchState

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
    from pressrun.cli.consoles import say, talk_console
    from pressrun.demo import await_mail, open_stage, tell_results

    folder = example or _find_example()
    say("Starting a broker and every role …")
    settings = read_settings().model_copy(update={"data_dir": data_dir})
    with open_stage(settings, say) as stage:
        before = len(stage.mailbox.messages()) if stage.mailbox else 0
        state = _print_postcards(stage, folder)
        if state is not None and state.status == "sealed":
            tell_results(stage, state, await_mail(stage, before), say)
        say("Stopping it all …")
    talk_console().print()
    raise typer.Exit(0 if state is not None and state.status == "sealed" else FAILED)


def _print_postcards(stage: "Stage", folder: Path) -> "BatchState | None":
    from pressrun.cli.consoles import say
    from pressrun.cli.orders import LettersForm, read_order
    from pressrun.cli.watching import follow_batch
    from pressrun.submitting import submit_letters
    from pressrun.system import broker_of
    from sinks.storage import LocalStorage

    settings = stage.settings
    storage = LocalStorage(settings.home, settings.archives)
    form = LettersForm(folder, folder / "recipients.csv", name="Postcards", notify=stage.notify)
    order, request = read_order(form, settings, storage)
    address = broker_of(settings)
    submission, plan = submit_letters(order, request, storage=storage, settings=settings, address=address)
    say(f"Batch {submission.batch_id} is submitted: {plan.total:,} postcards.")
    return follow_batch(address, submission.batch_id)


def _find_example() -> Path:
    """Beside us, or in the source tree this runs from."""
    tree = Path(__file__).resolve().parents[2]
    for folder in (POSTCARD, tree / POSTCARD):
        if folder.is_dir():
            return folder
    raise typer.BadParameter(f"there is no {POSTCARD} here: run this in the source tree, or name a folder by --example")
