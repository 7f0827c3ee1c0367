"""Values are compared by their width in the design's faces."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pressrun.domain.letters import FontFile
from pressrun.domain.letters.faces.fonts import Face
from pressrun.domain.letters.review.rulers import open_ruler


@pytest.fixture(scope="session")
def faces(postcard: Path, read_fonts: Callable[[Path], list[FontFile]]) -> list[Face]:
    return [Face(file, frozenset()) for file in read_fonts(postcard / "fonts")]


def test_wide_letters_make_a_value_longer_than_many_narrow_ones(faces: list[Face]) -> None:
    measure = open_ruler(faces)

    assert measure("WWWW") > measure("iiiiiiii")


def test_a_width_is_in_em(faces: list[Face]) -> None:
    # Open Sans Light, the first face: 532 of 2,048 units.
    assert open_ruler(faces)("  ") == pytest.approx(2 * 532 / 2048)


def test_of_several_lines_the_widest_counts(faces: list[Face]) -> None:
    measure = open_ruler(faces)

    assert measure("i\nWWW\nii") == measure("WWW")


def test_what_no_face_has_is_as_wide_as_an_ideograph(faces: list[Face]) -> None:
    assert open_ruler(faces)("漢字") == 2.0


def test_an_empty_value_and_a_broken_font_have_no_width() -> None:
    assert open_ruler([Face(FontFile("Broken", 400, "normal", b"no font"), frozenset())])("") == 0.0
