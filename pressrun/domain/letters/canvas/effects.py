"""Reading how an object is laid on what is below: blend mode, shadow and background."""

import re
from collections.abc import Mapping
from typing import Final

from pressrun.domain.letters.canvas.colours import BLACK
from pressrun.domain.letters.canvas.objects import Shadow
from pressrun.domain.letters.canvas.properties import Properties

# Canvas 2D compositing modes that PDF has too (PDF 1.7, table 136); the others depend on what is below.
_BLENDS: Final[Mapping[str, str]] = {
    "source-over": "Normal",
    "multiply": "Multiply",
    "screen": "Screen",
    "overlay": "Overlay",
    "darken": "Darken",
    "lighten": "Lighten",
    "color-dodge": "ColorDodge",
    "color-burn": "ColorBurn",
    "hard-light": "HardLight",
    "soft-light": "SoftLight",
    "difference": "Difference",
    "exclusion": "Exclusion",
    "hue": "Hue",
    "saturation": "Saturation",
    "color": "Color",
    "luminosity": "Luminosity",
}
# Fabric's text form of a shadow: a colour and three lengths, in either order.
_LENGTHS: Final = re.compile(r"(-?\d*\.?\d+)(?:px)?\s+(-?\d*\.?\d+)(?:px)?(?:\s+(\d*\.?\d+)(?:px)?)?(?=\s|$)")


def read_blend(item: Properties) -> str:
    """Return the PDF blend mode; a mode that PDF lacks is a fault."""
    value = item.raw.get("globalCompositeOperation")
    if value is None:
        return "Normal"
    blend = _BLENDS.get(value) if isinstance(value, str) else None
    if blend is None:
        item.unsupported("globalCompositeOperation")
    return blend or "Normal"


def read_shadow(item: Properties) -> Shadow | None:
    """Return the shadow, or None when none shows."""
    raw = item.raw.get("shadow")
    if raw is None or raw == "":
        return None
    if isinstance(raw, str):
        raw = _parse(raw)
    if not isinstance(raw, dict):
        item.fault("design_invalid", "shadow is no shadow.", "Save the canvas with canvas.toJSON().")
        return None
    inner = item.inside({**raw, "type": "Shadow"}, item.where)
    colour = inner.colour("color", "rgb(0,0,0)")
    shadow = Shadow(
        colour=colour or BLACK,
        blur=inner.size("blur", 0.0),
        offset_x=inner.number("offsetX", 0.0),
        offset_y=inner.number("offsetY", 0.0),
        unscaled=inner.flag("nonScaling", default=False),
    )
    # A canvas draws no shadow that is neither moved nor blurred (HTML, 4.12.5.1.18).
    shows = colour is not None and (shadow.blur or shadow.offset_x or shadow.offset_y)
    return shadow if shows else None


def _parse(css: str) -> dict[str, object]:
    found = _LENGTHS.search(css)
    if found is None:
        return {"color": css.strip()}
    colour = (css[: found.start()] + css[found.end() :]).strip() or "rgb(0,0,0)"
    across, down, blur = found.groups()
    return {"color": colour, "offsetX": float(across), "offsetY": float(down), "blur": float(blur or 0)}
