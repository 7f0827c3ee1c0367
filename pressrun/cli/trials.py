"""A design and a list to be tried on the command line, read from disk, or every fault found in them at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pressrun.cli.orders import faults_of_list, read_mapping
from pressrun.designs import read_design_folder
from pressrun.domain.errors import FaultyInput
from pressrun.domain.letters import Design, read_design
from pressrun.preparation import RowsOfFile
from schemas.faults import Fault


@dataclass(frozen=True, slots=True)
class TrialForm:
    """The options of `letters check` and `letters proof` as they were written; `mapping` holds `variable=column`."""

    design: Path
    recipients: Path | None
    page: Path | None = None
    fonts: Path | None = None
    mapping: Sequence[str] = ()

    @property
    def title(self) -> str:
        """What the design is called: its folder's name."""
        path = self.design.resolve()
        return path.name if path.is_dir() else path.parent.name


@dataclass(frozen=True, slots=True)
class Trial:
    """What is tried: a design with a list or, where none was named, alone."""

    design: Design
    rows: RowsOfFile | None
    mapping: Mapping[str, str]


def read_trial(form: TrialForm) -> Trial:
    """Read what is named; raises FaultyInput with the faults of options, design and list together."""
    mapping, faults = read_mapping(form.mapping)
    rows = RowsOfFile(form.recipients) if form.recipients else None
    found = [*faults, *_check_unused(form), *_check_stream(form)]
    design = None
    try:
        design = read_design(read_design_folder(form.design, form.page, form.fonts))
    except FaultyInput as error:
        found += error.faults
    if design is None or found:
        raise FaultyInput([*found, *(faults_of_list(rows) if rows and not _is_stream(rows.path) else ())])
    return Trial(design, rows, mapping)


def _check_stream(form: TrialForm) -> Sequence[Fault]:
    if form.recipients is None or not _is_stream(form.recipients):
        return ()
    message = f"{form.recipients.name} is a stream, and a list is read twice: what is in it, then what becomes of it."
    return [Fault(code="file_unreadable", where="--recipients", message=message, remedy="Put the list into a file.")]


def _is_stream(path: Path) -> bool:
    return path.exists() and not path.is_file() and not path.is_dir()


def _check_unused(form: TrialForm) -> Sequence[Fault]:
    if form.recipients or not form.mapping:
        return ()
    message = "A mapping was given without a list."
    return [Fault(code="map_without_list", where="--map", message=message, remedy="Name the list: --recipients F.")]
