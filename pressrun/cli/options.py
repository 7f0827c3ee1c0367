"""The arguments and options that several commands share, or that would hide a command's few lines."""

from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import typer

BatchArgument: TypeAlias = Annotated[str, typer.Argument(metavar="ID", help="The batch's id, as `submit` printed it.")]
JsonOption: TypeAlias = Annotated[
    bool, typer.Option("--json", help="Answer with JSON on standard output, and nothing else there.")
]
DesignOption: TypeAlias = Annotated[
    Path, typer.Option(metavar="DIR-OR-JSON", help="Folder of the design, or its design.json.")
]
DesignArgument: TypeAlias = Annotated[
    Path, typer.Argument(metavar="DESIGN", help="Folder of the design, or its design.json.")
]
PageOption: TypeAlias = Annotated[
    Path | None, typer.Option(metavar="P.json", help="Page size and bleed; else page.json beside the design.")
]
FontsOption: TypeAlias = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Folder with fonts.json; else `fonts` beside the design.")
]
RecipientsOption: TypeAlias = Annotated[Path, typer.Option(metavar="F", help="The list: a CSV file with a header.")]
RecipientsArgument: TypeAlias = Annotated[
    Path, typer.Argument(metavar="RECIPIENTS", help="The list: a CSV file with a header.")
]
MapOption: TypeAlias = Annotated[
    list[str] | None, typer.Option("--map", metavar="VAR=COLUMN", help="Take a variable from a column; repeatable.")
]
NameOption: TypeAlias = Annotated[str, typer.Option(help="What people call the batch.")]
NotifyOption: TypeAlias = Annotated[
    str | None, typer.Option(metavar="EMAIL", help="Tell this address when the batch has ended.")
]
PriorityOption: TypeAlias = Annotated[
    Literal["high", "normal", "low"] | None, typer.Option(help="Small batches are high, others normal.")
]
SecretOption: TypeAlias = Annotated[
    str | None, typer.Option(metavar="NAME", help="Name of the secret that holds the archive's password.")
]
WaitOption: TypeAlias = Annotated[bool, typer.Option("--wait", help="Show progress until the batch has ended.")]
