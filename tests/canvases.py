"""Builders of Fabric 7 objects, each valid as it comes and changed by keyword, and what is found in their letters."""

import io
import json
from dataclasses import replace
from typing import Any, Final

import pikepdf
import pytest
from PIL import Image, ImageChops

from pressrun.domain.errors import FaultyInput
from pressrun.domain.letters import DesignSource, Letter, Refusal, read_design
from schemas.faults import Fault

# Drawn at this scale, a canvas pixel of a design without page.json is one pixel.
CANVAS_PIXELS: Final = 96 / 72

Json = dict[str, Any]


def a_rect(left: float = 300, top: float = 200, **properties: Any) -> Json:
    place = {"left": left, "top": top, "width": 100, "height": 100}
    return {"type": "Rect", "fill": "#c00000", "strokeWidth": 0, **place} | properties


def a_text(text: str = "Dear {{name}}", **properties: Any) -> Json:
    place = {"left": 300, "top": 200, "fontSize": 20}
    return {"type": "Text", "fontFamily": "Open Sans", "text": text, **place} | properties


def a_box(text: str = "Dear {{name}}", **properties: Any) -> Json:
    return a_text(text, type="Textbox", width=300) | properties


def a_code(**properties: Any) -> Json:
    return a_rect(width=120, height=120, isQRCode=True, variableName="link") | properties


def a_group(*members: Json, **properties: Any) -> Json:
    """Build a group about the middle of the canvas; its members stand relative to that."""
    place = {"left": 300, "top": 200, "width": 200, "height": 200}
    return {"type": "Group", **place, "objects": list(members)} | properties


def a_photo(**properties: Any) -> Json:
    """Build the place of a recipient's own picture."""
    place = {"left": 300, "top": 200, "width": 100, "height": 100}
    return {"type": "Image", "isVariableImage": True, "variableName": "photo", **place} | properties


def a_shadow(**properties: Any) -> Json:
    return {"color": "#0000ff", "blur": 0, "offsetX": 0, "offsetY": 0} | properties


def a_gradient(*stops: tuple[float, str], **properties: Any) -> Json:
    """Build a linear gradient across the first hundred pixels."""
    listed = [{"offset": offset, "color": colour} for offset, colour in stops]
    coords = {"x1": 0, "y1": 0, "x2": 100, "y2": 0}
    return {"type": "linear", "coords": coords, "colorStops": listed, "gradientUnits": "pixels"} | properties


def a_png(colour: Any = "#c00000", size: tuple[int, int] = (4, 4), mode: str = "RGB") -> bytes:
    return encoded(Image.new(mode, size, colour))


def encoded(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def a_canvas(*objects: Json, **properties: Any) -> Json:
    return {"version": "7.4.0", "width": 600, "height": 400, "objects": list(objects)} | properties


def with_design(source: DesignSource, design: object) -> DesignSource:
    """Return the source with another design."""
    return replace(source, design=json.dumps(design).encode())


def faults_of(source: DesignSource) -> tuple[Fault, ...]:
    with pytest.raises(FaultyInput) as caught:
        read_design(source)
    return caught.value.faults


def warnings_of(source: DesignSource) -> list[str]:
    return [warning.message.split(" ")[0] for warning in read_design(source).warnings]


def refusal(outcome: Letter | Refusal) -> Refusal:
    assert isinstance(outcome, Refusal), "a letter was made"
    return outcome


def letter(outcome: Letter | Refusal) -> Letter:
    assert isinstance(outcome, Letter), outcome
    return outcome


def whole(outcome: Letter | Refusal) -> bytes:
    made = letter(outcome)
    return made.prefix + made.tail


def opened(outcome: Letter | Refusal) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(whole(outcome)))


def subtypes_brought(outcome: Letter | Refusal, subtype: bytes) -> int:
    """Count the objects of a letter's own with a /Subtype, such as Image or Type0."""
    return letter(outcome).tail.count(b"/Subtype/" + subtype)


def difference(left: Image.Image, right: Image.Image) -> int:
    """Return by how many levels of gray two pictures differ where they differ most."""
    levels = ImageChops.difference(left, right).convert("L").histogram()
    return max(level for level, count in enumerate(levels) if count)


def is_near(found: object, wanted: tuple[int, ...], within: int = 2) -> bool:
    assert isinstance(found, tuple)
    return all(abs(left - right) <= within for left, right in zip(found, wanted, strict=True))
