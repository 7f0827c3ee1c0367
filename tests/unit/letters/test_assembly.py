"""A letter is a shared file and an update of it: sound for every reader, with only its own objects in the update."""

import io
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from canvases import (
    a_box,
    a_canvas,
    a_code,
    a_gradient,
    a_group,
    a_photo,
    a_png,
    a_rect,
    a_shadow,
    a_text,
    letter,
    opened,
    refusal,
    whole,
    with_design,
)

from pressrun.domain.letters import CompiledDesign, DesignSource, Profile, compile_design, read_design

Compile = Callable[..., CompiledDesign]
Build = Callable[..., DesignSource]

FADING = a_gradient((0, "rgba(255,0,0,0.2)"), (1, "#0000ff"))
PHOTOS = {"one.png": a_png("#ff0000"), "two.png": a_png((0, 0, 255, 90), (30, 20), "RGBA")}
RECORD = {"name": "Ada", "link": "https://example.com/1", "photo": "two.png"}
# Every kind of step, and every way in which a letter brings objects of its own.
EVERYTHING: Sequence[Mapping[str, Any]] = (
    a_rect(opacity=0.5, stroke="#000000", shadow=a_shadow(blur=9)),
    a_text(fill=FADING),
    a_text(fill=a_gradient((0, "#ff0000"), (1, "#0000ff")), top=100),
    a_box("Dear {{name|friend}}", shadow=a_shadow(offsetX=3, blur=4), top=60),
    a_text(shadow=a_shadow(offsetX=3), clipPath=a_rect(0, 0), top=330),
    a_code(left=100, opacity=0.5),
    a_photo(left=500, imageFit="cover"),
    a_group(a_photo(left=0, top=60, opacity=0.5), a_text(left=0, top=0), left=500, opacity=0.5),
    a_text(fill={"type": "pattern", "source": "one.png", "repeat": "repeat"}, top=380),
)


@pytest.fixture(scope="module")
def everything(a_source: Build) -> CompiledDesign:
    """Compile two pages: one with every kind of step, one with a text."""
    design = [a_canvas(*map(dict, EVERYTHING)), a_canvas(a_text())]
    source = replace(with_design(a_source(), design), assets=PHOTOS)
    return compile_design(read_design(source), Profile("ADabdefinr", "", {"photo": ("one.png", "two.png")}))


def update_of(compiled: CompiledDesign, record: Mapping[str, str]) -> tuple[int, list[bytes], bytes]:
    """Return the first number, the rows of the table and the trailer of a letter's update."""
    tail = letter(compiled.stamp(record)).tail
    table, trailer = tail[tail.rindex(b"\nxref\n") + 6 :].split(b"trailer")
    head, *rows = table.splitlines(keepends=True)
    first, count = map(int, head.split())
    assert len(rows) == count
    return first, rows, trailer


def test_readers_and_checkers_find_nothing_wrong(everything: CompiledDesign) -> None:
    data = whole(everything.stamp(RECORD))

    with pikepdf.open(io.BytesIO(data), attempt_recovery=False) as pdf:
        assert pdf.check_pdf_syntax() == []
        assert len(pdf.pages) == 2
    with pypdfium2.PdfDocument(data) as document:
        assert [page.get_textpage().get_text_bounded().count("Dear Ada") for page in document] == [6, 1]


def test_the_shared_part_is_a_whole_file_of_empty_pages(everything: CompiledDesign) -> None:
    prefix = letter(everything.stamp(RECORD)).prefix

    assert prefix.startswith(b"%PDF-1.7\n")
    assert prefix.endswith(b"%%EOF\n")
    with pikepdf.open(io.BytesIO(prefix), attempt_recovery=False) as pdf:
        assert len(pdf.pages) == 2
        assert pdf.pages[0].obj.get("/Contents") is None


