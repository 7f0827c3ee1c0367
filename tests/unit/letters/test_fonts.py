"""Faces are chosen as CSS chooses them, but none is imitated."""

import pytest

from pressrun.domain.letters import FontFile
from pressrun.domain.letters.fonts import choose_file, split_families


def a_file(weight: int, style: str = "normal") -> FontFile:
    return FontFile("Face", weight, style, b"")


@pytest.mark.parametrize(
    ("wanted", "offered", "chosen"),
    [
        (400, [300, 400, 700], 400),
        (400, [300, 500, 700], 500),
        (500, [400, 700], 400),
        (450, [500, 400], 500),
        (400, [200, 600], 200),
        (300, [400, 200], 200),
        (300, [400, 700], 400),
        (600, [400, 700], 700),
        (700, [600, 800], 800),
        (900, [600, 800], 800),
    ],
)
def test_the_nearest_weight_is_taken_in_the_order_of_css(wanted: int, offered: list[int], chosen: int) -> None:
    found = choose_file([a_file(weight) for weight in offered], wanted, "normal")

    assert found is not None
    assert found.weight == chosen


def test_an_oblique_face_serves_for_italic() -> None:
    assert choose_file([a_file(400), a_file(400, "oblique")], 400, "italic") == a_file(400, "oblique")


@pytest.mark.parametrize(("weight", "style"), [(700, "normal"), (400, "italic")])
def test_no_face_is_thickened_or_slanted(weight: int, style: str) -> None:
    assert choose_file([a_file(400)], weight, style) is None


def test_a_family_list_loses_its_quotes() -> None:
    assert split_families("'Open Sans', \"DejaVu Sans\" ,serif") == ("Open Sans", "DejaVu Sans", "serif")
