"""Tables in Markdown, and parts of pages that are kept between two marks."""

from collections.abc import Iterable, Sequence

NOTE = "<!-- Written by `python -m pressrun.documents`; change the code it speaks of instead. -->"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; a vertical bar inside a cell is escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def code(text: object) -> str:
    return f"`{text}`"


def listed(names: Iterable[str]) -> str:
    """Names as code, with commas."""
    return ", ".join(map(code, names)) or "none"


def put_between_marks(page: str, name: str, body: str) -> str:
    """The page with `body` between the marks of that name; raises ValueError where the page has no such marks."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, found_begin, rest = page.partition(begin)
    _, found_end, after = rest.partition(end)
    if not (found_begin and found_end):
        raise ValueError(f"the page has no marks of the name {name}")
    return f"{before}{begin}\n{body}\n{end}{after}"
