"""What was found out about a design, as `letters check` answers it: a JSON object, or lines for people."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from rich.text import Text

from pressrun.checks import Check, ListCheck
from pressrun.domain.letters import Variable
from pressrun.domain.letters.review.contents import Contents, PageSize
from pressrun.domain.letters.review.findings import Example, Finding
from pressrun.domain.recipients.faults import listed, shown
from schemas.faults import Fault

_INDENT = " " * 12
_PLACES_TOLD = 3


def answer_of(check: Check) -> dict[str, object]:
    """The object `letters check --json` prints; sizes in millimetres."""
    return {
        **_answer_of_contents(check.contents),
        "variables": [asdict(variable) for variable in check.variables],
        "warnings": [warning.model_dump() for warning in check.warnings],
        "recipients": _answer_of_list(check.recipients) if check.recipients else None,
    }


def check_lines(check: Check) -> Iterator[Text]:
    """What a design uses, wants and warns of, then what a list does to it, a fact a line."""
    yield from _contents_lines(check.contents)
    columns = check.recipients.columns if check.recipients else {}
    for number, variable in enumerate(check.variables):
        yield _fact("" if number else "variables", _told_variable(variable, columns.get(variable.name)))
    yield from _warning_lines(check.warnings)
    if check.recipients:
        yield from _list_lines(check.recipients)


def _answer_of_contents(contents: Contents) -> dict[str, object]:
    return {
        "pages": [asdict(page) for page in contents.pages],
        "objects": dict(contents.objects),
        "fonts": [asdict(face) for face in contents.faces],
        "pictures": [asdict(picture) for picture in contents.pictures],
        "codes": [asdict(code) for code in contents.codes],
    }


def _answer_of_list(checked: ListCheck) -> dict[str, object]:
    return {
        "total": checked.total,
        "refused": checked.refused,
        "columns": dict(checked.columns),
        "unused_columns": list(checked.unused),
        "refusals": [asdict(finding) for finding in checked.refusals],
        "remarks": [asdict(finding) for finding in checked.remarks],
    }


def _contents_lines(contents: Contents) -> Iterator[Text]:
    yield _fact("pages", _told_pages(contents.pages))
    yield _fact("objects", ", ".join(_counted(count, kind) for kind, count in contents.objects) or "none")
    fonts = [f"{shown(face.family)} {face.weight}{_told_style(face.style)}" for face in contents.faces]
    yield _fact("fonts", ", ".join(fonts) or "none")
    for picture in contents.pictures:
        yield _fact("picture", f"{picture.where}: {picture.width} x {picture.height} pixels, {picture.dpi} dpi")
    for code in contents.codes:
        yield _fact("code", f"{code.where}: {code.kind} of {shown(code.content)}, {code.width:g} x {code.height:g} mm")


def _warning_lines(warnings: Sequence[Fault]) -> Iterator[Text]:
    """One warning for all the places it is due: a property unknown here is mostly there on every object."""
    places: dict[tuple[str, str, str], list[str]] = {}
    for warning in warnings:
        places.setdefault((warning.code, warning.message, warning.remedy), []).append(warning.where)
    for (code, message, remedy), found in places.items():
        more = f" and {len(found) - _PLACES_TOLD:,} more" if len(found) > _PLACES_TOLD else ""
        yield _fact("warning", f"{code}: {', '.join(found[:_PLACES_TOLD])}{more}: {message}", "yellow")
        yield Text(f"{_INDENT}  {remedy}", style="dim")


def _list_lines(checked: ListCheck) -> Iterator[Text]:
    if checked.unused:
        yield _fact("unused", f"{_counted(len(checked.unused), 'column')}: {listed(checked.unused)}")
    letters = _counted(checked.total - checked.refused, "letter")
    told = f"{_counted(checked.total, 'recipient')}: {letters}, {checked.refused:,} refused"
    yield _fact("list", told, "red" if checked.refused else "green")
    for finding in checked.refusals:
        yield from _finding_lines("refused", finding, "red")
    for finding in checked.remarks:
        yield from _finding_lines("warning", finding, "yellow")


def _finding_lines(name: str, finding: Finding, style: str) -> Iterator[Text]:
    yield _fact(name, f"{finding.code}: {finding.count:,}", style)
    for example in finding.examples:
        yield Text(f"{_INDENT}  {example.message} {_told_lines(example)}")
    rest = finding.count - sum(example.count for example in finding.examples)
    if rest:
        yield Text(f"{_INDENT}  and {rest:,} more", style="dim")


def _told_lines(example: Example) -> str:
    word = "line" if example.count == 1 else "lines"
    more = f" and {example.count - len(example.lines):,} more" if example.count > len(example.lines) else ""
    return f"({word} {', '.join(map(str, example.lines))}{more})"


def _told_pages(pages: Sequence[PageSize]) -> str:
    sizes = dict.fromkeys(f"{page.width:g} x {page.height:g} mm, bleed {page.bleed:g} mm" for page in pages)
    return f"{len(pages)} of {' and '.join(sizes)}"


def _told_style(style: str) -> str:
    return "" if style == "normal" else f" {style}"


def _told_variable(variable: Variable, column: str | None) -> str:
    default = "must be given" if variable.default is None else f"else {shown(variable.default)}"
    taken = f", from column {shown(column)}" if column is not None else ""
    return f"{shown(variable.name)}: {variable.kind}, {default}{taken}"


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _fact(name: str, value: str, style: str = "") -> Text:
    return Text.assemble((f"{name:<12}", "dim"), (value, style))
