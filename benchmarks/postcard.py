"""The postcard that is measured: one description from which the design and the drawings of other engines are made."""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from pressrun.domain.letters import DesignSource, FontFile

WIDTH_MM, HEIGHT_MM = 210.0, 148.0
WIDTH, HEIGHT = 1240, 874
"""Canvas pixels, 150 to the inch."""

POINTS: Final = WIDTH_MM / 25.4 * 72 / WIDTH
"""Points of a canvas pixel."""

FONTS: Final = Path(__file__).parent.parent / "examples" / "postcard" / "fonts"
FAMILY: Final = "Open Sans"
FACES: Final = {400: FONTS / "OpenSans-Regular.ttf", 600: FONTS / "OpenSans-Semibold.ttf"}
QR_SIDE: Final = 260
QUIET_MODULES: Final = 4
QR_LEFT, QR_TOP = 90, 560
LOGO_LEFT, LOGO_TOP = 780, 60
LOGO_WIDTH, LOGO_HEIGHT = 400, 160
BACKGROUND_BYTES: Final = 98_000


@dataclass(frozen=True, slots=True)
class Words:
    """A text of the postcard, in canvas pixels from the left and top; `width` is None where it does not wrap."""

    text: str
    left: float
    top: float
    size: float
    weight: int
    colour: str
    width: float | None = None

    @property
    def baseline(self) -> float:
        """Return where the first line stands as Fabric sets it: 1.13 em high, 0.222 of that below the baseline."""
        return self.top + self.size * 1.13 * (1 - 0.222)

    @property
    def leading(self) -> float:
        return self.size * 1.13 * 1.16


@dataclass(frozen=True, slots=True)
class Panel:
    """A white box under texts."""

    left: float
    top: float
    width: float
    height: float


MESSAGE: Final = (
    "thank you for spending this summer with us in {{city}}. To say so properly we have put something aside for you: "
    "{{offer}}. Bring this card along, or scan the square and enter {{code}} before the end of October; it is yours "
    "alone. We look forward to seeing you again, {{first_name}}, wherever autumn takes you, and wish you safe travels."
)
PANELS: Final = (Panel(60, 250, 680, 580), Panel(780, 520, 400, 310))
TEXTS: Final = (
    Words("Slow mornings,", 70, 50, 84, 600, "#ffffff"),
    Words("freshly roasted since 1987", 72, 160, 40, 400, "#ffffff"),
    Words("Dear {{first_name}},", 90, 270, 30, 600, "#8a4b21", 620),
    Words(MESSAGE, 90, 320, 23, 400, "#2b2d3a", 620),
    Words("{{first_name}} {{last_name}}\n{{street}}\n{{postcode}} {{city}}", 810, 600, 28, 400, "#2b2d3a", 340),
)


def a_design(extra_fonts: Sequence[FontFile] = ()) -> DesignSource:
    """Return the postcard as a Fabric 7 design; further fonts stand in for what Open Sans lacks."""
    own = [FontFile(FAMILY, weight, "normal", path.read_bytes()) for weight, path in FACES.items()]
    page = {"width_mm": WIDTH_MM, "height_mm": HEIGHT_MM, "bleed_mm": 0, "canvas": {"width": WIDTH, "height": HEIGHT}}
    return DesignSource(
        design=json.dumps(_canvas()).encode(),
        page=json.dumps(page).encode(),
        assets={"assets/background.jpg": background(), "assets/logo.png": logo()},
        fonts=[*own, *extra_fonts],
    )


def filled(text: str, record: Mapping[str, str]) -> str:
    """Return a text with its variables filled in, for the other engines."""
    for name, value in record.items():
        text = text.replace("{{" + name + "}}", value)
    return text


@cache
def background() -> bytes:
    """Return a JPEG that a photograph could be: soft light and grain, as near to 98,000 bytes as quality goes."""
    picture = _landscape()
    encoded = [_jpeg(picture, quality) for quality in range(30, 97)]
    return min(encoded, key=lambda data: abs(len(data) - BACKGROUND_BYTES))


@cache
def logo() -> bytes:
    """Return a PNG with alpha: rings with soft edges in one ivory, about 10 kB."""
    shape = Image.new("L", (LOGO_WIDTH * 4, LOGO_HEIGHT * 4))
    pen = ImageDraw.Draw(shape)
    for ring in range(2):
        left = 200 + ring * 580
        pen.ellipse((left, 60, left + 500, 580), outline=255 - ring * 60, width=60)
    alpha = shape.resize((LOGO_WIDTH, LOGO_HEIGHT), Image.Resampling.LANCZOS)
    picture = Image.new("RGBA", alpha.size, "#fff6e6")
    picture.putalpha(alpha)
    return _encoded(picture, "PNG", optimize=True)


def _landscape() -> Image.Image:
    """Return clouds of four sizes in warm light; the seed is fixed, so that every run measures the same bytes."""
    grain = np.random.default_rng(7)
    light = np.zeros((HEIGHT, WIDTH, 3))
    for cells, weight in ((3, 90), (9, 50), (40, 16), (310, 7)):
        noise = (grain.random((cells * HEIGHT // WIDTH + 2, cells, 3)) * 255).astype(np.uint8)
        light += np.asarray(Image.fromarray(noise).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)) / 255 * weight
    light += np.array([70, 40, 20])
    return Image.fromarray(light.clip(0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.6))


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    return _encoded(picture, "JPEG", quality=quality)


def _encoded(picture: Image.Image, kind: str, **options: int) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, kind, **options)
    return stream.getvalue()


def _canvas() -> dict[str, object]:
    square = {"left": QR_LEFT, "top": QR_TOP, "width": QR_SIDE, "height": QR_SIDE}
    return {
        "version": "7.4.0",
        "width": WIDTH,
        "height": HEIGHT,
        "objects": [
            _object("Image", {"left": 0, "top": 0, "width": WIDTH, "height": HEIGHT, "src": "assets/background.jpg"}),
            _object(
                "Image",
                {
                    "left": LOGO_LEFT,
                    "top": LOGO_TOP,
                    "width": LOGO_WIDTH,
                    "height": LOGO_HEIGHT,
                    "src": "assets/logo.png",
                },
            ),
            *(_object("Rect", _box(panel) | {"fill": "#ffffff"}) for panel in PANELS),
            *map(_text, TEXTS),
            _object("Rect", square | {"fill": "#ffffff", "isQRCode": True, "variableName": "link"}),
        ],
    }


def _box(panel: Panel) -> dict[str, object]:
    return {"left": panel.left, "top": panel.top, "width": panel.width, "height": panel.height}


def _text(words: Words) -> dict[str, object]:
    properties: dict[str, object] = {
        "left": words.left,
        "top": words.top,
        "text": words.text,
        "fontFamily": FAMILY,
        "fontSize": words.size,
        "fontWeight": words.weight,
        "fill": words.colour,
    }
    return (
        _object("Text", properties) if words.width is None else _object("Textbox", properties | {"width": words.width})
    )


def _object(kind: str, properties: dict[str, object]) -> dict[str, object]:
    return {"type": kind, "version": "7.4.0", "originX": "left", "originY": "top", "strokeWidth": 0} | properties
