"""Image objects show a window of a raster that is kept once, or wait for a recipient's own picture."""

import base64
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from PIL import Image

from pressrun.domain.letters.canvas.dialect import Dialect
from pressrun.domain.letters.canvas.objects import Filter, Picture, VariablePicture
from pressrun.domain.letters.canvas.pictures import read_picture
from pressrun.domain.letters.canvas.properties import Properties
from pressrun.domain.letters.images.gallery import Gallery, prepare_picture
from pressrun.domain.letters.images.rasters import UnreadablePicture
from schemas.faults import Fault


def a_png(size: tuple[int, int] = (30, 20), colour: str = "red") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    return file.getvalue()


@dataclass(frozen=True)
class ADesk:
    """What readers share, without fonts."""

    gallery: Gallery
    dialect: Dialect = field(default_factory=lambda: Dialect(7))


def a_desk(assets: Mapping[str, bytes] | None = None) -> ADesk:
    return ADesk(Gallery({"a.png": a_png()} if assets is None else assets))


def read(desk: ADesk, **properties: Any) -> tuple[Picture | VariablePicture | None, list[Fault]]:
    faults: list[Fault] = []
    item = Properties({"type": "Image", "src": "a.png"} | properties, "design.json objects[0]", faults)
    return read_picture(item, desk), faults


def test_a_picture_has_its_natural_size_unless_told_otherwise() -> None:
    natural, _ = read(a_desk())
    zero, _ = read(a_desk(), width=0, height=0)
    told, _ = read(a_desk(), width=10, height=8, cropX=5, cropY=6)

    assert natural == zero == Picture(30, 20, 0, 0, 0, None)
    assert told == Picture(10, 8, 5, 6, 0, None)


def test_a_negative_crop_counts_as_none() -> None:
    picture, faults = read(a_desk(), cropX=-5, cropY=-1)

    assert isinstance(picture, Picture)
    assert (picture.crop_x, picture.crop_y, faults) == (0, 0, [])


def test_the_same_picture_is_kept_once_and_each_filtering_apart() -> None:
    desk = a_desk()
    invert = [{"type": "Invert"}]

    numbers = [read(desk, filters=filters)[0] for filters in ([], [], invert, invert, None)]

    assert [picture.raster for picture in numbers if isinstance(picture, Picture)] == [0, 0, 1, 1, 0]
    assert desk.gallery.rasters[1].colour.palette == bytes([0, 255, 255])


def test_a_data_url_is_read() -> None:
    url = "data:image/png;base64," + base64.b64encode(a_png((3, 2))).decode()

    picture, faults = read(a_desk(), src=url)

    assert isinstance(picture, Picture)
    assert (picture.width, picture.height, faults) == (3, 2, [])


def test_a_variable_picture_needs_no_picture_yet() -> None:
    picture, faults = read(
        a_desk({}),
        isVariableImage=True,
        variableName=" photo ",
        imageFit="cover",
        src="gone.jpg",
        width=240,
        height=320,
        cropX=40,
        filters=[{"type": "Grayscale", "mode": "luminosity"}],
    )

    assert picture == VariablePicture("photo", 240, 320, "cover", (Filter("grayscale", (1.0,)),), None)
    assert faults == []


@pytest.mark.parametrize(
    ("properties", "code"),
    [
        ({"src": "gone.png"}, "image_missing"),
        ({"src": ""}, "image_missing"),
        ({"src": "https://example.com/a.png"}, "image_missing"),
        ({"src": "../../etc/passwd"}, "image_missing"),
        ({"src": "data:image/png;base64,*"}, "image_missing"),
        ({"src": "data:nothing"}, "image_missing"),
        ({"src": "data:text/plain,hello"}, "image_unreadable"),
        ({"src": "data:image/svg+xml,<svg/>"}, "image_unreadable"),
        ({"src": 7}, "design_invalid"),
        ({"width": -1}, "design_invalid"),
        ({"isVariableImage": True, "width": 10, "height": 10}, "image_without_variable"),
        ({"isVariableImage": True, "variableName": "photo", "width": 10}, "design_invalid"),
        ({"isVariableImage": True, "variableName": "p", "width": 1, "height": 1, "imageFit": "zoom"}, "design_invalid"),
    ],
)
def test_what_cannot_be_shown_is_a_fault(properties: dict[str, Any], code: str) -> None:
    _, faults = read(a_desk(), **properties)

    assert code in [fault.code for fault in faults]


def test_no_fault_quotes_an_address() -> None:
    _, faults = read(a_desk(), src="https://example.com/secret.png")

    assert "secret" not in faults[0].message + faults[0].remedy


def test_a_recipients_picture_is_prepared_with_its_filters() -> None:
    plain, inverted = prepare_picture(a_png(), ()), prepare_picture(a_png(), (Filter("invert", (0.0,)),))

    assert plain.colour.palette == bytes([255, 0, 0])
    assert inverted.colour.palette == bytes([0, 255, 255])


@pytest.mark.parametrize("data", [b"", b"GIF89a", a_png()[:60], b"%PDF-1.7"])
def test_a_recipients_file_that_is_no_picture_is_unreadable(data: bytes) -> None:
    with pytest.raises(UnreadablePicture):
        prepare_picture(data, (Filter("invert", (0.0,)),))
