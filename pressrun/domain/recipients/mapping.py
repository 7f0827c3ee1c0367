"""Decides which column of a list each variable of a design is taken from."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from pressrun.domain.errors import FaultyInput
from pressrun.domain.recipients.faults import listed, shown
from schemas.faults import Fault

_SEPARATORS = re.compile(r"[\s_.\-]+")


@dataclass(frozen=True, slots=True)
class Want:
    """A variable of the design: `required` when it has no default; `among` are the values worth gathering, if any."""

    name: str
    required: bool
    among: frozenset[str] = frozenset()


def map_columns(header: Sequence[str], wants: Sequence[Want], explicit: Mapping[str, str]) -> Mapping[str, int]:
    """Variable -> position of its column; optional variables without a column are left out.

    What `explicit` says (variable -> column) goes first, then the same name, then the same name but for case and
    separators. Raises FaultyInput with all of `map_unknown_variable`, `map_unknown_column`, `column_ambiguous`,
    `variable_unmapped`.
    """
    variables = [want.name for want in wants]
    told = _read_explicit(explicit, variables, header)
    found = {want.name: _find(want, header) for want in wants if want.name not in told}
    answers = {**told, **found}
    faults = _unknown_variables(explicit, variables) + [each for each in answers.values() if isinstance(each, Fault)]
    if faults:
        raise FaultyInput(faults)
    return {name: answer for name, answer in answers.items() if isinstance(answer, int)}


def _read_explicit(
    explicit: Mapping[str, str], variables: Sequence[str], header: Sequence[str]
) -> dict[str, int | Fault | None]:
    """What was asked for, by the variable's own name."""
    return {
        variables[position]: _asked_column(variables[position], column, header)
        for name, column in explicit.items()
        for position in _positions(name, variables)
    }


def _unknown_variables(explicit: Mapping[str, str], variables: Sequence[str]) -> list[Fault]:
    return [
        Fault(
            code="map_unknown_variable",
            where="mapping",
            message=f"The design has no variable {shown(name)}.",
            remedy=_nearest(name, variables, "variables") or "Leave it out of the mapping.",
        )
        for name in explicit
        if not _positions(name, variables)
    ]


def _asked_column(variable: str, column: str, header: Sequence[str]) -> int | Fault:
    positions = _positions(column, header)
    if len(positions) == 1:
        return positions[0]
    if positions:
        return _ambiguous(variable, [header[position] for position in positions])
    return Fault(
        code="map_unknown_column",
        where="mapping",
        message=f"The list has no column {shown(column)}, which variable {shown(variable)} is to be taken from.",
        remedy=_nearest(column, header, "columns") or f"The columns are {listed(header)}.",
    )


def _find(want: Want, header: Sequence[str]) -> int | Fault | None:
    positions = _positions(want.name, header)
    if len(positions) == 1:
        return positions[0]
    if positions:
        return _ambiguous(want.name, [header[position] for position in positions])
    return _unmapped(want.name, header) if want.required else None


def _ambiguous(variable: str, columns: Sequence[str]) -> Fault:
    return Fault(
        code="column_ambiguous",
        where="mapping",
        message=f"Variable {shown(variable)} could be taken from column {listed(columns, 'or')}.",
        remedy="Say which one in the mapping, or rename the others.",
    )


def _unmapped(variable: str, header: Sequence[str]) -> Fault:
    return Fault(
        code="variable_unmapped",
        where="mapping",
        message=f"The design needs variable {shown(variable)}, and the list has no column of that name.",
        remedy=f"{_nearest(variable, header, 'columns')} Name its column in the mapping, or add one.".strip(),
    )


def _positions(name: str, names: Sequence[str]) -> list[int]:
    """Where a name stands among others: exactly, else but for case and separators."""
    exact = [position for position, other in enumerate(names) if other == name]
    folded = _folded(name)
    return exact or [position for position, other in enumerate(names) if folded and _folded(other) == folded]


def _folded(name: str) -> str:
    return _SEPARATORS.sub("", unicodedata.normalize("NFC", name)).casefold()


def _nearest(name: str, names: Sequence[str], what: str) -> str:
    by_folded = {_folded(other): other for other in names}
    near = [by_folded[each] for each in get_close_matches(_folded(name), by_folded, n=3)]
    return f"The nearest {what}: {listed(near)}." if near else ""
