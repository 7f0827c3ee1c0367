"""The designs with Fabric's own pictures that lie beside these tests, and the letters the product makes of them."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pressrun.designs import read_design_folder
from pressrun.domain.letters import Letter
from pressrun.proofs import prove_letter

CASES = Path(__file__).parent / "cases"

Pixels = NDArray[np.int16]
"""Height x width x 3 channels of 0 to 255; signed, because pictures are subtracted."""


@dataclass(frozen=True)
class Case:
    """One design with its recipient, Fabric's picture of it and what is known about that picture (cases/README.md)."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @cached_property
    def meta(self) -> dict[str, Any]:
        return self._read("meta.json")

    @cached_property
    def page(self) -> dict[str, Any]:
        return self._read("page.json")

    @cached_property
    def record(self) -> dict[str, Any]:
        return self._read("record.json")

    @cached_property
    def golden(self) -> Pixels:
        with Image.open(self.folder / "golden.png") as picture:
            return np.asarray(picture.convert("RGB")).astype(np.int16)

    def _read(self, name: str) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.folder / name).read_text("utf-8"))
        return content


def find_cases(folder: Path = CASES) -> list[Case]:
    return [Case(path.parent) for path in sorted(folder.glob("*/meta.json"))]


def stamp_case(case: Case) -> bytes:
    """The PDF of the case's recipient, off-page text included, as `pressrun letters render` makes it."""
    source = read_design_folder(case.folder, fonts=case.folder.parent / "fonts")
    letter = prove_letter(source, case.record)
    assert isinstance(letter, Letter), f"{case.name} was refused: {letter.code}: {letter.message}"
    return letter.prefix + letter.tail
