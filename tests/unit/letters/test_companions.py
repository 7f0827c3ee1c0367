"""A subset also has what HarfBuzz puts in the place of a text's characters."""

import pytest

from pressrun.domain.letters.typography.companions import find_companions, joined_form


@pytest.mark.parametrize(
    ("characters", "sought"),
    [
        ("\u0e33", {"\u0e4d", "\u0e32"}),
        ("\u17c4", {"\u17c1"}),
        ("\u00e9", {"e", "\u0301"}),
        ("\u0915\u093f", {"\u25cc"}),
        ("\u05e9\u05c1", {"\ufb2a"}),
    ],
)
def test_parts_and_forms_are_sought(characters: str, sought: set[str]) -> None:
    assert sought <= find_companions(characters, shapes_by_tables=True)


def test_old_arabic_forms_are_sought_only_in_fonts_without_tables_of_their_own() -> None:
    assert "\ufe8d" in find_companions("\u0627", shapes_by_tables=False)
    assert "\ufe8d" not in find_companions("\u0627", shapes_by_tables=True)


def test_plain_text_seeks_nothing_else() -> None:
    assert find_companions("abc", shapes_by_tables=False) == set("abc")


@pytest.mark.parametrize(
    ("letters", "read"),
    [("ffi", "ffi"), ("a", "a"), ("\u0644\u0627", "\ufefb"), ("\u0644\u0644\u0647", "\u0647\u0644\u0644")],
)
def test_ligatures_from_right_to_left_are_read_as_seen(letters: str, read: str) -> None:
    assert joined_form(letters) == read
