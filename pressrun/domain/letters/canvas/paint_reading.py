"""Paints as a design saves them: colours as CSS text, gradients and patterns as objects."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, Literal, TypeGuard

from pressrun.domain.letters.canvas.colours import read_colour
from pressrun.domain.letters.canvas.geometry import IDENTITY, Matrix
from pressrun.domain.letters.canvas.paints import Gradient, Paint, Pattern, Stop
from pressrun.domain.letters.canvas.properties import Properties
from pressrun.domain.letters.images.gallery import Gallery, find_raster

_REPEATS: Final[tuple[Literal["repeat", "repeat-x", "repeat-y", "no-repeat"], ...]] = (
    "repeat",
    "repeat-x",
    "repeat-y",
    "no-repeat",
)
_MOST_STOPS: Final = 1_000
_LARGEST: Final = 1_000_000.0


def read_paint(value: object, item: Properties, name: str, gallery: Gallery) -> Paint | None:
    """Read the paint that the property `name` of `item` holds; None where nothing is painted."""
    if not isinstance(value, Mapping):
        return item.inside({**item.raw, name: value}, item.where).colour(name, None)
    parts = item.inside(value, f"{item.where} {name}")
    kind = value.get("type", "linear")
    if kind == "pattern" or "source" in value:
        return _read_pattern(parts, gallery)
    if kind in {"linear", "radial"}:
        return _read_gradient(parts, "radial" if kind == "radial" else "linear")
    item.unsupported(name)
    return None


def _read_gradient(parts: Properties, kind: Literal["linear", "radial"]) -> Gradient | None:
    stops = _read_stops(parts)
    if not stops:
        return None
    coords = parts.raw.get("coords", {})
    if not isinstance(coords, Mapping):
        parts.fault("design_invalid", "coords is not an object.", "Save the gradient with Fabric again.")
        coords = {}
    ends = parts.inside(coords, f"{parts.where}.coords")
    radii = (ends.size("r1", 0.0), ends.size("r2", 0.0)) if kind == "radial" else (0.0, 0.0)
    return Gradient(
        kind=kind,
        start=(ends.number("x1", 0.0), ends.number("y1", 0.0), radii[0]),
        end=(ends.number("x2", 0.0), ends.number("y2", 0.0), radii[1]),
        stops=stops,
        percentage=parts.choice("gradientUnits", ("pixels", "percentage"), "pixels") == "percentage",
        offset=_read_offset(parts),
        transform=_read_matrix(parts, "gradientTransform"),
    )


def _read_pattern(parts: Properties, gallery: Gallery) -> Pattern | None:
    raster = find_raster(parts, "source", parts.text("source", ""), gallery)
    if raster is None:
        return None
    return Pattern(
        raster=raster,
        repeat=parts.choice("repeat", _REPEATS, "repeat"),
        offset=_read_offset(parts),
        transform=_read_matrix(parts, "patternTransform"),
    )


def _read_stops(parts: Properties) -> tuple[Stop, ...]:
    """Read the stops in the order of their offsets; at equal offsets the saved order is kept, as a canvas does."""
    value = parts.raw.get("colorStops")
    if not isinstance(value, list) or not 0 < len(value) <= _MOST_STOPS:
        parts.fault("design_invalid", "colorStops is not a list of 1 to 1,000 stops.", "Give the gradient its colours.")
        return ()
    stops = [_read_stop(parts, index, entry) for index, entry in enumerate(value)]
    return tuple(sorted((stop for stop in stops if stop), key=lambda stop: stop.offset))


def _read_stop(parts: Properties, index: int, entry: object) -> Stop | None:
    if not isinstance(entry, Mapping):
        parts.fault("design_invalid", "A colour stop is not an object.", "Save the gradient with Fabric again.")
        return None
    stop = parts.inside(entry, f"{parts.where}.colorStops[{index}]")
    text = stop.text("color", "rgb(0,0,0)")
    colour = read_colour(text)
    if colour is None:
        stop.fault("design_invalid", "color is not a CSS colour.", "Set color to a CSS colour.")
        return None
    # Fabric up to 5 may save a stop's alpha apart; it then stands for the colour's own (5.3 `Gradient.toLive`).
    alpha = colour.alpha if entry.get("opacity") is None else _clamped(stop.number("opacity", 1.0))
    return Stop(_clamped(stop.number("offset", 0.0)), replace(colour, alpha=alpha))


def _clamped(value: float) -> float:
    return min(1.0, max(0.0, value))


def _read_offset(parts: Properties) -> tuple[float, float]:
    return parts.number("offsetX", 0.0), parts.number("offsetY", 0.0)


def _read_matrix(parts: Properties, name: str) -> Matrix:
    value = parts.raw.get(name)
    if value is None:
        return IDENTITY
    if not _is_matrix(value):
        parts.fault("design_invalid", f"{name} is not a list of six numbers.", f"Set {name} to a matrix, or remove it.")
        return IDENTITY
    a, b, c, d, e, f = (float(number) for number in value)
    return (a, b, c, d, e, f)


def _is_matrix(value: object) -> TypeGuard[Sequence[float]]:
    return isinstance(value, list) and len(value) == 6 and all(_is_number(number) for number in value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _LARGEST
