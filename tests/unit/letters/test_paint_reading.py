"""Gradients and patterns are read as Fabric saves them, in every version."""

import io
from typing import Any

import pytest
from PIL import Image

from pressrun.domain.letters.canvas.colours import Colour
from pressrun.domain.letters.canvas.geometry import IDENTITY
from pressrun.domain.letters.canvas.paint_reading import read_paint
from pressrun.domain.letters.canvas.paints import Gradient, Paint, Pattern, Stop
from pressrun.domain.letters.canvas.properties import Properties
from pressrun.domain.letters.images.gallery import Gallery
from schemas.faults import Fault

RED, BLUE = Colour(1, 0, 0), Colour(0, 0, 1)


def a_tile() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (4, 4), "red").save(file, "PNG")
    return file.getvalue()


def a_gradient(**changes: Any) -> dict[str, Any]:
    stops = [{"offset": 0, "color": "red"}, {"offset": 1, "color": "blue"}]
    return {"type": "linear", "coords": {"x1": 1, "y1": 2, "x2": 3, "y2": 4}, "colorStops": stops} | changes


def read(value: object, gallery: Gallery | None = None) -> tuple[Paint | None, list[Fault]]:
    faults: list[Fault] = []
    item = Properties({"type": "Rect", "fill": value}, "design.json objects[0]", faults)
    return read_paint(value, item, "fill", gallery or Gallery({"tile.png": a_tile()})), faults


def test_a_linear_gradient_is_read_with_its_defaults() -> None:
    paint, faults = read(a_gradient())

    assert paint == Gradient(
        kind="linear",
        start=(1, 2, 0),
        end=(3, 4, 0),
        stops=(Stop(0, RED), Stop(1, BLUE)),
        percentage=False,
        offset=(0, 0),
        transform=IDENTITY,
    )
    assert faults == []


def test_a_radial_gradient_is_read_with_everything() -> None:
    coords = {"x1": 0.3, "y1": 0.3, "r1": 0.1, "x2": 0.5, "y2": 0.5, "r2": 0.5}
    more = {"offsetX": 5, "offsetY": 6, "gradientUnits": "percentage", "gradientTransform": [1, 0, 0, 2, 3, 4]}

    paint, _ = read(a_gradient(type="radial", coords=coords, **more))

    assert isinstance(paint, Gradient)
    assert (paint.kind, paint.start, paint.end) == ("radial", (0.3, 0.3, 0.1), (0.5, 0.5, 0.5))
    assert (paint.percentage, paint.offset, paint.transform) == (True, (5, 6), (1, 0, 0, 2, 3, 4))


def test_stops_are_ordered_and_kept_within_the_way() -> None:
    stops = [
        {"offset": 1.5, "color": "#fff"},
        {"offset": 0.5, "color": "red"},
        {"offset": 0.5, "color": "blue"},
        {"offset": -1, "color": "rgba(0,0,0,0.5)"},
    ]

    paint, _ = read(a_gradient(colorStops=stops))

    assert isinstance(paint, Gradient)
    assert [stop.offset for stop in paint.stops] == [0, 0.5, 0.5, 1]
    assert paint.stops[0].colour.alpha == 0.5
    assert (paint.stops[1].colour, paint.stops[2].colour) == (RED, BLUE)


def test_the_opacity_of_a_stop_stands_for_its_colours_alpha() -> None:
    paint, _ = read(a_gradient(colorStops=[{"offset": 0, "color": "rgba(255,0,0,0.9)", "opacity": 0.25}]))

    assert isinstance(paint, Gradient)
    assert paint.stops == (Stop(0, Colour(1, 0, 0, 0.25)),)


def test_a_pattern_names_its_raster_once() -> None:
    gallery = Gallery({"tile.png": a_tile()})
    value = {"type": "pattern", "source": "tile.png", "repeat": "repeat-x", "offsetX": 3, "patternTransform": None}

    first, _ = read(value, gallery)
    second, _ = read(value | {"repeat": "no-repeat"}, gallery)

    assert first == Pattern(0, "repeat-x", (3, 0), IDENTITY)
    assert isinstance(second, Pattern)
    assert (second.raster, len(gallery.rasters)) == (0, 1)


@pytest.mark.parametrize("value", [None, "", "transparent", "rgba(1,2,3,0)"])
def test_nothing_is_painted_with_nothing(value: object) -> None:
    assert read(value) == (None, [])


def test_a_colour_is_a_paint() -> None:
    assert read("red") == (RED, [])


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("no colour", "design_invalid"),
        (a_gradient(colorStops=[]), "design_invalid"),
        (a_gradient(colorStops=None), "design_invalid"),
        (a_gradient(colorStops=[5]), "design_invalid"),
        (a_gradient(colorStops=[{"offset": 0, "color": "nope"}]), "design_invalid"),
        (a_gradient(colorStops=[{"offset": "0", "color": "red"}]), "design_invalid"),
        (a_gradient(coords=[1, 2]), "design_invalid"),
        (a_gradient(coords={"x1": float("nan")}), "design_invalid"),
        (a_gradient(type="radial", coords={"r1": -1}), "design_invalid"),
        (a_gradient(gradientUnits="em"), "design_invalid"),
        (a_gradient(gradientTransform=[1, 2]), "design_invalid"),
        (a_gradient(type="conic"), "design_unsupported"),
        ({"type": "pattern", "source": "gone.png"}, "image_missing"),
        ({"type": "pattern", "source": "https://example.com/a.png"}, "image_missing"),
        ({"type": "pattern", "source": "tile.png", "repeat": "mirror"}, "design_invalid"),
    ],
)
def test_a_wrong_paint_is_one_fault(value: object, code: str) -> None:
    _, faults = read(value)

    assert [fault.code for fault in faults] == [code]
    assert faults[0].where.startswith("design.json objects[0]")
