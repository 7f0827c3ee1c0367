"""What is generated is fresh, and whoever forgets it is told so."""

import shutil
from pathlib import Path

import pytest
from unit.docs.pages import ROOT

from pressrun.documents.__main__ import main, render_all, stale_files
from pressrun.documents.markdown import put_between_marks, table

GENERATED = ("docs/events.md", "docs/asyncapi.yaml", "README.md")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    for path in (*GENERATED, "pyproject.toml"):
        shutil.copy(ROOT / path, tmp_path / path)
    return tmp_path


def test_the_generated_documents_are_fresh() -> None:
    assert stale_files(ROOT) == ()


def test_generating_twice_gives_the_same(checkout: Path) -> None:
    assert render_all(checkout) == render_all(checkout)


def test_a_check_of_fresh_documents_passes(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"], checkout) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("path", GENERATED)
def test_a_check_names_what_is_stale_and_changes_nothing(
    checkout: Path, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    stale = (checkout / path).read_text(encoding="utf-8").replace("Port of the mail server", "").replace("credits", "")
    (checkout / path).write_text(stale, encoding="utf-8")

    assert main(["--check"], checkout) == 1

    assert path in capsys.readouterr().err
    assert (checkout / path).read_text(encoding="utf-8") == stale


def test_a_document_that_is_not_there_is_stale(checkout: Path) -> None:
    (checkout / "docs" / "events.md").unlink()

    assert stale_files(checkout) == ("docs/events.md",)


def test_writing_makes_everything_fresh(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (checkout / "docs" / "events.md").unlink()

    assert main([], checkout) == 0

    assert "docs/events.md" in capsys.readouterr().out
    assert stale_files(checkout) == ()
    assert (checkout / "docs" / "events.md").read_bytes() == (ROOT / "docs" / "events.md").read_bytes()


def test_only_what_is_between_the_marks_is_replaced() -> None:
    page = "before\n<!-- parts: begin -->\nold\n<!-- parts: end -->\nafter\n"

    assert put_between_marks(page, "parts", "new") == page.replace("old", "new")


@pytest.mark.parametrize("page", ["no marks", "<!-- parts: begin -->", "<!-- parts: end --><!-- parts: begin -->"])
def test_a_page_without_its_marks_is_refused(page: str) -> None:
    with pytest.raises(ValueError, match="parts"):
        put_between_marks(page, "parts", "new")


def test_a_bar_inside_a_cell_does_not_end_it() -> None:
    assert table(("a",), [("x|y",)]).splitlines()[-1] == "| x\\|y |"
