"""Faces are chosen as CSS chooses them, but none is imitated."""

import io
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from pressrun.domain.letters import FontFile
from pressrun.domain.letters.canvas.properties import Properties
from pressrun.domain.letters.faces.fonts import FaceWish, FontCase, choose_file, find_faces, split_families


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


@pytest.fixture(scope="module")
def regular(postcard: Path) -> bytes:
    return (postcard / "fonts" / "OpenSans-Regular.ttf").read_bytes()


def an_item() -> Properties:
    return Properties({"type": "Text"}, "design.json objects[0]", [])


def a_wish(*families: str, weight: int = 400, style: str = "normal") -> FaceWish:
    return FaceWish(families, weight, style)


def names(case: FontCase, numbers: tuple[int, ...] | None) -> list[tuple[str, int]]:
    assert numbers is not None
    return [(case.faces[number].file.family, case.faces[number].file.weight) for number in numbers]


def test_the_face_wished_for_is_followed_by_those_that_stand_in(regular: bytes) -> None:
    case = FontCase([FontFile(family, 400, "normal", regular) for family in ("A", "B", "C", "D")])

    found = find_faces(an_item(), a_wish("c", "Missing", "b"), case)

    assert [family for family, _ in names(case, found)] == ["C", "B", "A", "D"]


def test_serif_faces_stand_in_first_as_in_a_browser(regular: bytes, fabric_cases: Path) -> None:
    serif = (fabric_cases / "fonts" / "NotoSerif-Regular.ttf").read_bytes()
    case = FontCase(
        [
            FontFile("Open Sans", 400, "normal", regular),
            FontFile("Noto Serif", 400, "normal", serif),
            FontFile("Liberation Serif", 400, "normal", serif),
            FontFile("Wished", 400, "normal", regular),
        ]
    )

    found = names(case, find_faces(an_item(), a_wish("Wished"), case))

    assert [family for family, _ in found] == ["Wished", "Liberation Serif", "Noto Serif", "Open Sans"]


def test_a_lighter_face_stands_in_where_a_family_has_no_bold(regular: bytes) -> None:
    files = [FontFile("A", 700, "normal", regular), FontFile("B", 300, "normal", regular)]
    case = FontCase([*files, FontFile("B", 500, "normal", regular)])

    assert names(case, find_faces(an_item(), a_wish("A", weight=700), case)) == [("A", 700), ("B", 500)]


def test_each_face_has_one_number_however_often_it_is_found(regular: bytes) -> None:
    case = FontCase([FontFile("A", 400, "normal", regular), FontFile("B", 400, "normal", regular)])

    assert find_faces(an_item(), a_wish("A"), case) == (0, 1)
    assert find_faces(an_item(), a_wish("B"), case) == (1, 0)
    assert len(case.faces) == 2


def test_a_damaged_face_is_a_fault_only_where_it_is_wished_for(regular: bytes) -> None:
    case = FontCase([FontFile("A", 400, "normal", regular), FontFile("B", 400, "normal", b"no font")])
    content, disappointed = an_item(), an_item()

    assert find_faces(content, a_wish("A"), case) == (0,)
    assert find_faces(disappointed, a_wish("B"), case) is None
    assert content.faults == []


def test_a_font_that_may_not_be_embedded_is_a_fault(regular: bytes) -> None:
    font = TTFont(io.BytesIO(regular))
    font["OS/2"].fsType = 2
    file = io.BytesIO()
    font.save(file)
    item = an_item()

    assert find_faces(item, a_wish("A"), FontCase([FontFile("A", 400, "normal", file.getvalue())])) is None
    assert [fault.code for fault in item.faults] == ["font_forbidden"]


def test_a_family_that_is_not_there_is_a_fault_of_each_object(regular: bytes) -> None:
    case = FontCase([FontFile("A", 400, "normal", regular)])
    first, second = an_item(), an_item()

    found = [find_faces(item, a_wish("Helvetica"), case) for item in (first, second)]

    assert found == [None, None]
    assert [fault.code for item in (first, second) for fault in item.faults] == ["font_missing", "font_missing"]
