"""Invented recipients with awkward data, and a design that uses them in every way a text can be used."""
# ruff: noqa: RUF001
# Letters that look like others are what makes the data awkward.

import json
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

from fidelity.published import CASES

from pressrun.designs import read_design_folder
from pressrun.domain.letters import DesignSource, Profile

Values = Mapping[str, str]

WIDTH, HEIGHT = 600, 400
"""Of the canvas, in pixels; the page has as many points."""

NAMES = (
    "Bob", "Zoë", "Małgorzata Wiśniewska", "Ångström-Łukasiewicz", "Nguyễn Thị Hằng", "Ame\u0301lie", "O’Brien",
    "D'Arcy", "İbrahim Çağlı", "Þórður Guðmundsson", "Đorđe Šćepanović", "Ĳsbrand van 't Ĳ", "Ωμέγα Παπαδοπούλου",
    "Пётр Щукин", "Ґалаґан Їжак", "דוד כהן", "שָׁלוֹם", "محمد الأحمدي", "فاطمة", "AVATAR WAVE To Ty", "office affluent ﬁ",
    "J.R.R. T.", "1234567890", "☺ Smile ♥", "✈ ☎", "<tags> & \\back\\slash", "100 % “quoted” – dash — …", "İi Iı ſß ẞ",
)  # fmt: skip

LONG_NAMES = (
    "Wolfeschlegelsteinhausenbergerdorff", "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch", "x" * 60,
    "Bartholomew Constantine Featherstonehaugh-Cholmondeley of the Third House",
)  # fmt: skip
"""Wider than their boxes, but not than the page."""

STREETS = (
    "1 High Street", "ul. Długa 12/4", "Rue de l’Église 5 bis", "Straße des 17. Juni 135", "Пр. Мира 7, кв. 9",
    "Λεωφόρος Κηφισίας 44", "רחוב הרצל 1", "شارع النيل 12", "Apt #4\tRear", "c/o  Two  Spaces", "—",
)  # fmt: skip

CITIES = ("Gdańsk", "Zürich", "Αθήνα", "Москва", "Ho Chi Minh", "S. Pedro", "תל אביב", "القاهرة", "A", "İzmir")

NOTES = ("", "", "", " ", "see you soon", "ring twice,\nthen wait", "two\n\nparagraphs", "A\n B\n  C")

CODES = ("A", "V-2026/00417", "50%€", "0" * 40, "https://example.com/r?u=" + "k" * 90, "ÄÖÜ ß", "日本", "MiXeD case 9")

Piece = Callable[[str], str]
"""What stands in a text for a variable: its placeholder, or its value."""


def some_recipients(count: int, seed: int) -> list[Values]:
    """The same recipients for the same seed, with values as a list gives them: composed, and stripped."""
    random = Random(seed)
    return [_canonical(_a_recipient(random)) for _ in range(count)]


def profile_of(recipients: Sequence[Values]) -> Profile:
    characters = sorted({character for values in recipients for value in values.values() for character in value})
    return Profile("".join(characters))


def a_template() -> DesignSource:
    """The design with its variables."""
    return _a_source(lambda name: "{{" + name + "|}}", {"variableName": "link"})


def a_plain_design(values: Values) -> DesignSource:
    """The design of one letter, with the values written into it: nothing of it varies."""
    return _a_source(values.__getitem__, {"qrContent": values["link"]})


def a_design_of(*objects: Mapping[str, Any]) -> DesignSource:
    """Objects on a page of 600 x 400 points."""
    design = {"version": "7.4.0", "width": WIDTH, "height": HEIGHT, "objects": objects}
    page = {"width_mm": WIDTH * 25.4 / 72, "height_mm": HEIGHT * 25.4 / 72, "bleed_mm": 0}
    fonts = read_design_folder(CASES / "d01_rects", fonts=CASES / "fonts").fonts
    return DesignSource(json.dumps(design).encode(), json.dumps(page).encode(), {}, fonts)


def a_text(kind: str, place: tuple[float, float], text: str, **properties: Any) -> dict[str, Any]:
    left, top = place
    corner = {"originX": "left", "originY": "top", "left": left, "top": top}
    return {"type": kind, "text": text, "fontFamily": "Open Sans", "fontSize": 20, **corner, **properties}


def _a_recipient(random: Random) -> Values:
    streets = [random.choice(STREETS) for _ in range(random.randint(1, 4))]
    return {
        "name": _a_name(random),
        "city": random.choice(CITIES),
        "address": "\n".join([*streets, random.choice(CITIES)]),
        "note": random.choice(NOTES),
        "link": random.choice(CODES),
    }


def _a_name(random: Random) -> str:
    if random.random() < 0.15:
        return random.choice(LONG_NAMES)
    return " ".join(random.choice(NAMES) for _ in range(random.choice((1, 1, 1, 2))))


def _canonical(values: Values) -> Values:
    return {name: unicodedata.normalize("NFC", value).strip() for name, value in values.items()}


def _a_source(piece: Piece, code: Mapping[str, str]) -> DesignSource:
    ground = {"type": "Rect", "originX": "left", "originY": "top", "left": 20, "top": 20, "width": 560, "height": 360}
    square = {"type": "Rect", "left": 500, "top": 310, "width": 130, "height": 130, "strokeWidth": 0, "isQRCode": True}
    fade = {
        "type": "linear",
        "coords": {"x1": 0, "y1": 0, "x2": 300, "y2": 0},
        "colorStops": [{"offset": 0, "color": "#7209b7"}, {"offset": 1, "color": "#0077b6"}],
    }
    shadow = {"color": "rgba(0,0,0,0.5)", "blur": 0, "offsetX": 2, "offsetY": 2}
    serif = {"fontFamily": "Noto Serif", "textAlign": "right", "fontSize": 16}
    small = {"fontSize": 13, "styles": _bold(4)}
    name, city = piece("name"), piece("city")
    objects = [
        {**ground, "fill": "#fdf6e3", "strokeWidth": 0},
        a_text("Text", (30, 24), name, fontSize=16, fontWeight="bold", fill=fade),
        a_text("Textbox", (30, 70), f"Dear {name}, the offer for {city} ends soon.", width=250, **small),
        a_text("Textbox", (320, 30), piece("address"), width=240, **serif),
        a_text("Text", (40, 330), city, fontSize=28, underline=True, charSpacing=80, angle=-4, shadow=shadow),
        a_text("Textbox", (30, 200), f"Note: {piece('note')}", width=220, fontSize=15, textBackgroundColor="#ffe8a3"),
        {**square, **code},
        _a_group(a_text("Text", (-90, -15), city, fontFamily="Liberation Sans", fontSize=18, opacity=0.7)),
    ]
    return a_design_of(*objects)


def _bold(length: int) -> list[dict[str, Any]]:
    return [{"start": 0, "end": length, "style": {"fontWeight": "bold", "fill": "#c1121f"}}]


def _a_group(child: Mapping[str, Any]) -> dict[str, Any]:
    place = {"left": 340, "top": 290, "width": 200, "height": 40, "angle": 8}
    return {"type": "Group", "objects": [child], **place}
