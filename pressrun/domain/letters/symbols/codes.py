"""The place of a QR code or a Code 128 barcode, and what it holds.

A Rect or an Image is the place of a code by these properties of its own:

| property | value |
|---|---|
| `isQRCode` | true: a QR code |
| `isBarcode`, `barcodeFormat` | true and `code128` (the default): a barcode |
| `variableName` | the variable whose value is the content |
| `qrContent`, `barcodeContent` | a template of the content instead, such as `https://example.com/{{tracking_id}}` |
| `qrLevel` | error correction `L`, `M` (default), `Q` or `H` |
| `qrQuietZone` | light modules round a QR code, 4 unless said (ISO/IEC 18004:2015, 6.3.8); a barcode has 10 |
| `qrDark`, `qrLight` | CSS colours of either code, black on white unless said; `transparent` light draws no ground |
| `qrStyle` | `mask` (default): a one-bit image; `vector`: paths |
"""

from dataclasses import dataclass
from typing import Final, Literal

from pressrun.domain.letters.canvas.colours import BLACK, Colour
from pressrun.domain.letters.canvas.geometry import IDENTITY, Matrix, scales
from pressrun.domain.letters.canvas.placeholders import Slot, Template, has_stray_braces, read_template, slots_of
from pressrun.domain.letters.canvas.properties import Properties
from pressrun.domain.letters.symbols import barcodes
from pressrun.domain.letters.symbols.code_contents import find_flaw
from pressrun.domain.letters.symbols.qr_grid import LEVELS, Level, size_of, version_for
from schemas.faults import Fault

# Three dots of a 300 dpi press.
SMALLEST_MODULE_MM: Final = 0.25

_QR_QUIET_ZONE: Final = 4
_MOST_QUIET: Final = 40
# ISO/IEC 15415 and 15416: a symbol contrast of 40 % is grade C, the lowest that trade accepts.
_LEAST_CONTRAST: Final = 0.4
_WHITE: Final = Colour(1.0, 1.0, 1.0)
# Rec. 709 luminance, which cameras see, and the red that laser scanners light bars with.
_CAMERA: Final = (0.2126, 0.7152, 0.0722)
_LASER: Final = (1.0, 0.0, 0.0)
_DEFAULT_COLOURS: Final = {"qrDark": "#000000", "qrLight": "#ffffff"}


@dataclass(frozen=True, slots=True)
class CodeBox:
    """A code's content and look; `quiet` is the light margin in modules, `light` None for no ground.

    `vector` draws modules as paths, otherwise as a one-bit mask. `level` is QR's error correction.
    """

    kind: Literal["qr", "code128"]
    content: Template
    width: float
    height: float
    level: Level
    quiet: int
    dark: Colour
    light: Colour | None
    vector: bool


def module_mm(box: CodeBox, length: int, mm_per_pixel: float, matrix: Matrix = IDENTITY) -> float:
    """Return the side of a module on paper, for a content of `length` bytes (QR) or characters.

    `matrix` leads from the box to canvas pixels. A barcode may come out wider: only the least width is known.
    """
    across, down = scales(matrix)
    if box.kind == "code128":
        return box.width * across * mm_per_pixel / (barcodes.most_modules(length) + 2 * box.quiet)
    modules = size_of(version_for(length, box.level)) + 2 * box.quiet
    return min(box.width * across, box.height * down) * mm_per_pixel / modules


def small_module(where: str, module: float) -> Fault | None:
    """Return a warning for modules of so many millimetres, or None where scanners resolve them."""
    if module >= SMALLEST_MODULE_MM:
        return None
    message = f"A module of this code is {module:.2f} mm wide; under {SMALLEST_MODULE_MM} mm scanners may fail."
    return Fault(code="qr_small", where=where, message=message, remedy="Enlarge the box, or shorten the content.")


def read_code(item: Properties, kind: str) -> CodeBox | None:
    """Return the code, or None with a fault for everything that keeps it from being one."""
    known = len(item.faults)
    is_qr = item.raw.get("isQRCode") is True
    if kind not in {"rect", "image"}:
        flag = "isQRCode" if is_qr else "isBarcode"
        item.fault("design_unsupported", f"{kind}.{flag} is not supported.", "Use a Rect as the place of the code.")
    box = _read_qr(item) if is_qr else _read_barcode(item)
    _check_content(item, box)
    _check_contrast(item, box)
    _check_quiet_zone(item, box)
    return box if len(item.faults) == known else None