def test_the_update_numbers_its_objects_on_and_points_at_each(everything: CompiledDesign) -> None:
    data = whole(everything.stamp(RECORD))

    first, rows, trailer = update_of(everything, RECORD)

    for number, row in enumerate(rows, start=first):
        place, generation, kind = row.split()
        assert len(row) == 20
        assert generation == b"00000"
        if kind == b"n":
            assert data[int(place) :].startswith(b"%d 0 obj\n" % number)
    assert re.search(rb"/Prev (\d+)", trailer)


def test_the_update_leads_back_to_the_shared_table(everything: CompiledDesign) -> None:
    data = whole(everything.stamp(RECORD))
    _, _, trailer = update_of(everything, RECORD)

    previous, start, size = (
        int(re.findall(pattern, trailer)[0]) for pattern in (rb"/Prev (\d+)", rb"startxref\n(\d+)", rb"/Size (\d+)")
    )

    assert data[previous:].startswith(b"xref\n0 %d\n" % size)
    assert data[start:].startswith(b"xref\n")
    assert start > everything.prefix_size


def test_no_object_of_the_shared_part_is_written_again(everything: CompiledDesign) -> None:
    made = letter(everything.stamp(RECORD))

    shared, own = (set(re.findall(rb"^(\d+) 0 obj$", part, flags=re.MULTILINE)) for part in (made.prefix, made.tail))

    assert own
    assert shared.isdisjoint(own)


def test_what_a_letter_does_not_need_stays_an_empty_place(a_compiled: Compile) -> None:
    """A blurred shadow brings two objects, unless there is nothing to cast it."""
    compiled = a_compiled(a_text("{{name|}}", shadow=a_shadow(blur=5)))

    (_, full, _), (_, empty, _) = (update_of(compiled, {"name": name}) for name in ("Ada", ""))

    assert [row.split()[2] for row in full].count(b"f") == 0
    assert [row.split()[2] for row in empty].count(b"f") == 2
    with opened(compiled.stamp({"name": ""})) as pdf:
        assert pdf.check_pdf_syntax() == []


def test_a_letter_leaves_nothing_to_the_next(everything: CompiledDesign) -> None:
    first = everything.stamp(RECORD)

    other = everything.stamp({"name": "", "link": "x", "photo": "one.png"})
    refused = everything.stamp({"name": "日", "link": "x", "photo": "one.png"})

    assert whole(other)
    assert refusal(refused).code == "glyph_missing"
    assert everything.stamp(RECORD) == first


def test_a_static_design_adds_little_to_the_shared_part(a_compiled: Compile) -> None:
    compiled = a_compiled(*(a_rect(left, 100, shadow=a_shadow(blur=4)) for left in range(0, 600, 20)))

    assert len(letter(compiled.stamp({})).tail) < 400


APART = """
import json, sys
sys.path[:0] = sys.argv[1].split("|")
from hashlib import sha256
from pathlib import Path
from pressrun.domain.letters import DesignSource, FontFile, Profile, compile_design, read_design
from unit.letters.test_assembly import EVERYTHING, PHOTOS, RECORD
from canvases import a_canvas
fonts = Path(sys.argv[2])
listed = json.loads((fonts / "fonts.json").read_text("utf-8"))
faces = [FontFile(f["family"], f["weight"], f["style"], (fonts / f["file"]).read_bytes()) for f in listed]
design = json.dumps(a_canvas(*EVERYTHING)).encode()
profile = Profile("ADabdefinr", "", {"photo": ("one.png", "two.png")})
compiled = compile_design(read_design(DesignSource(design, None, PHOTOS, faces)), profile)
print(sha256(compiled.to_bytes()).hexdigest(), compiled.stamp(RECORD).sha256)
"""


def test_other_processes_and_hash_seeds_give_the_same_bytes(postcard: Path) -> None:
    root = postcard.parents[1]

    def compile_apart(seed: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", APART, f"{root}|{root / 'tests'}", str(postcard / "fonts")],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    first, second = compile_apart("1"), compile_apart("4242")

    assert len(first) == 130
    assert first == second
