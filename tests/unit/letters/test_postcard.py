"""The example postcard: 250 recipients, three of them faulty on purpose, every other letter right."""

import csv
import io
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path

import pikepdf
import pytest
import zxingcpp
from PIL import Image

from pressrun.domain.letters import (
    CompiledDesign,
    Design,
    DesignSource,
    Letter,
    Profile,
    Refusal,
    compile_design,
    read_design,
)

Row = Mapping[str, str]


@pytest.fixture(scope="module")
def design(postcard: Path, read_source: Callable[[Path, Path], DesignSource]) -> Design:
    return read_design(read_source(postcard, postcard / "fonts"))


@pytest.fixture(scope="module")
def lines(postcard: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO((postcard / "recipients.csv").read_text("utf-8"), newline="")))


@pytest.fixture(scope="module")
def rows(lines: list[list[str]]) -> list[Row]:
    header, *cells = lines
    return [dict(zip(header, row, strict=True)) for row in cells if len(row) == len(header)]


@pytest.fixture(scope="module")
def compiled(design: Design, rows: list[Row]) -> CompiledDesign:
    names = [item.name for item in design.variables if item.kind == "text"]
    characters = set(unicodedata.normalize("NFC", "".join(row[name] for row in rows for name in names)))
    return compile_design(design, Profile("".join(sorted(characters))))


def test_exactly_three_recipients_are_faulty_each_in_its_own_way(
    design: Design, compiled: CompiledDesign, lines: list[list[str]], rows: list[Row]
) -> None:
    required = [variable.name for variable in design.variables if variable.default is None]

    ragged = [row for row in lines[1:] if len(row) != len(lines[0])]
    incomplete = [row for row in rows if not all(row[name] for name in required)]
    refused = [outcome for outcome in map(compiled.stamp, rows) if isinstance(outcome, Refusal)]

    assert len(lines) == 251
    assert len(ragged) == len(incomplete) == 1
    assert [outcome.code for outcome in refused] == ["script_unsupported"]


def test_every_column_is_a_variable_and_every_variable_a_column(design: Design, lines: list[list[str]]) -> None:
    assert {variable.name for variable in design.variables} == set(lines[0])


def test_each_letter_says_its_recipients_name_and_address(
    compiled: CompiledDesign, rows: list[Row], read_text: Callable[[object], str]
) -> None:
    for row in rows[::5]:
        outcome = compiled.stamp(row)
        if isinstance(outcome, Letter):
            text = read_text(outcome)
            assert f"Dear {row['first_name']}," in text
            assert f"{row['first_name']} {row['last_name']}\n{row['street']}\n{row['postcode']} {row['city']}" in text


def test_each_code_leads_to_the_recipients_own_link(
    compiled: CompiledDesign, rows: list[Row], draw: Callable[..., Image.Image]
) -> None:
    for row in rows[:12]:
        (found,) = zxingcpp.read_barcodes(draw(compiled.stamp(row), scale=3))
        assert found.text == row["link"]


def test_letters_are_small_and_free_of_faults(compiled: CompiledDesign, rows: list[Row]) -> None:
    for row in rows[:20]:
        letter = compiled.stamp(row)
        assert isinstance(letter, Letter)
        assert len(letter.prefix) + len(letter.tail) < 50_000
        with pikepdf.open(io.BytesIO(letter.prefix + letter.tail)) as pdf:
            assert pdf.check_pdf_syntax() == []
