"""`letters render` and `letters store`: a design on its own, without broker or system."""

import json
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from typer.testing import Result

from pressrun.designs import unpack_design
from pressrun.settings import Settings
from sinks.storage import LocalStorage

Run = Callable[..., Result]

PERSON = {
    "first_name": "Ann",
    "last_name": "Example",
    "street": "Street 1",
    "postcode": "12345",
    "city": "Town",
    "country": "Country",
    "offer": "a cup",
    "code": "SPRING-1",
    "link": "https://example.com/r/1",
}


@pytest.fixture
def a_record(tmp_path: Path) -> Callable[..., Path]:
    """Write a recipient, changed by keyword; None leaves a variable out."""

    def write(**changes: object) -> Path:
        path = tmp_path / "record.json"
        person = {**PERSON, **changes}
        path.write_text(json.dumps({name: value for name, value in person.items() if value is not None}))
        return path

    return write


def test_one_letter_is_rendered_into_a_file(
    run: Run, postcard: Path, a_record: Callable[..., Path], tmp_path: Path
) -> None:
    out = tmp_path / "letter.pdf"

    result = run("letters", "render", "--design", postcard, "--record", a_record(), "--out", out)

    assert result.exit_code == 0
    assert result.stdout == ""
    with pikepdf.open(out) as pdf:
        assert len(pdf.pages) == 1


def test_the_same_record_gives_the_same_bytes(
    run: Run, postcard: Path, a_record: Callable[..., Path], tmp_path: Path
) -> None:
    outs = [tmp_path / "first.pdf", tmp_path / "second.pdf"]

    for out in outs:
        run("letters", "render", "--design", postcard / "design.json", "--record", a_record(), "--out", out)

    assert outs[0].read_bytes() == outs[1].read_bytes()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"first_name": "\u6f22"}, "glyph_missing"),
        ({"city": None}, "value_missing"),
        ({"city": "   "}, "value_missing"),
        ({"code": 1.5}, "value_not_text"),
    ],
)
def test_a_recipient_who_gets_no_letter_is_told_by_code_and_exit_code(
    run: Run, postcard: Path, a_record: Callable[..., Path], tmp_path: Path, changes: dict[str, object], code: str
) -> None:
    out = tmp_path / "letter.pdf"

    result = run("letters", "render", "--design", postcard, "--record", a_record(**changes), "--out", out)

    assert result.exit_code == 3
    assert result.stderr.startswith(f"{code}: ")
    assert not out.exists()


@pytest.mark.parametrize("content", ["[]", "{", "null"])
def test_a_record_that_is_no_object_is_a_fault(run: Run, postcard: Path, tmp_path: Path, content: str) -> None:
    record = tmp_path / "record.json"
    record.write_text(content)

    result = run("letters", "render", "--design", postcard, "--record", record, "--out", tmp_path / "letter.pdf")

    assert result.exit_code == 2
    assert "record_invalid: --record" in result.stderr


def test_a_place_that_cannot_be_written_is_an_error(
    run: Run, postcard: Path, a_record: Callable[..., Path], tmp_path: Path
) -> None:
    out = tmp_path / "absent" / "letter.pdf"

    result = run("letters", "render", "--design", postcard, "--record", a_record(), "--out", out)

    assert result.exit_code == 1
    assert result.stderr.startswith("file_unwritable: ")


def test_a_design_is_stored_under_the_digest_that_is_printed(run: Run, postcard: Path, settings: Settings) -> None:
    result = run("letters", "store", "--design", postcard)

    assert result.exit_code == 0
    stored = unpack_design(LocalStorage(settings.home, settings.archives).read_blob(result.stdout.strip()))
    assert json.loads(stored.design) == json.loads((postcard / "design.json").read_bytes())
    assert len(stored.fonts) == 3


def test_a_design_with_faults_is_not_stored(run: Run, tmp_path: Path, settings: Settings) -> None:
    design = tmp_path / "design.json"
    design.write_text('{"version": "7.4.0", "objects": [{"type": "Text", "text": "x", "fontFamily": "Nowhere"}]}')

    result = run("letters", "store", "--design", design)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert not (settings.home / "blobs").exists()
