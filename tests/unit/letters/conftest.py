"""Builders for tests of letters: designs as JSON, the example's fonts, and what a PDF shows when it is opened."""

import io
import json
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from canvases import CANVAS_PIXELS
from cases import case_set
from PIL import Image

from pressrun.domain.letters import (
    CompiledDesign,
    DesignSource,
    FontFile,
    Letter,
    Profile,
    compile_design,
    read_design,
)

POSTCARD = Path(__file__).parents[3] / "examples" / "postcard"
LATIN = "".join(map(chr, range(0x20, 0x7F))) + "ÄÖÜäöüßéèçłŻ"


@pytest.fixture(scope="session")
def postcard() -> Path:
    return POSTCARD


@pytest.fixture(scope="session")
def fabric_cases() -> Path:
    return case_set("fabric_dev")


@pytest.fixture(scope="session")
def read_fonts() -> Callable[[Path], list[FontFile]]:
    def read(folder: Path) -> list[FontFile]:
        listed = json.loads((folder / "fonts.json").read_text("utf-8"))
        return [
            FontFile(font["family"], font["weight"], font["style"], (folder / font["file"]).read_bytes())
            for font in listed
        ]

    return read


@pytest.fixture(scope="session")
def read_source(read_fonts: Callable[[Path], list[FontFile]]) -> Callable[[Path, Path], DesignSource]:
    def read(folder: Path, fonts: Path) -> DesignSource:
        assets = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted((folder / "assets").rglob("*"))
            if path.is_file()
        }
        page = (folder / "page.json").read_bytes()
        return DesignSource((folder / "design.json").read_bytes(), page, assets, read_fonts(fonts))

    return read


@pytest.fixture(scope="session")
def a_source(read_fonts: Callable[[Path], list[FontFile]]) -> Callable[..., DesignSource]:
    """Build a design of 600 x 400 pixels in Fabric 7, without a page, from its objects."""
    fonts = read_fonts(POSTCARD / "fonts")

    def build(
        *objects: Mapping[str, Any],
        page: Mapping[str, Any] | None = None,
        assets: Mapping[str, bytes] | None = None,
        **canvas: Any,
    ) -> DesignSource:
        design = {"version": "7.4.0", "width": 600, "height": 400, "objects": objects, **canvas}
        sheet = None if page is None else json.dumps(page).encode()
        return DesignSource(json.dumps(design).encode(), sheet, assets or {}, fonts)

    return build


@pytest.fixture(scope="session")
def a_compiled(a_source: Callable[..., DesignSource]) -> Callable[..., CompiledDesign]:
    """Compile objects for the characters and pictures given."""

    def build(
        *objects: Mapping[str, Any],
        characters: str = LATIN,
        rare: str = "",
        pictures: Mapping[str, tuple[str, ...]] | None = None,
        **canvas: Any,
    ) -> CompiledDesign:
        composed = "".join(sorted(set(unicodedata.normalize("NFC", characters))))
        return compile_design(read_design(a_source(*objects, **canvas)), Profile(composed, rare, pictures or {}))

    return build


@pytest.fixture(scope="session")
def read_text() -> Callable[..., str]:
    """Return the text PDFium finds on a page of a letter, in reading order, lines joined by LF."""

    def read(letter: object, page: int = 0) -> str:
        assert isinstance(letter, Letter), letter
        with pypdfium2.PdfDocument(letter.prefix + letter.tail) as document:
            text = document[page].get_textpage().get_text_bounded()
        return str(text).replace("\r\n", "\n")

    return read


@pytest.fixture(scope="session")
def draw() -> Callable[..., Image.Image]:
    """Return a page of a letter as PDFium draws it, `scale` pixels to the point."""

    def render(letter: object, scale: float = 2.0, page: int = 0) -> Image.Image:
        assert isinstance(letter, Letter), letter
        with pypdfium2.PdfDocument(io.BytesIO(letter.prefix + letter.tail)) as document:
            drawn = document[page].render(scale=scale).to_pil()
        image: Image.Image = drawn.convert("RGB")
        return image

    return render


@pytest.fixture(scope="session")
def paint(a_compiled: Callable[..., CompiledDesign], draw: Callable[..., Image.Image]) -> Callable[..., Image.Image]:
    """Return the first page of a letter with these objects, one pixel for each of the canvas."""

    def render(*objects: Mapping[str, Any], record: Mapping[str, str] | None = None, **canvas: Any) -> Image.Image:
        return draw(a_compiled(*objects, **canvas).stamp(record or {}), scale=CANVAS_PIXELS)

    return render
