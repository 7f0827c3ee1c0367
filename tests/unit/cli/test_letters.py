"""The commands about letters: a design on its own or with a list, without broker or system."""

import csv
import json
import os
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from PIL import Image
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


@pytest.fixture
def a_list(tmp_path: Path) -> Callable[..., Path]:
    """Write recipients, each PERSON but for what is given; None leaves a value empty."""

    def write(*recipients: dict[str, object], without: str = "", extra: str = "") -> Path:
        names = [name for name in (*PERSON, extra) if name and name != without]
        path = tmp_path / "people.csv"
        with path.open("w", newline="") as file:
            table = csv.DictWriter(file, names, extrasaction="ignore", restval="")
            table.writeheader()
            table.writerows({**PERSON, **recipient} for recipient in recipients)
        return path

    return write


@pytest.fixture
def a_duplex(postcard: Path, tmp_path: Path) -> Path:
    """A design of two pages, front and back."""
    text = {"type": "Text", "fontFamily": "Open Sans", "left": 200, "top": 100, "text": "Dear {{first_name}}"}
    canvas = {"version": "7.4.0", "width": 400, "height": 200, "objects": [text]}
    design = tmp_path / "duplex"
    design.mkdir()
    (design / "design.json").write_text(json.dumps({"pages": [canvas, canvas]}))
    (design / "fonts").symlink_to(postcard / "fonts")
    return design


def text_of(pdf: Path) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return "\n".join(str(page.get_textpage().get_text_bounded()) for page in document)


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


def test_a_letter_is_drawn_as_a_picture(
    run: Run, postcard: Path, a_record: Callable[..., Path], tmp_path: Path
) -> None:
    out = tmp_path / "letter.png"

    result = run(
        "letters", "render", "--design", postcard, "--record", a_record(), "--out", out, "--png", "--dpi", "100"
    )

    assert result.exit_code == 0
    with Image.open(out) as picture:
        # 148 x 105 mm and 3 mm of bleed on every side.
        assert picture.size == pytest.approx((154 / 25.4 * 100, 111 / 25.4 * 100), abs=1)
        # Bits of information to the pixel: one colour has none.
        assert picture.entropy() > 3


def test_each_page_of_a_letter_is_a_picture_of_its_own(
    run: Run, a_duplex: Path, a_record: Callable[..., Path], tmp_path: Path
) -> None:
    result = run(
        "letters", "render", "--design", a_duplex, "--record", a_record(), "--out", tmp_path / "letter.png", "--png"
    )

    assert result.exit_code == 0
    assert sorted(path.name for path in tmp_path.glob("*.png")) == ["letter-1.png", "letter-2.png"]


def test_a_picture_of_too_many_pixels_is_refused(
    run: Run, postcard: Path, a_record: Callable[..., Path], tmp_path: Path
) -> None:
    arguments = ("--design", postcard, "--record", a_record(), "--out", tmp_path / "x.png", "--png", "--dpi", "2400")

    result = run("letters", "render", *arguments)

    assert result.exit_code == 2
    assert "picture_too_large: --dpi" in result.stderr


def test_a_letter_whose_text_leaves_the_page_is_rendered_to_be_looked_at(
    run: Run, postcard: Path, a_record: Callable[..., Path], tmp_path: Path
) -> None:
    out = tmp_path / "letter.pdf"

    result = run("letters", "render", "--design", postcard, "--record", a_record(code="W" * 90), "--out", out)

    assert result.exit_code == 0
    assert out.exists()


def test_a_design_is_checked_alone(run: Run, postcard: Path) -> None:
    result = run("letters", "check", postcard)

    assert result.exit_code == 0
    assert "148 x 105 mm, bleed 3 mm" in result.stdout
    assert "'Open Sans' 600" in result.stdout
    assert "QR code of '{{link}}', 16 x 16 mm" in result.stdout
    assert "'first_name': text, must be given" in result.stdout
    assert "'country': text, else ''" in result.stdout


def test_a_check_answers_with_json(run: Run, postcard: Path, a_list: Callable[..., Path]) -> None:
    result = run("letters", "check", postcard, "--recipients", a_list({}, {}), "--json")

    answer = json.loads(result.stdout)
    assert result.exit_code == 0
    assert answer["pages"] == [{"width": 148.0, "height": 105.0, "bleed": 3.0}]
    assert answer["objects"]["QR code"] == 1
    assert {"name": "link", "default": None, "kind": "qr"} in answer["variables"]
    assert answer["recipients"]["total"] == 2
    assert answer["recipients"]["refused"] == 0
    assert answer["recipients"]["columns"]["first_name"] == "first_name"


def test_the_example_has_the_faulty_rows_its_readme_tells_of(run: Run, postcard: Path) -> None:
    result = run("letters", "check", postcard, "--recipients", postcard / "recipients.csv")

    assert result.exit_code == 3
    assert "250 recipients: 247 letters, 3 refused" in result.stdout
    assert all(f"(line {line})" in result.stdout for line in (59, 123, 190))
    assert "warning" not in result.stdout


def test_every_row_that_gets_no_letter_is_found_with_its_line(
    run: Run, postcard: Path, a_list: Callable[..., Path]
) -> None:
    people = a_list({}, {"first_name": "\u6f22"}, {"city": ""}, {"code": "W" * 90}, {"link": "x" * 3000}, {})

    result = run("letters", "check", postcard, "--recipients", people, "--json")

    found = {
        finding["code"]: [example["lines"] for example in finding["examples"]]
        for finding in json.loads(result.stdout)["recipients"]["refusals"]
    }
    assert result.exit_code == 3
    assert found == {"glyph_missing": [[3]], "value_missing": [[4]], "text_off_page": [[5]], "qr_too_long": [[6]]}


