"""`python -m pressrun.documents [--check]`: write what is generated, or name what is stale and exit with 1."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from pressrun.documents.asyncapi import render_asyncapi
from pressrun.documents.events_page import render_events_page
from pressrun.documents.markdown import put_between_marks
from pressrun.documents.settings_table import render_settings

ROOT = Path(__file__).resolve().parents[2]


def render_all(root: Path) -> Mapping[str, str]:
    """Path inside the checkout to what its file is to hold."""
    readme = (root / "README.md").read_text(encoding="utf-8")
    return {
        "docs/events.md": render_events_page(),
        "docs/asyncapi.yaml": render_asyncapi(root),
        "README.md": put_between_marks(readme, "settings", render_settings()),
    }


def stale_files(root: Path) -> tuple[str, ...]:
    """Paths whose files are not what the code says."""
    return tuple(path for path, text in render_all(root).items() if _read(root / path) != text)


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Exit code: 1 when `--check` found something stale."""
    parser = argparse.ArgumentParser(prog="python -m pressrun.documents", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 and name what is stale")
    is_check = parser.parse_args(arguments).check
    stale = stale_files(root)
    if is_check:
        for path in stale:
            sys.stderr.write(f"{path} is stale: run `python -m pressrun.documents`\n")
        return 1 if stale else 0
    texts = render_all(root)
    for path in stale:
        (root / path).write_text(texts[path], encoding="utf-8")
        sys.stdout.write(f"{path} written\n")
    return 0


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


if __name__ == "__main__":
    sys.exit(main())
