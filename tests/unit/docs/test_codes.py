"""Every code a program may meet is in docs/codes.md, and none that does not exist."""

import ast
import re
from collections.abc import Iterator

import pytest
from unit.docs.pages import ROOT, codes_in_tables, read

# The position of the code among the arguments of what makes a fault, a refusal or an outcome.
MAKERS = {
    "Fault": 0,
    "RowFault": 0,
    "Refusal": 0,
    "Refuse": 0,
    "Misfit": 0,
    "Flaw": 0,
    "Unusable": 0,
    "BadRecord": 0,
    "list_fault": 0,
    "fault": 0,
    "_fault": 0,
    "_faulty": 0,
    "Failed": 1,
    "Verdict": 1,
    "bury": 2,
}
BUILT = {"design_glyph_missing", "design_script_unsupported"}
"""`design_` before the code of a character."""

SOURCES = [
    path for folder in ("schemas", "streams", "agents", "sinks", "pressrun") for path in (ROOT / folder).rglob("*.py")
]


def codes_of(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _made(node)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == "code":
            yield from _texts(node.value)
            yield from _listed(node.annotation)
        elif isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["Code"]:
            yield from _listed(node.value)


def _made(call: ast.Call) -> Iterator[str]:
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    place = MAKERS.get(name)
    if place is not None and len(call.args) > place:
        yield from _texts(call.args[place])
    for keyword in call.keywords:
        if keyword.arg == "code":
            yield from _texts(keyword.value)


def _listed(annotation: ast.expr) -> Iterator[str]:
    """Yield the codes of a `Literal[...]`."""
    for node in ast.walk(annotation):
        if isinstance(node, ast.Constant):
            yield from _texts(node)


def _texts(node: ast.expr | None) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"[a-z]+(_[a-z]+)*", node.value):
        yield node.value


DOCUMENTED = codes_in_tables(read("docs/codes.md"))
WRITTEN = {code for path in SOURCES for code in codes_of(ast.parse(path.read_text(encoding="utf-8")))}


def test_the_search_finds_codes_of_every_kind() -> None:
    assert {"list_empty", "conflict", "storage_full", "undeliverable", "item_unknown"} <= WRITTEN
    assert {"text_off_page", "glyph_missing", "barcode_too_long", "font_forbidden", "property_unknown"} <= WRITTEN


def test_every_code_is_documented() -> None:
    assert WRITTEN <= DOCUMENTED


@pytest.mark.parametrize("code", sorted(DOCUMENTED - BUILT))
def test_a_documented_code_exists(code: str) -> None:
    assert any(f'"{code}"' in path.read_text(encoding="utf-8") for path in SOURCES)


def test_the_readme_explains_the_codes_of_the_failures_table() -> None:
    page = read("docs/codes.md").split("## Why an item failed")[1].split("## ")[0]

    assert codes_in_tables(read("README.md")) == codes_in_tables(page) - {"values_mismatched"}