def test_findings_are_told_without_any_value_of_a_row(run: Run, postcard: Path, a_list: Callable[..., Path]) -> None:
    result = run("letters", "check", postcard, "--recipients", a_list({"last_name": "Secret\u6f22"}))

    assert result.exit_code == 3
    assert "glyph_missing: 1" in result.stdout
    assert "(line 2)" in result.stdout
    assert "U+6F22" in result.stdout
    assert "Secret" not in result.stdout


def test_codes_that_come_out_too_small_are_warned_of_by_line(
    run: Run, postcard: Path, a_list: Callable[..., Path]
) -> None:
    people = a_list({}, {"link": "https://example.com/" + "x" * 400})

    result = run("letters", "check", postcard, "--recipients", people, "--json")

    (remark,) = json.loads(result.stdout)["recipients"]["remarks"]
    assert result.exit_code == 0
    assert (remark["code"], remark["examples"][0]["lines"]) == ("qr_small", [3])


def test_a_column_is_mapped_and_unused_ones_are_named(run: Run, postcard: Path, a_list: Callable[..., Path]) -> None:
    people = a_list({"town": "Elsewhere"}, without="city", extra="town")

    mapped = run("letters", "check", postcard, "--recipients", people, "--map", "city=town")
    unmapped = run("letters", "check", postcard, "--recipients", people)

    assert mapped.exit_code == 0
    assert "from column 'town'" in mapped.stdout
    assert unmapped.exit_code == 2
    assert "variable_unmapped" in unmapped.stderr


def test_a_column_nobody_asks_for_is_named(run: Run, postcard: Path, a_list: Callable[..., Path]) -> None:
    result = run("letters", "check", postcard, "--recipients", a_list({}, extra="shoe_size"))

    assert "1 column: 'shoe_size'" in result.stdout


def test_faults_of_design_list_and_mapping_come_together(run: Run, tmp_path: Path) -> None:
    design = tmp_path / "design.json"
    design.write_text('{"version": "7.4.0", "objects": [{"type": "Text", "text": "x", "fontFamily": "Nowhere"}]}')

    result = run("letters", "check", design, "--recipients", tmp_path / "absent.csv", "--map", "x", "--json")

    codes = {fault["code"] for fault in json.loads(result.stdout)["faults"]}
    assert result.exit_code == 2
    assert codes >= {"font_missing", "file_unreadable", "map_invalid"}


def test_an_unknown_property_is_a_warning_and_no_fault(run: Run, a_duplex: Path) -> None:
    design = json.loads((a_duplex / "design.json").read_text())
    design["pages"][0]["objects"][0]["wobble"] = 3
    (a_duplex / "design.json").write_text(json.dumps(design))

    result = run("letters", "check", a_duplex)

    assert result.exit_code == 0
    assert "2 of " in result.stdout
    assert "wobble" in result.stdout


def test_a_list_that_can_be_read_only_once_is_refused_by_a_check(run: Run, postcard: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    result = run("letters", "check", postcard, "--recipients", pipe)

    assert result.exit_code == 2
    assert "file_unreadable: --recipients" in result.stderr


def test_a_warning_for_many_places_is_told_once(run: Run, a_duplex: Path) -> None:
    design = json.loads((a_duplex / "design.json").read_text())
    design["pages"][0]["objects"] = [{**design["pages"][0]["objects"][0], "wobble": 3}] * 9
    (a_duplex / "design.json").write_text(json.dumps(design))

    result = run("letters", "check", a_duplex)

    assert result.stdout.count("wobble is not known") == 1
    assert "and 6 more" in result.stdout


def test_a_proof_shows_the_recipients_that_stress_the_design(
    run: Run, postcard: Path, a_list: Callable[..., Path], tmp_path: Path
) -> None:
    people = a_list(*[{}] * 30, {"last_name": "Featherstonehaugh"}, {"country": ""}, {"first_name": "\u6f22"})
    out = tmp_path / "proof.pdf"

    result = run("letters", "proof", postcard, people, "-o", out)

    shown = text_of(out)
    assert result.exit_code == 0
    assert "12 of 33 recipients, 1 of them without a letter" in " ".join(result.stderr.split())
    assert "Featherstonehaugh" in shown
    assert "longest {{last_name}}: 17 characters" in shown
    assert "without {{country}}" in shown
    assert "No letter: glyph_missing" in shown


def test_a_proof_is_the_same_for_the_same_seed(
    run: Run, postcard: Path, a_list: Callable[..., Path], tmp_path: Path
) -> None:
    people = a_list(*({"first_name": f"Ann{number}"} for number in range(60)))
    outs = [tmp_path / name for name in ("first.pdf", "same.pdf", "other.pdf")]

    for out, seed in zip(outs, (7, 7, 8), strict=True):
        run("letters", "proof", postcard, people, "-o", out, "--seed", seed, "--size", "4")

    first, same, other = (out.read_bytes() for out in outs)
    assert first == same != other


def test_both_sides_of_a_letter_are_on_the_proof(run: Run, a_duplex: Path, a_list: Callable[..., Path]) -> None:
    out = a_duplex / "proof.pdf"

    result = run("letters", "proof", a_duplex, a_list({}), "--out", out)

    assert result.exit_code == 0
    assert text_of(out).count("Dear Ann") == 2


def test_a_proof_of_a_list_without_the_column_is_a_fault(
    run: Run, postcard: Path, a_list: Callable[..., Path], tmp_path: Path
) -> None:
    result = run("letters", "proof", postcard, a_list({}, without="city"), "-o", tmp_path / "proof.pdf")

    assert result.exit_code == 2
    assert "variable_unmapped" in result.stderr
    assert not (tmp_path / "proof.pdf").exists()
