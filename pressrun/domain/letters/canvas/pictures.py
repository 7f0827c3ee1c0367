"""Image objects: which raster they show, and which window of it; or the place of a recipient's own picture."""

from typing import Final, Literal

from pressrun.domain.letters.canvas.objects import Picture, VariablePicture
from pressrun.domain.letters.canvas.placing import read_pen
from pressrun.domain.letters.canvas.properties import Properties
from pressrun.domain.letters.images.filter_reading import read_filters
from pressrun.domain.letters.images.gallery import Desk, find_raster

_FITS: Final[tuple[Literal["fill", "cover", "contain"], ...]] = ("fill", "cover", "contain")


def read_picture(item: Properties, desk: Desk) -> Picture | VariablePicture | None:
    """Read an image object; None where its picture is missing, which is a fault then."""
    if item.flag("isVariableImage", default=False):
        return _read_variable(item)
    filters = read_filters(item)
    number = find_raster(item, "src", item.text("src", ""), desk.gallery, filters)
    if number is None:
        return None
    natural = desk.gallery.rasters[number].colour
    return Picture(
        # Without a size of its own, or with zero, Fabric gives the object the picture's.
        width=item.size("width", 0.0) or natural.width,
        height=item.size("height", 0.0) or natural.height,
        # A window is never begun outside the picture: Fabric takes negative crops as zero.
        crop_x=max(0.0, item.number("cropX", 0.0)),
        crop_y=max(0.0, item.number("cropY", 0.0)),
        raster=number,
        pen=read_pen(item, stroke_width=0.0),
        pen_first=item.choice("paintFirst", ("fill", "stroke"), "fill") == "stroke",
    )


def _read_variable(item: Properties) -> VariablePicture:
    variable = item.text("variableName", "").strip()
    if not variable:
        item.fault("image_without_variable", "A variable picture names no variable.", "Set variableName to a column.")
    return VariablePicture(
        variable=variable,
        width=item.positive("width", 0.0),
        height=item.positive("height", 0.0),
        fit=item.choice("imageFit", _FITS, "fill"),
        filters=read_filters(item),
        pen=read_pen(item, stroke_width=0.0),
        pen_first=item.choice("paintFirst", ("fill", "stroke"), "fill") == "stroke",
    )
