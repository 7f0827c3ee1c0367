"""A design looked at before anything is printed: what it uses and wants, and what it would do to every recipient."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pressrun.domain.letters import CompiledDesign, Design, Refusal, Variable, compile_design
from pressrun.domain.letters.review.choices import Recipient
from pressrun.domain.letters.review.contents import Contents, list_contents, list_slow_ways
from pressrun.domain.letters.review.findings import Finding, Tally
from pressrun.domain.letters.review.legibility import Inspect, list_small_codes, open_inspection
from pressrun.lists import open_reading
from pressrun.preparation import RowsOfFile, RowsOfObjects, wants_of
from schemas.faults import Fault


@dataclass(frozen=True, slots=True)
class ListCheck:
    """What a design makes of a list of `total`: the column of each variable, and the columns nobody asks for.

    Each recipient who is refused a letter is counted once, under the first reason; remarks are of those who get one.
    """

    columns: Mapping[str, str]
    unused: tuple[str, ...]
    total: int
    refusals: tuple[Finding, ...]
    remarks: tuple[Finding, ...]

    @property
    def refused(self) -> int:
        """Recipients who would get no letter."""
        return sum(finding.count for finding in self.refusals)


@dataclass(frozen=True, slots=True)
class Check:
    """What a design uses and wants, what may look different or be slow, and the list where one was given."""

    contents: Contents
    variables: tuple[Variable, ...]
    warnings: tuple[Fault, ...]
    recipients: ListCheck | None


def check_letters(design: Design, rows: RowsOfFile | RowsOfObjects | None, mapping: Mapping[str, str]) -> Check:
    """Look at a design and, where there is a list, stamp a letter for every recipient and keep none.

    The list is read twice and never held; raises FaultyInput with every fault of its form.
    """
    return Check(
        contents=list_contents(design),
        variables=design.variables,
        warnings=(*design.warnings, *list_slow_ways(design), *list_small_codes(design)),
        recipients=None if rows is None else _check_list(design, rows, mapping),
    )


def _check_list(design: Design, rows: RowsOfFile | RowsOfObjects, mapping: Mapping[str, str]) -> ListCheck:
    with open_reading(rows, wants_of(design), mapping) as reading:
        for _ in reading.recipients:
            pass
    compiled = compile_design(design, reading.profile())
    refusals, remarks = Tally(), Tally()
    with open_reading(rows, wants_of(design), mapping) as second:
        _stamp_all(compiled, second.recipients, open_inspection(design), refusals, remarks)
    return ListCheck(
        columns=reading.columns,
        unused=reading.unused,
        total=reading.canonical.total,
        refusals=refusals.list_findings(),
        remarks=remarks.list_findings(),
    )


def _stamp_all(
    compiled: CompiledDesign, recipients: Iterator[Recipient], inspect: Inspect, refusals: Tally, remarks: Tally
) -> None:
    for recipient in recipients:
        outcome = recipient.refusal or compiled.stamp(recipient.record)
        if isinstance(outcome, Refusal):
            refusals.add(recipient.line, outcome.code, outcome.message)
            continue
        for fault in inspect(recipient.record):
            remarks.add(recipient.line, fault.code, f"{fault.where}: {fault.message}")
