"""The pages of the checkout, and the parts of them that are programs, commands or tables."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]


def pages() -> tuple[Path, ...]:
    """Every page a person may read."""
    return (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md")))


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def snippets(page: str, language: str) -> list[str]:
    """The fenced blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", page, flags=re.MULTILINE | re.DOTALL)


def codes_in_tables(page: str) -> set[str]:
    """Every code in the first column of a table whose first heading is `code`."""
    found: set[str] = set()
    for table in re.findall(r"^\| code \|.*\n\|.*\n((?:\|.*\n)+)", page, flags=re.MULTILINE):
        for line in table.splitlines():
            found.update(re.findall(r"`([a-z_]+)`", line.split("|")[1]))
    return found


def without_code(page: str) -> str:
    return re.sub(r"^```.*?^```$", "", page, flags=re.MULTILINE | re.DOTALL)
