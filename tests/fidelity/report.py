"""The fidelity report: each design as Fabric draws it, as the product does, the difference, and the score.

`PYTHONPATH=tests python -m fidelity.report [--cases FOLDER] [--out FOLDER]` writes index.html with its pictures beside
it and exits 1 when a case fails. `--viewer` names what draws the letters; verdicts count every viewer there is.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from fidelity.published import CASES, Case, Pixels, find_cases, stamp_case
from fidelity.scoring import Score, View, score_letter
from fidelity.viewers import VIEWERS
from jinja2 import Environment, FileSystemLoader, select_autoescape
from PIL import Image

from pressrun.domain.errors import FaultyInput

PALE = 0.25
"""How much of the golden shows under the differing pixels."""

RED = (214, 40, 57)


@dataclass(frozen=True, slots=True)
class Entry:
    """One case's row of the page; picture names are relative to it, none where there is no letter."""

    name: str
    dialect: str
    features: str
    faults: tuple[str, ...]
    views: tuple[tuple[str, float, float], ...]
    size: int | None


def report(cases: Sequence[Case], out: Path, viewer: str) -> list[Entry]:
    """Score the cases, and write the page and its pictures into a folder."""
    out.mkdir(parents=True, exist_ok=True)
    entries = [_report_case(case, out, viewer) for case in cases]
    failed = [entry for entry in entries if entry.faults]
    templates = FileSystemLoader(Path(__file__).parent)
    page = Environment(loader=templates, autoescape=select_autoescape(default=True)).get_template("report.html")
    # What fails is what one came to see.
    entries = sorted(entries, key=lambda entry: not entry.faults)
    text = page.render(entries=entries, failed=len(failed), viewer=viewer, viewers=list(VIEWERS))
    (out / "index.html").write_text(text, "utf-8")
    return entries


def _report_case(case: Case, out: Path, viewer: str) -> Entry:
    _save(case.golden, out / f"{case.name}-fabric.png")
    try:
        pdf = stamp_case(case)
    except (FaultyInput, AssertionError) as error:
        return _entry_of(case, None, (f"no letter: {error}",), None)
    score = score_letter(case, pdf)
    view = next(view for view in score.views if view.viewer == viewer)
    _save(view.drawn, out / f"{case.name}-ours.png")
    _save(_show_difference(case, view), out / f"{case.name}-difference.png")
    return _entry_of(case, score, score.faults, len(pdf))


def _entry_of(case: Case, score: Score | None, faults: tuple[str, ...], size: int | None) -> Entry:
    views = score.views if score else ()
    figures = tuple((view.viewer, view.comparison.share, view.comparison.similarity) for view in views)
    return Entry(case.name, case.meta["dialect"], ", ".join(case.meta["features"]), faults, figures, size)


def _show_difference(case: Case, view: View) -> Pixels:
    pale = 255 - (255 - case.golden.mean(-1, keepdims=True)) * PALE
    shown = np.repeat(pale, 3, axis=-1).astype(np.int16)
    shown[view.comparison.differing] = RED
    return shown


def _save(picture: Pixels, path: Path) -> None:
    Image.fromarray(picture.astype(np.uint8)).save(path, optimize=True)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=Path, default=CASES)
    parser.add_argument("--out", type=Path, default=Path("build/fidelity"))
    parser.add_argument("--viewer", choices=list(VIEWERS), default="pdfium")
    asked = parser.parse_args(arguments)
    entries = report(find_cases(asked.cases), asked.out, asked.viewer)
    failed = [entry for entry in entries if entry.faults]
    for entry in failed:
        sys.stdout.write(f"{entry.name}: {'; '.join(entry.faults)}\n")
    sys.stdout.write(f"{len(entries) - len(failed)} of {len(entries)} designs pass: {asked.out / 'index.html'}\n")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
