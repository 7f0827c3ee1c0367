"""The size gate of `make check`: no function over 50 lines, no file over 500, no agent over its 80."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from streams.topology import ROLES

LONGEST_FUNCTION = 50
LONGEST_FILE = 500
LONGEST_AGENT = 80
AGENTS = {role.name for role in ROLES} | {"render"}


def python_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "*.py"], capture_output=True, text=True, check=True)
    return [Path(name) for name in listed.stdout.splitlines() if Path(name).exists()]


def offences(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    lines = text.count("\n")
    limit = LONGEST_AGENT if path.parts[0] == "agents" and path.stem in AGENTS else LONGEST_FILE
    if lines > limit:
        yield f"{path}: {lines} lines, at most {limit}"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            is_factory = any(isinstance(child, ast.AsyncFunctionDef) for child in node.body)
            if length > LONGEST_FUNCTION and not is_factory:
                yield f"{path}:{node.lineno}: {node.name} has {length} lines, at most {LONGEST_FUNCTION}"


if __name__ == "__main__":
    found = [offence for path in python_files() for offence in offences(path)]
    sys.stdout.write("".join(f"{offence}\n" for offence in found))
    sys.exit(bool(found))