def _read_qr(item: Properties) -> CodeBox:
    return CodeBox(
        kind="qr",
        content=_read_content(item, "qrContent"),
        width=item.positive("width", 0.0),
        height=item.positive("height", 0.0),
        level=item.choice("qrLevel", LEVELS, "M"),
        quiet=_read_quiet_zone(item),
        dark=_read_colour(item, "qrDark") or BLACK,
        light=_read_colour(item, "qrLight"),
        vector=item.choice("qrStyle", ("mask", "vector"), "mask") == "vector",
    )


def _read_barcode(item: Properties) -> CodeBox:
    item.choice("barcodeFormat", ("code128",), "code128")
    return CodeBox(
        kind="code128",
        content=_read_content(item, "barcodeContent"),
        width=item.positive("width", 0.0),
        height=item.positive("height", 0.0),
        level="M",
        quiet=barcodes.QUIET_ZONE,
        dark=_read_colour(item, "qrDark") or BLACK,
        light=_read_colour(item, "qrLight"),
        vector=True,
    )


def _read_content(item: Properties, name: str) -> Template:
    template = read_template(item.text(name, ""))
    variable = item.text("variableName", "").strip()
    if template and variable and variable not in {slot.variable for slot in slots_of(template)}:
        item.warn("variableName")
    if has_stray_braces(template):
        message = f"{name} holds {{{{ that begins no placeholder and would be encoded."
        item.fault("placeholder_invalid", message, "Write {{name}} or {{name|default}}.")
    if not template and not variable:
        item.fault("qr_without_variable", "The code has no content.", f"Set variableName to a column, or set {name}.")
    return template or (Slot(variable, None),)


def _read_quiet_zone(item: Properties) -> int:
    value = item.size("qrQuietZone", _QR_QUIET_ZONE)
    if value != int(value) or value > _MOST_QUIET:
        wanted = f"a whole number up to {_MOST_QUIET}"
        item.fault("design_invalid", f"qrQuietZone is not {wanted}.", f"Set qrQuietZone to {wanted}.")
    return int(value)


def _read_colour(item: Properties, name: Literal["qrDark", "qrLight"]) -> Colour | None:
    """Return the colour, None for no ground; half a transparency would leave the contrast to what lies below."""
    colour = item.colour(name, _DEFAULT_COLOURS[name])
    if (colour is None and name == "qrDark") or (colour and colour.alpha < 1):
        item.fault("qr_unreadable", f"{name} lets through what lies below.", f"Set {name} to an opaque colour.")
    return colour


def _check_content(item: Properties, box: CodeBox) -> None:
    """Add a fault for what the design itself writes into the code and no recipient's value can mend."""
    written = "".join(part for part in box.content if isinstance(part, str))
    flaw = find_flaw(written, box.kind, box.level) if written else None
    if flaw:
        item.fault(flaw.code, f"What the design writes into the code {flaw.message}.", "Shorten or change the content.")


def _check_contrast(item: Properties, box: CodeBox) -> None:
    # The opacity's own faults are added where the object is read.
    opacity = Properties(item.raw, item.where, []).opacity()
    light = _WHITE if box.light is None else _lay(box.light, _WHITE, opacity)
    dark = _lay(box.dark, light if box.light is None else _WHITE, opacity)
    eyes = (_CAMERA,) if box.kind == "qr" else (_CAMERA, _LASER)
    if min(_reflectance(light, eye) - _reflectance(dark, eye) for eye in eyes) < _LEAST_CONTRAST:
        message = "The code's dark is too near to its light, or lighter: scanners need 40 % of the light between them."
        item.fault("qr_unreadable", message, "Set a dark qrDark on a light qrLight, and the opacity to 1.")


def _check_quiet_zone(item: Properties, box: CodeBox) -> None:
    if box.kind == "qr" and box.quiet < _QR_QUIET_ZONE:
        message = f"The QR code has {box.quiet} light modules around; scanners may need {_QR_QUIET_ZONE}."
        remedy = f"Set qrQuietZone to {_QR_QUIET_ZONE}, or leave light space around the box."
        item.warnings.append(Fault(code="qr_quiet_zone", where=item.where, message=message, remedy=remedy))


def _lay(colour: Colour, ground: Colour, opacity: float) -> Colour:
    over, under = (colour.red, colour.green, colour.blue), (ground.red, ground.green, ground.blue)
    return Colour(*(opacity * top + (1 - opacity) * below for top, below in zip(over, under, strict=True)))


def _reflectance(colour: Colour, weights: tuple[float, float, float]) -> float:
    """Return the share of light that paper of this colour gives back (sRGB, IEC 61966-2-1)."""
    parts = (colour.red, colour.green, colour.blue)
    linear = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return sum(weight * part for weight, part in zip(weights, linear, strict=True))
