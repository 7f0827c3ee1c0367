"""A compiled design is stored, moved and opened without changing a byte of its letters."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pressrun.domain.letters import RENDERER_VERSION, CompiledDesign, CompiledDesignDamaged, CompiledDesignOutdated

Compile = Callable[..., CompiledDesign]

OBJECTS: tuple[Mapping[str, Any], ...] = (
    {"type": "Rect", "left": 300, "top": 200, "width": 90, "height": 50, "fill": "#048", "opacity": 0.5},
    {
        "type": "Textbox",
        "fontFamily": "Open Sans",
        "text": "Dear {{name|friend}}",
        "left": 300,
        "top": 100,
        "width": 300,
    },
    {"type": "Rect", "isQRCode": True, "variableName": "link", "left": 300, "top": 300, "width": 90, "height": 90},
)
RECORD = {"name": "Zoë", "link": "https://example.com/1"}

COMPILE_APART = """
import hashlib, pathlib, sys
sys.path[:0] = sys.argv[1:2]
from pressrun.domain.letters import DesignSource, FontFile, Profile, compile_design, read_design
folder = pathlib.Path(sys.argv[2])
font = lambda name, weight: FontFile("Open Sans", weight, "normal", (folder / "fonts" / name).read_bytes())
fonts = [font("OpenSans-Light.ttf", 300), font("OpenSans-Regular.ttf", 400), font("OpenSans-Semibold.ttf", 600)]
assets = {f"assets/{path.name}": path.read_bytes() for path in (folder / "assets").iterdir()}
source = DesignSource((folder / "design.json").read_bytes(), (folder / "page.json").read_bytes(), assets, fonts)
design = read_design(source)
characters = "".join(sorted("0123456789abcdefghijklmnopqrstuvwxyzABCÄÖÜäöüßéЖжΩω -"))
compiled = compile_design(design, Profile(characters))
record = {variable.name: "Zoe" for variable in compiled.variables} | {"link": "https://example.com"}
letter = compiled.stamp({name: value.replace("Z", "A") for name, value in record.items()})
print(hashlib.sha256(compiled.to_bytes()).hexdigest(), letter.sha256)
"""


def test_a_stored_design_stamps_the_same_letters(a_compiled: Compile) -> None:
    compiled = a_compiled(*OBJECTS)

    opened = CompiledDesign.from_bytes(compiled.to_bytes())

    assert opened.stamp(RECORD) == compiled.stamp(RECORD)
    assert opened.to_bytes() == compiled.to_bytes()
    assert opened.variables == compiled.variables
    assert opened.renderer_version == RENDERER_VERSION


def test_compiling_twice_gives_the_same_bytes(a_compiled: Compile) -> None:
    first, second = (a_compiled(*OBJECTS).to_bytes() for _ in range(2))

    assert first == second


def test_the_bytes_do_not_depend_on_the_hash_seed(postcard: Path) -> None:
    def compile_with(seed: str) -> str:
        root = str(postcard.parents[1])
        done = subprocess.run(
            [sys.executable, "-c", COMPILE_APART, root, str(postcard)],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    assert compile_with("1") == compile_with("4242")


@pytest.mark.parametrize("place", [0, 9, 41, 60, 2000, -1])
def test_one_changed_byte_is_noticed(a_compiled: Compile, place: int) -> None:
    data = bytearray(a_compiled(*OBJECTS).to_bytes())
    data[place] ^= 1

    with pytest.raises(CompiledDesignDamaged):
        CompiledDesign.from_bytes(bytes(data))


@pytest.mark.parametrize("length", [0, 7, 8, 39, 40, 44, 3000])
def test_a_cut_off_design_is_noticed(a_compiled: Compile, length: int) -> None:
    with pytest.raises(CompiledDesignDamaged):
        CompiledDesign.from_bytes(a_compiled(*OBJECTS).to_bytes()[:length])


def test_a_design_of_another_renderer_is_refused_and_not_drawn_differently(a_compiled: Compile) -> None:
    compiled = a_compiled(*OBJECTS)
    older = replace(compiled, program=replace(compiled.program, renderer_version="0+harfbuzz-1.0.0"))

    with pytest.raises(CompiledDesignOutdated):
        CompiledDesign.from_bytes(older.to_bytes())
