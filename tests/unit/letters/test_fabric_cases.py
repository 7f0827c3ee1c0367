"""Designs drawn by Fabric itself: the same lines come out, and the same picture within anti-aliasing."""

import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pressrun.domain.errors import FaultyInput
from pressrun.domain.letters import DesignSource, Letter, Profile, compile_design, read_design

# Mean difference of a channel of 255; anti-aliasing alone makes up to 1.5 on a page full of small text.
MOST_DIFFERENT = 2.0
DRAWN = (
    "d01_rects",
    "d08_origins",
    "d09_defaults_v7",
    "d10_defaults_v5",
    "d14_images",
    "d17_text_basic",
    "d18_text_lines",
    "d20_textbox_wrap",
    "d25_unicode",
    "d32_v5_longword",
)
REFUSED = ("d05_gradients", "d11_groups", "d12_clip_object", "d15_filters", "d21_styles_array", "d27_shadow_blend")

ReadSource = Callable[[Path, Path], DesignSource]


def stamp_case(folder: Path, source: DesignSource) -> Letter:
    design = read_design(source)
    record = json.loads((folder / "record.json").read_text("utf-8"))
    characters = "".join(sorted(set(unicodedata.normalize("NFC", "".join(record.values())))))
    letter = compile_design(design, Profile(characters)).stamp(record)
    assert isinstance(letter, Letter), letter
    return letter


@pytest.mark.parametrize("name", DRAWN)
def test_the_picture_and_the_lines_are_fabrics(
    name: str,
    fabric_cases: Path,
    read_source: ReadSource,
    draw: Callable[..., Image.Image],
    read_text: Callable[[object], str],
) -> None:
    folder = fabric_cases / name
    meta: dict[str, Any] = json.loads((folder / "meta.json").read_text("utf-8"))
    letter = stamp_case(folder, read_source(folder, fabric_cases / "fonts"))

    with Image.open(folder / "golden.png") as golden:
        expected = np.asarray(golden.convert("RGB"), dtype=np.int16)
    # 600 canvas pixels are 432 points; twice the size and averaged down, as the golden was.
    drawn = draw(letter, scale=2 * expected.shape[1] / 432).resize(expected.shape[1::-1], Image.Resampling.BOX)

    assert np.abs(np.asarray(drawn, dtype=np.int16) - expected).mean() < MOST_DIFFERENT
    found = read_text(letter).replace(" ", "").replace("\n", "")
    for line in (line for item in meta["text"] for line in item["lines"]):
        assert unicodedata.normalize("NFC", line).replace(" ", "") in found


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_supported_is_refused_and_not_left_out(
    name: str, fabric_cases: Path, read_source: ReadSource
) -> None:
    with pytest.raises(FaultyInput) as caught:
        read_design(read_source(fabric_cases / name, fabric_cases / "fonts"))

    assert "design_unsupported" in {fault.code for fault in caught.value.faults}
