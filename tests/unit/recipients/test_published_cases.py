"""Lists published by others: exact rows, the dialects people wrote down, and nothing but faults from odd ones."""

import json
from pathlib import Path

import pytest

from pressrun.domain.errors import FaultyInput
from pressrun.domain.recipients.canonical import Canonicaliser
from pressrun.domain.recipients.dialect import detect_dialect
from pressrun.domain.recipients.header import read_header
from pressrun.domain.recipients.inline import rows_of_objects
from pressrun.domain.recipients.mapping import Want, map_columns
from pressrun.domain.recipients.rows import read_rows

SPECTRUM = [
    "comma_in_quotes",
    "empty",
    "empty_crlf",
    "escaped_quotes",
    "json",
    "newlines",
    "quotes_and_newlines",
    "simple",
    "simple_crlf",
    "utf8",
]
POLLOCK_FLOOR = 124
"""Of 130 files with encoding, delimiter and quote all as written down; measured 124."""


def read_whole(data: bytes) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    header, rows = read_header(read_rows([data], detect_dialect(data, whole=True)))
    return header, [row.cells for row in rows]


@pytest.mark.parametrize("name", SPECTRUM)
def test_csv_spectrum_is_read_exactly(cases: Path, name: str) -> None:
    expected = json.loads((cases / f"csv_spectrum/json/{name}.json").read_bytes())
    header, rows = read_whole((cases / f"csv_spectrum/csvs/{name}.csv").read_bytes())
    assert [dict(zip(header, cells, strict=True)) for cells in rows] == expected


def test_csv_spectrum_with_crlf_is_read_exactly_once_its_crlf_is_put_back(cases: Path) -> None:
    # The file came out of a checkout that had turned CRLF into LF; its expected rows still say CRLF.
    expected = json.loads((cases / "csv_spectrum/json/newlines_crlf.json").read_bytes())
    data = (cases / "csv_spectrum/csvs/newlines_crlf.csv").read_bytes().replace(b"\n", b"\r\n")
    header, rows = read_whole(data)
    assert [dict(zip(header, cells, strict=True)) for cells in rows] == expected


def test_csv_spectrum_coordinates_are_read_exactly_but_for_the_number_its_authors_changed(cases: Path) -> None:
    expected = json.loads((cases / "csv_spectrum/json/location_coordinates.json").read_bytes())
    header, (cells,) = read_whole((cases / "csv_spectrum/csvs/location_coordinates.csv").read_bytes())
    assert header == tuple(expected)
    assert dict(zip(header[1:], cells[1:], strict=True)) == {name: expected[name] for name in header[1:]}


def test_dialects_are_those_people_wrote_down(cases: Path) -> None:
    lines = (cases / "csv_dialect_pollock/expected.jsonl").read_text().splitlines()
    right = [_is_right(cases / "csv_dialect_pollock", json.loads(line)) for line in lines]
    assert len(right) == 130
    assert sum(right) >= POLLOCK_FLOOR


def _is_right(folder: Path, expected: dict[str, str]) -> bool:
    data = (folder / expected["file"]).read_bytes()
    try:
        dialect = detect_dialect(data[:262_144], len(data) <= 262_144)
    except FaultyInput:
        return False
    names = {"utf-8": ("utf8", "ascii")}.get(dialect.encoding, (dialect.encoding,))
    found = (dialect.delimiter, dialect.quotechar)
    return expected["encoding"] in names and found == (expected["delimiter"], expected["quotechar"])


def test_odd_lists_give_rows_or_faults_and_nothing_else(cases: Path) -> None:
    files = [path for folder in ("csv_frictionless", "csv_dialect_pollock") for path in (cases / folder).iterdir()]
    assert sum(_is_read(file.read_bytes()) for file in files) > 150


def _is_read(data: bytes) -> bool:
    try:
        header, rows = read_whole(data)
    except FaultyInput:
        return False
    return bool(header and rows)


def test_naughty_strings_survive_or_are_a_control_character(cases: Path) -> None:
    strings = json.loads((cases / "naughty_strings/blns.json").read_bytes())
    wants = [Want("text", required=False)]
    header, rows = rows_of_objects([{"text": text} for text in strings])
    canonicaliser = Canonicaliser(header, wants, map_columns(header, wants, {}))
    lines = b"".join(canonicaliser.feed(rows)).split(b"\n")[:-1]
    assert [json.loads(line)["cells"] for line in lines] == [[text] for text in strings]
    codes = {json.loads(line)["fault"]["code"] for line in lines if b'{"fault":' in line[:10]}
    assert codes == {"value_control_character"}
    assert canonicaliser.faulty < 10
