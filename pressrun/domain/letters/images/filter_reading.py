"""Reading the filters of an image object: Fabric's type and numbers, what does nothing left out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from pressrun.domain.letters.canvas.colours import read_colour
from pressrun.domain.letters.canvas.objects import Filter
from pressrun.domain.letters.canvas.properties import Properties
from pressrun.domain.letters.images.tones import BLENDS, FIXED, GRAYS
from schemas.faults import Fault

# One reading of a design may nest Composed filters no deeper than this, and use no more of them.
_MOST: Final = 50
_DEEPEST: Final = 10
_IDENTITY: Final = (1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0)
_FULL: Final = 255.0
_AGAIN: Final = "Remove the filter, or bake it into the picture."


def read_filters(item: Properties) -> tuple[Filter, ...]:
    """Read the property `filters`, in the order in which they are applied; a wrong or unknown one is a fault."""
    filters = tuple(_read_list(item, "filters", 0))
    if len(filters) > _MOST:
        item.fault("design_invalid", f"filters has more than {_MOST} filters.", _AGAIN)
        return ()
    return filters


def _read_list(item: Properties, name: str, depth: int) -> Iterator[Filter]:
    value = item.raw.get(name)
    if value is None:
        return
    if not isinstance(value, list) or depth > _DEEPEST:
        item.fault("design_invalid", f"{name} is not a list of filters.", _AGAIN)
        return
    for index, raw in enumerate(value[: _MOST + 1]):
        if raw is None:
            continue
        if not isinstance(raw, Mapping) or not isinstance(raw.get("type"), str):
            item.fault("design_invalid", f"{name}[{index}] is not a filter.", _AGAIN)
            continue
        yield from _read_filter(item.inside(raw, f"{item.where} {name}[{index}]"), str(raw["type"]).lower(), depth)


def _read_filter(step: Properties, kind: str, depth: int) -> Iterator[Filter]:
    if kind == "composed":
        yield from _read_list(step, "subFilters", depth + 1)
    elif kind in FIXED:
        yield Filter(kind)
    elif kind not in _READERS:
        step.fault("design_unsupported", "A filter of this type is not supported.", _AGAIN)
    elif (values := _READERS[kind](step)) is not None:
        yield Filter(kind, values)


Values = tuple[float, ...] | None


def _amount(name: str) -> Callable[[Properties], Values]:
    """Return the reader of a filter with one number, which does nothing at zero."""

    def read(step: Properties) -> Values:
        value = step.number(name, 0.0)
        return (value,) if value else None

    return read


def _read_contrast(step: Properties) -> Values:
    value = step.number("contrast", 0.0)
    if abs(value) > 1:
        step.fault("design_invalid", "contrast is not between -1 and 1.", "Set contrast to between -1 and 1.")
    return (value,) if value else None


def _read_gray(step: Properties) -> Values:
    return (float(GRAYS.index(step.choice("mode", GRAYS, "average"))),)


def _read_invert(step: Properties) -> Values:
    if not step.flag("invert", default=True):
        return None
    return (float(step.flag("alpha", default=False)),)


def _read_blur(step: Properties) -> Values:
    value = step.number("blur", 0.0)
    if not 0 <= value <= 1:
        step.fault("design_invalid", "blur is not between 0 and 1.", "Set blur to between 0 and 1.")
        return None
    return (value,) if value else None


def _read_noise(step: Properties) -> Values:
    value = step.number("noise", 0.0)
    if not value:
        return None
    step.warnings.append(
        Fault(
            code="filter_random",
            where=step.where,
            message="Noise is random: the grains lie elsewhere than in the designer, the same in every letter.",
            remedy="Nothing to do, unless the very grains matter; then bake the filter into the picture.",
        )
    )
    return (value,)


def _read_pixelate(step: Properties) -> Values:
    side = max(1, round(step.positive("blocksize", 4.0)))
    return (float(side),) if side > 1 else None


def _read_gamma(step: Properties) -> Values:
    gamma = step.numbers("gamma") or (1.0, 1.0, 1.0)
    if len(gamma) != 3 or not all(gamma):
        step.fault("design_invalid", "gamma is not three numbers above zero.", "Set gamma to three numbers above zero.")
        return None
    return None if gamma == (1.0, 1.0, 1.0) else gamma


def _read_matrix(step: Properties) -> Values:
    matrix = _read_weights(step, _IDENTITY)
    if len(matrix) != len(_IDENTITY):
        step.fault("design_invalid", "matrix is not a list of 20 numbers.", "Set matrix to 20 numbers.")
        return None
    return (*matrix, float(step.flag("colorsOnly", default=True)))


def _read_convolution(step: Properties) -> Values:
    weights = _read_weights(step, (0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0))
    if len(weights) not in {9, 25}:
        step.fault("design_invalid", "matrix is not a list of 9 or 25 numbers.", "Use 3 x 3 numbers, or 5 x 5.")
        return None
    return (float(step.flag("opaque", default=False)), *weights)


def _read_weights(step: Properties, default: Sequence[float]) -> tuple[float, ...]:
    value = step.raw.get("matrix", default)
    if not isinstance(value, list | tuple) or not all(_is_number(number) for number in value):
        return ()
    return tuple(float(number) for number in value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= 1e6


def _read_remove(step: Properties) -> Values:
    colour = _read_colour(step, "#FFFFFF")
    return None if colour is None else (*colour, step.number("distance", 0.02))


def _read_blend(step: Properties) -> Values:
    colour = _read_colour(step, "#F95C63")
    if colour is None:
        return None
    mode = step.choice("mode", BLENDS, "multiply")
    return (float(BLENDS.index(mode)), *colour, step.number("alpha", 1.0))


def _read_colour(step: Properties, default: str) -> tuple[float, float, float] | None:
    colour = read_colour(step.text("color", default))
    if colour is None:
        step.fault("design_invalid", "color is not a CSS colour.", "Set color to a CSS colour.")
        return None
    return colour.red * _FULL, colour.green * _FULL, colour.blue * _FULL


def _read_resize(step: Properties) -> Values:
    scales = step.positive("scaleX", 1.0), step.positive("scaleY", 1.0)
    if max(scales) > 1:
        # A larger copy of the same picture shows nothing that smoothing on the press does not.
        scales = min(1.0, scales[0]), min(1.0, scales[1])
    return None if scales == (1.0, 1.0) else scales


_READERS: Final[Mapping[str, Callable[[Properties], Values]]] = {
    "brightness": _amount("brightness"),
    "contrast": _read_contrast,
    "saturation": _amount("saturation"),
    "vibrance": _amount("vibrance"),
    "grayscale": _read_gray,
    "invert": _read_invert,
    "blur": _read_blur,
    "noise": _read_noise,
    "pixelate": _read_pixelate,
    "gamma": _read_gamma,
    "huerotation": _amount("rotation"),
    "colormatrix": _read_matrix,
    "convolute": _read_convolution,
    "removecolor": _read_remove,
    "blendcolor": _read_blend,
    "resize": _read_resize,
}
