"""Invented recipients: of six, four in Latin with accents, one in Greek, one in Cyrillic; or all in a shaped script."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

Record: TypeAlias = dict[str, str]

COLUMNS: Final = ("first_name", "last_name", "street", "postcode", "city", "offer", "code", "link")
LINK_LENGTH: Final = 60
"""Bytes of a link: the largest that a QR code of 33 x 33 modules, version 4-M, holds but two."""

SHORTEST_LINK, LONGEST_LINK = 20, 120
_HOST: Final = "https://x.example/"


@dataclass(frozen=True, slots=True)
class Place:
    """What the recipients of one script are made of."""

    first_names: Sequence[str]
    last_names: Sequence[str]
    streets: Sequence[str]
    cities: Sequence[str]
    offers: Sequence[str]


_LISTS: Final = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
PLACES: Final = {script: Place(**lists) for script, lists in _LISTS.items()}
SHAPED: Final = ("Hebrew", "Arabic", "Devanagari", "Thai")
_SCRIPTS: Final = [PLACES[name] for name in ("Latin", "Latin", "Greek", "Latin", "Latin", "Cyrillic")]
# Of the common ones in names and places; each recipient gets a few of many, as in a list from Taiwan.
_FIRST_IDEOGRAPH, _IDEOGRAPHS = 0x4E00, 3_000


def invent_recipients(total: int, *, varied_links: bool = False) -> list[Record]:
    """Return the mixed list; links of one length, or of all lengths from 20 to 120 bytes."""
    return [
        _invent(index, _SCRIPTS[index % len(_SCRIPTS)], _link_length(index) if varied_links else LINK_LENGTH)
        for index in range(total)
    ]


def invent_shaped(script: str, total: int) -> list[Record]:
    """Return a list whose names, streets, cities and offers are all of one shaped script."""
    return [_invent(index, PLACES[script], LINK_LENGTH) for index in range(total)]


def invent_rare(total: int, supported: Sequence[int]) -> list[Record]:
    """Return the mixed list with names and cities of Chinese characters out of 3,000 that a font supports."""
    glyphs = [chr(code) for code in supported if code >= _FIRST_IDEOGRAPH][:_IDEOGRAPHS]
    return [record | _rare_values(index, glyphs) for index, record in enumerate(invent_recipients(total))]


def _rare_values(index: int, glyphs: Sequence[str]) -> Record:
    picked = [glyphs[(index * 7_919 + 613 * number) % len(glyphs)] for number in range(6)]
    return {"first_name": "".join(picked[:2]), "last_name": picked[2], "city": "".join(picked[3:])}


def _invent(index: int, place: Place, length: int) -> Record:
    # Primes above the lists' lengths, so that every entry comes; a script's own recipients are numbered without gaps.
    number = index // len(_SCRIPTS) + index % len(_SCRIPTS)
    return {
        "first_name": place.first_names[number * 37 % len(place.first_names)],
        "last_name": place.last_names[number * 41 % len(place.last_names)],
        "street": f"{place.streets[number * 43 % len(place.streets)]} {index * 37 % 290 + 1}",
        "postcode": f"{10_000 + index * 101 % 89_999}",
        "city": place.cities[number * 47 % len(place.cities)],
        "offer": place.offers[number * 53 % len(place.offers)],
        "code": f"SEA-{index:07d}",
        "link": _HOST + hashlib.shake_128(index.to_bytes(4, "big")).hexdigest(LONGEST_LINK)[: length - len(_HOST)],
    }


def _link_length(index: int) -> int:
    return SHORTEST_LINK + index * 37 % (LONGEST_LINK - SHORTEST_LINK + 1)
